import type { Reason } from './reason.ts'

/** Reasons of AWS and S3-compatible stores. */
export const AWS_REASONS = {
  'aws.denied': {
    code: 'denied',
    meaning: 'S3 refused the request.',
    remedy: 'Validate the connection: the failed check names the change.',
  },
} as const satisfies { readonly [reason: string]: Reason }
