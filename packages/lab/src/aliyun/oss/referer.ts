import type { LabRequest } from '../../http/request.ts'
import { AliyunError } from '../error.ts'
import type { OssBucket } from '../state/types.ts'

/**
 * Hotlink protection. It holds for requests without a signature and for signed URLs: those with a signature in a header are no browser's.
 * https://help.aliyun.com/en/oss/user-guide/hotlink-protection
 */
export function checkReferer({ referers }: OssBucket, { headers }: LabRequest): void {
  if (referers === undefined || headers.has('authorization')) return
  const referer = headers.get('referer') ?? ''
  if (referer === '' && !referers.allowsEmpty) throw denied('0003-00000501')
  if (referer === '' || referers.allowed.length === 0 || referers.allowed.some((pattern) => fits(pattern, referer))) return
  throw denied('0003-00000503')
}

function denied(ec: string): AliyunError {
  return new AliyunError(403, 'AccessDenied', 'You are denied by bucket referer policy.', { ec })
}

function fits(pattern: string, referer: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}(/.*)?$`, 'i').test(referer)
}
