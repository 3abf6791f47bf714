import { createRequire } from 'node:module'
import { Config } from '@alicloud/openapi-core/dist/utils.js'
import type StsModule from '@alicloud/sts20150401'
import OSS from 'ali-oss'
import type { PolicyDocument } from '@sluice/core'
import { startLab, type AliyunCredentials, type Lab, type LabOptions } from '../src/index.ts'

export const PLATFORM_UID = '1234567890123456'
export const CUSTOMER_UID = '9876543210987654'
export const ALIYUN_ROLE = `acs:ram::${CUSTOMER_UID}:role/lake-test`
export const ALIYUN_BUCKET = 'test-bucket-123'
export const ALIYUN_REGION = 'cn-hangzhou'
export const ALIYUN_EXTERNAL_ID = 'my-external-id-123'

type Sts = InstanceType<typeof StsModule.default>

// A module of CommonJS whose default export only require gives as it is; it is the module that the type names.
const {
  default: Sts,
  AssumeRoleRequest,
  AssumeRoleWithOIDCRequest,
} = createRequire(import.meta.url)('@alicloud/sts20150401') as typeof StsModule
export { AssumeRoleRequest, AssumeRoleWithOIDCRequest }

/** A policy of one statement. */
export function ramPolicy(statement: PolicyDocument, ...more: readonly PolicyDocument[]): PolicyDocument {
  return { Version: '1', Statement: [statement, ...more] }
}

export function ramAllow(
  action: string | readonly string[],
  resource: string | readonly string[],
  more: PolicyDocument = {},
): PolicyDocument {
  return { Effect: 'Allow', Action: action, Resource: resource, ...more }
}

export const ALIYUN_TRUST = ramPolicy({
  Effect: 'Allow',
  Principal: { RAM: [`acs:ram::${PLATFORM_UID}:root`] },
  Action: 'sts:AssumeRole',
  Condition: { StringEquals: { 'sts:ExternalId': ALIYUN_EXTERNAL_ID } },
})

export const LAKE_POLICY = ramPolicy(
  ramAllow(['oss:ListObjects', 'oss:GetBucketInfo'], `acs:oss:*:*:${ALIYUN_BUCKET}`),
  ramAllow(
    ['oss:GetObject', 'oss:PutObject', 'oss:DeleteObject', 'oss:AbortMultipartUpload', 'oss:ListParts'],
    `acs:oss:*:*:${ALIYUN_BUCKET}/*`,
  ),
)

/** A platform with a user, a customer with an admin, a role for the platform and a bucket. */
export interface AliyunWorld {
  readonly lab: Lab
  /** Of the platform's user. */
  readonly platform: AliyunCredentials
  /** Of the customer's admin. */
  readonly admin: AliyunCredentials
}

export async function startAliyun(options: LabOptions = {}): Promise<AliyunWorld> {
  const lab = await startLab(options)
  const { aliyun } = lab
  aliyun.putUser(PLATFORM_UID, { name: 'sluice', attached: ['AliyunSTSAssumeRoleAccess'] })
  aliyun.putUser(CUSTOMER_UID, { name: 'admin', attached: ['AdministratorAccess'] })
  aliyun.putRole(CUSTOMER_UID, { name: 'lake-test', trust: ALIYUN_TRUST, policies: { 'lake-test': LAKE_POLICY } })
  aliyun.createBucket(CUSTOMER_UID, { name: ALIYUN_BUCKET, region: ALIYUN_REGION })
  return { lab, platform: aliyun.createAccessKey(PLATFORM_UID, 'sluice'), admin: aliyun.createAccessKey(CUSTOMER_UID, 'admin') }
}

/** Alibaba's own client of OSS, its connections led to the lab. */
export function oss(lab: Lab, credentials: AliyunCredentials, more: Partial<OSS.Options> = {}): OSS {
  const { accessKeyId, accessKeySecret, securityToken } = credentials
  return new OSS({
    accessKeyId,
    accessKeySecret,
    ...(securityToken === undefined ? {} : { stsToken: securityToken }),
    bucket: ALIYUN_BUCKET,
    region: `oss-${ALIYUN_REGION}`,
    // With an address for an endpoint, the client goes on sending the Host of the region.
    endpoint: lab.url,
    authorizationV4: true,
    ...more,
  })
}

/** Alibaba's own client of STS. */
export function aliyunSts(lab: Lab, credentials?: AliyunCredentials, more: { readonly signatureAlgorithm?: string } = {}): Sts {
  return new Sts(
    new Config({
      endpoint: new URL(lab.url).host,
      protocol: 'http',
      ...more,
      ...(credentials
        ? {
            accessKeyId: credentials.accessKeyId,
            accessKeySecret: credentials.accessKeySecret,
            ...(credentials.securityToken === undefined ? {} : { securityToken: credentials.securityToken }),
          }
        : {}),
    }),
  )
}

/** What an error of Alibaba's clients says about the answer. */
export interface AliyunRefusal {
  readonly status: number
  readonly code: string
  readonly message: string
}

/** The refusal a call ends with; fails when the call succeeds. */
export async function aliyunRefusal(call: Promise<unknown>): Promise<AliyunRefusal> {
  try {
    await call
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const field = (name: string): unknown => Object.getOwnPropertyDescriptor(error, name)?.value
    return { status: Number(field('status') ?? field('statusCode')), code: String(field('code')), message: error.message }
  }
  throw new Error('The call was expected to be refused')
}
