import { applyRosTemplate } from '../ros/apply.ts'
import type { AliyunState } from '../state/types.ts'
import { aliyunIdentityAdmin, type AliyunIdentityAdmin } from './identities.ts'
import { loadAliyunSeed, type AliyunSeed } from './seed.ts'
import { aliyunStorageAdmin, type AliyunStorageAdmin } from './storage.ts'

/** The lab's Alibaba Cloud and everything one may do to it without asking. */
export interface LabAliyun extends AliyunIdentityAdmin, AliyunStorageAdmin {
  /** Adds what a seed describes. */
  load(seed: AliyunSeed): void
  /** Applies a ROS template as the account's admin, all or nothing, and gives its outputs. */
  applyTemplate(
    uid: string,
    template: string,
    parameters?: { readonly [name: string]: string },
    region?: string,
  ): { readonly [output: string]: string }
}

export function aliyunAdmin(state: AliyunState): LabAliyun {
  const admin = { ...aliyunIdentityAdmin(state), ...aliyunStorageAdmin(state) }
  return {
    ...admin,
    load: (seed) => loadAliyunSeed(admin, seed),
    applyTemplate: (uid, template, parameters, region) => applyRosTemplate(state, uid, template, parameters, region),
  }
}
