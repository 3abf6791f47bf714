import { OpenApiRequest, Params } from '@alicloud/openapi-core/dist/utils.js'
import type { AliyunCredentials, Lab } from '../src/index.ts'
import { aliyunSts } from './aliyun-world.ts'

const VERSIONS = { sts: '2015-04-01', ram: '2015-05-01', ims: '2019-08-15' }

type Runtime = Parameters<ReturnType<typeof aliyunSts>['callApi']>[2]

/**
 * Calls any operation of a service with Alibaba's own client, whose services differ in no more than the version:
 * signed the new way (ACS3), or with signature version 1 of the RPC protocol.
 */
export async function callRpc(
  lab: Lab,
  credentials: AliyunCredentials,
  service: keyof typeof VERSIONS,
  action: string,
  query: { readonly [name: string]: string } = {},
  signature: 'acs3' | 'rpc' = 'acs3',
): Promise<{ readonly [member: string]: unknown }> {
  const client = aliyunSts(lab, credentials, signature === 'rpc' ? { signatureAlgorithm: 'v2' } : {})
  const params = new Params({
    action,
    version: VERSIONS[service],
    protocol: 'http',
    pathname: '/',
    method: 'POST',
    authType: 'AK',
    style: 'RPC',
    reqBodyType: 'formData',
    bodyType: 'json',
  })
  // Every field of the runtime options is optional, and the client reads nothing else of them.
  const answer: { readonly body?: { readonly [member: string]: unknown } } = await client.callApi(
    params,
    new OpenApiRequest({ query }),
    {} as Runtime,
  )
  return answer.body ?? {}
}
