import type { Reason } from './reason.ts'

/** Reasons of the use cases: connections, leases, stages, validation, requests. */
export const SERVICE_REASONS = {
  'internal.defect': { code: 'internal', meaning: 'A defect of Sluice.', remedy: 'Report it with the request id.' },
  'request.cancelled': { code: 'unavailable', meaning: 'The caller cancelled the request.', remedy: 'Nothing to do.', retry: 'never' },
} as const satisfies { readonly [reason: string]: Reason }
