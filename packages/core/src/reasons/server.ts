import type { Reason } from './reason.ts'

/** Reasons of the HTTP server and the command line. */
export const SERVER_REASONS = {
  'auth.missing_token': {
    code: 'unauthenticated',
    meaning: 'The request carries no API token.',
    remedy: 'Send Authorization: Bearer with a token of this server.',
  },
} as const satisfies { readonly [reason: string]: Reason }
