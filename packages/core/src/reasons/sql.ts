import type { Reason } from './reason.ts'

/** Reasons of SQL statements, before an engine sees them. */
export const SQL_REASONS = {
  'sql.syntax': { code: 'invalid', meaning: 'The statement is not well formed.', remedy: 'Change the statement at the position shown.' },
} as const satisfies { readonly [reason: string]: Reason }
