import type { Reason } from './reason.ts'

/** Reasons of the policy evaluator. */
export const POLICY_REASONS = {
  'policy.malformed': {
    code: 'invalid',
    meaning: 'A policy document is not one that AWS would accept.',
    remedy: 'Correct the document at the place named.',
  },
} as const satisfies { readonly [reason: string]: Reason }
