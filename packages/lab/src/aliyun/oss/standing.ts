import type { AliyunCaller } from '../caller.ts'
import { AliyunError } from '../error.ts'
import type { AliyunState, OssBucket } from '../state/types.ts'

/** Throws where OSS serves the account of the caller, or that of the bucket, no more. https://help.aliyun.com/en/oss/how-to-troubleshoot-403-status-code-when-you-access-oss */
export function checkStanding({ accounts }: AliyunState, { accountId }: AliyunCaller, bucket: OssBucket | undefined): void {
  if (accounts.get(accountId ?? '')?.standing === 'suspended') throw new AliyunError(403, 'UserDisable', 'UserDisable')
  if (bucket !== undefined && accounts.get(bucket.accountId)?.standing === 'suspended')
    throw new AliyunError(403, 'AbnormalBucketOwnerStatus', 'The status of the bucket owner is abnormal.')
}
