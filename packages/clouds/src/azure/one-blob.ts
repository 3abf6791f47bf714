import type { Lease } from '@sluice/core'

/** Whether a lease is a SAS for one blob, which lists nothing. */
export function isForOneBlob({ secret }: Pick<Lease, 'secret'>): boolean {
  const query = secret.kind === 'sas' ? secret.query : secret.kind === 'stored' ? secret.secret['sasToken'] : undefined
  return query !== undefined && /(?:^|&)sr=b(?:&|$)/i.test(query)
}
