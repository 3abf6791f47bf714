import type { Services } from '../contract.ts'
import type { ServiceDeps } from '../shared/deps.ts'

const MAXIMUM = 1_000

/** Reads what was recorded for the caller's project, newest first. */
export function createAudit({ store }: Pick<ServiceDeps, 'store'>): Services['audit'] {
  return {
    list: (caller, { limit, action }) =>
      store.audit.list(caller.project, { limit: Math.min(limit, MAXIMUM), ...(action === undefined ? {} : { action }) }),
  }
}
