import type { LabCloud } from '../http/cloud.ts'
import { cloudOfHost } from '../http/hosts.ts'
import { AwsError } from './error.ts'
import { identify } from './identify.ts'
import { hostId } from './s3/service.ts'
import type { AwsState } from './state/types.ts'

/** AWS in the lab. It also takes what comes to the lab's own address: the endpoint that clients of S3 are given. */
export function awsCloud(state: AwsState): LabCloud {
  return {
    async identify(request) {
      if (![undefined, 'aws'].includes(cloudOfHost(request.host))) return undefined
      const found = await identify(request)
      return {
        operation: found.operation,
        ...(found.bucket === undefined ? {} : { bucket: found.bucket }),
        ...(found.key === undefined ? {} : { key: found.key }),
        headers: (requestId) => ({ 'x-amz-request-id': requestId, 'x-amz-id-2': hostId(requestId) }),
        refuse: ({ status, code, message }) => found.refuse(new AwsError(status, code, message)),
        run: async (call) => {
          try {
            return await found.run({ ...call, state })
          } catch (error) {
            if (error instanceof AwsError) return found.refuse(error)
            throw error
          }
        },
      }
    },
  }
}
