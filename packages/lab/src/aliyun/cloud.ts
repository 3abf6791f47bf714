import type { LabCloud } from '../http/cloud.ts'
import { AliyunError } from './error.ts'
import { identifyAliyun } from './identify.ts'
import type { AliyunState } from './state/types.ts'

/** Alibaba Cloud in the lab: STS, RAM and OSS at the hosts of aliyuncs.com, and the first two at the lab's own address. */
export function aliyunCloud(state: AliyunState): LabCloud {
  return {
    async identify(request) {
      const found = await identifyAliyun(state, request)
      if (!found) return undefined
      return {
        operation: found.operation,
        ...(found.bucket === undefined ? {} : { bucket: found.bucket }),
        ...(found.key === undefined ? {} : { key: found.key }),
        headers: (requestId) => ({ 'x-oss-request-id': requestId, 'x-acs-request-id': requestId }),
        refuse: ({ status, code, message }) => found.refuse(new AliyunError(status, code, message)),
        run: async (call) => {
          try {
            return await found.run(call)
          } catch (error) {
            if (error instanceof AliyunError) return found.refuse(error)
            throw error
          }
        },
      }
    },
  }
}
