import { cloudOperation, type LabCloud } from '../http/cloud.ts'
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
      const headers = (requestId: string) => ({ 'x-amz-request-id': requestId, 'x-amz-id-2': hostId(requestId) })
      return cloudOperation({ ...found, run: (call) => found.run({ ...call, state }) }, AwsError, headers)
    },
  }
}
