import type { Reason } from './reason.ts'

/** Reasons of the engines. */
export const ENGINE_REASONS = {
  'engine.died': {
    code: 'unavailable',
    meaning: 'The engine process ended in the middle of a query.',
    remedy: 'Run the query again; with less memory or fewer rows if it happens again.',
  },
} as const satisfies { readonly [reason: string]: Reason }
