import type { LabRequest } from '../http/request.ts'
import { cloudOfHost } from '../http/hosts.ts'
import { queryValue } from '../http/request.ts'
import type { Identified } from '../http/cloud.ts'
import { xmlAnswer } from '../http/answer.ts'
import { notImplemented, type AliyunError } from './error.ts'
import { refuseOss, runOss } from './oss/service.ts'
import { isOssHost, targetOf } from './oss/target.ts'
import { IMS, RAM } from './ram/service.ts'
import { readRpcRequest, refuseRpc, runRpc, type RpcService } from './rpc/service.ts'
import type { AliyunState } from './state/types.ts'
import { ALIYUN_STS } from './sts/service.ts'

/** A request of Alibaba Cloud whose operation is known. */
export type AliyunOperation = Identified<AliyunError>

const RPC_SERVICES: readonly RpcService[] = [ALIYUN_STS, RAM, IMS]

/** Finds the service and operation of a request by its host, and by the version of the API where it came to the lab's own address. */
export async function identifyAliyun(state: AliyunState, request: LabRequest): Promise<AliyunOperation | undefined> {
  const service = rpcServiceOf(request)
  if (service) return identifyRpc(state, service, request)
  if (cloudOfHost(request.host) !== 'aliyun') return undefined
  return isOssHost(request.host) ? identifyOss(state, request) : unknownService(request)
}

async function identifyRpc(state: AliyunState, service: RpcService, request: LabRequest): Promise<AliyunOperation> {
  const rpc = await readRpcRequest(service, request)
  return {
    operation: `${service.name}.${/^[A-Za-z]{1,64}$/.test(rpc.action) ? rpc.action : 'Unknown'}`,
    run: (call) => runRpc(state, call, rpc),
    refuse: (error) => refuseRpc(error, request, rpc.values),
  }
}

function identifyOss(state: AliyunState, request: LabRequest): AliyunOperation {
  const target = targetOf(request)
  return {
    operation: `oss.${target.operation}`,
    ...(target.bucket === undefined ? {} : { bucket: target.bucket }),
    ...(target.key === undefined ? {} : { key: target.key }),
    run: (call) => runOss(state, call, target),
    refuse: (error) => refuseOss(error, request),
  }
}

function unknownService(request: LabRequest): AliyunOperation {
  return {
    operation: 'unknown',
    run: async () => {
      throw notImplemented(`the service at ${request.host}`)
    },
    refuse: (error) => ({
      ...xmlAnswer(
        [
          'Error',
          [
            ['Code', error.code],
            ['Message', error.message],
          ],
        ],
        {},
        error.status,
      ),
      code: error.code,
    }),
  }
}

// sts.aliyuncs.com, sts.cn-hangzhou.aliyuncs.com, sts-vpc.cn-hangzhou.aliyuncs.com; RAM and IMS have one address each.
const HOST = /^(sts|ram|ims)(?:-vpc)?(?:\.[a-z0-9-]+)?\.aliyuncs\.com$/

function rpcServiceOf(request: LabRequest): RpcService | undefined {
  const [, name] = HOST.exec(request.host) ?? []
  if (name !== undefined) return RPC_SERVICES.find((service) => service.name === name)
  if (!request.direct) return undefined
  const version = request.headers.get('x-acs-version') ?? queryValue(request, 'Version')
  return RPC_SERVICES.find((service) => service.version === version)
}
