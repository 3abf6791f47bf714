import type { GcpState } from '../state/types.ts'
import { identityAdmin, type GcpIdentityAdmin } from './identities.ts'
import { storageAdmin, type GcpStorageAdmin } from './storage.ts'

/** Everything one may do to the lab's Google Cloud without asking. */
export interface GcpAdmin extends GcpIdentityAdmin, GcpStorageAdmin {}

export function gcpAdmin(state: GcpState): GcpAdmin {
  return { ...identityAdmin(state), ...storageAdmin(state) }
}
