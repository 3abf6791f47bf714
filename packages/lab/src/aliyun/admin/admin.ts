import type { AliyunState } from '../state/types.ts'
import { aliyunIdentityAdmin, type AliyunIdentityAdmin } from './identities.ts'
import { aliyunStorageAdmin, type AliyunStorageAdmin } from './storage.ts'

/** The lab's Alibaba Cloud and everything one may do to it without asking. */
export interface LabAliyun extends AliyunIdentityAdmin, AliyunStorageAdmin {}

export function aliyunAdmin(state: AliyunState): LabAliyun {
  return { ...aliyunIdentityAdmin(state), ...aliyunStorageAdmin(state) }
}
