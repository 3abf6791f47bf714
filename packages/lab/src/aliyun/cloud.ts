import { cloudOperation, type LabCloud } from '../http/cloud.ts'
import { AliyunError } from './error.ts'
import { identifyAliyun } from './identify.ts'
import type { AliyunState } from './state/types.ts'

/** Alibaba Cloud in the lab: STS, RAM and OSS at the hosts of aliyuncs.com, and the first two at the lab's own address. */
export function aliyunCloud(state: AliyunState): LabCloud {
  return {
    async identify(request) {
      const found = await identifyAliyun(state, request)
      return found && cloudOperation(found, AliyunError, (requestId) => ({ 'x-oss-request-id': requestId, 'x-acs-request-id': requestId }))
    },
  }
}
