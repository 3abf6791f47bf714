import { AliyunError } from '../error.ts'
import type { AliyunState, OssBucket, OssObject } from '../state/types.ts'

const DAY_MS = 86_400_000

/** Throws where a retention policy keeps what would be replaced or deleted. https://help.aliyun.com/en/oss/user-guide/oss-retention-policies */
export function checkRetention({ clock }: AliyunState, { retentionDays }: OssBucket, object: OssObject | undefined): void {
  if (retentionDays === undefined || object === undefined || object.deleteMarker) return
  if (clock.now() < object.lastModified + retentionDays * DAY_MS)
    throw new AliyunError(409, 'FileImmutable', 'The object you specified is immutable.')
}
