import type { GcpState } from '../state/types.ts'
import { identityAdmin, type GcpIdentityAdmin } from './identities.ts'
import { loadGcpSeed, type GcpSeed } from './seed.ts'
import { storageAdmin, type GcpStorageAdmin } from './storage.ts'

/** Everything one may do to the lab's Google Cloud without asking. */
export interface GcpAdmin extends GcpIdentityAdmin, GcpStorageAdmin {
  /** Adds what a seed describes. */
  load(seed: GcpSeed): void
}

export function gcpAdmin(state: GcpState): GcpAdmin {
  const admin = { ...identityAdmin(state), ...storageAdmin(state) }
  return { ...admin, load: (seed) => loadGcpSeed(admin, seed) }
}
