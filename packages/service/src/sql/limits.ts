import type { QueryLimits } from '@sluice/core'

/** What a query may use when the caller says nothing. */
export const DEFAULT_QUERY_LIMITS: QueryLimits = {
  memoryBytes: 1024 ** 3,
  diskBytes: 16 * 1024 ** 3,
  rows: 10_000,
  milliseconds: 300_000,
  threads: 2,
}

/** What a caller may ask for at most. */
export const MAXIMUM_QUERY_LIMITS: QueryLimits = {
  memoryBytes: 8 * 1024 ** 3,
  diskBytes: 256 * 1024 ** 3,
  rows: 1_000_000,
  milliseconds: 3_600_000,
  threads: 16,
}

/** The caller's wishes within what is allowed. A wish that is no positive whole number counts as none. */
export function queryLimits(wanted: Partial<QueryLimits> | undefined, defaults: QueryLimits, maximum: QueryLimits): QueryLimits {
  const limit = (key: keyof QueryLimits): number => {
    const value = wanted?.[key]
    const asked = value !== undefined && Number.isSafeInteger(value) && value > 0 ? value : defaults[key]
    return Math.min(asked, maximum[key])
  }
  return {
    memoryBytes: limit('memoryBytes'),
    diskBytes: limit('diskBytes'),
    rows: limit('rows'),
    milliseconds: limit('milliseconds'),
    threads: limit('threads'),
  }
}
