import type { Lease, Location } from '@sluice/core'

/** The lease of nobody: requests with it carry no credential. */
export function unsignedLease(location: Location): Lease {
  return { id: '', scope: { location, access: [] }, narrowed: false, expiresAt: Infinity, secret: { kind: 'anonymous' } }
}
