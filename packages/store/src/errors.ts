import { accessError, isAccessError } from '@sluice/core'

/** What to say when a change breaks a constraint; the defaults name nothing. */
export interface ConstraintMessages {
  readonly duplicate?: string
  readonly reference?: string
  /** A broken reference means that what is deleted is still in use, rather than that what is referred to is missing. */
  readonly referenceMeansInUse?: boolean
}

type Fault = 'duplicate' | 'reference' | 'busy' | 'full' | 'read-only' | 'corrupt' | 'unreachable'

const UNAVAILABLE: { readonly [fault in Exclude<Fault, 'duplicate' | 'reference' | 'corrupt'>]: { message: string; remedy?: string } } = {
  busy: { message: 'The metadata database was locked by other work for too long.' },
  full: {
    message: 'The disk that holds the metadata database is full; the change was not made.',
    remedy: 'Free space on that disk; Sluice goes on by itself.',
  },
  'read-only': {
    message: 'The metadata database is read-only; the change was not made.',
    remedy: 'Let the user that Sluice runs as write the database, its folder included; or connect to the primary server.',
  },
  unreachable: { message: 'The metadata database could not be reached.' },
}

/** Turns a database's error into ours. Defects of ours (bad SQL, wrong types) pass through unchanged. */
export function storeError(error: unknown, messages: ConstraintMessages = {}): unknown {
  const fault = isAccessError(error) ? undefined : faultOf(error)
  if (fault === undefined) return error
  if (fault === 'duplicate')
    return accessError('store.duplicate', { message: messages.duplicate ?? 'That name or id exists already.', cause: error })
  if (fault === 'reference') return referenceError(error, messages)
  if (fault === 'corrupt')
    return accessError('store.corrupt', { message: 'The metadata database is damaged, or is not a database of Sluice.', cause: error })
  return accessError('store.unavailable', { ...UNAVAILABLE[fault], cause: error })
}

function referenceError(error: unknown, { reference, referenceMeansInUse }: ConstraintMessages): unknown {
  return referenceMeansInUse
    ? accessError('store.in_use', { message: reference ?? 'Something still refers to it.', cause: error })
    : accessError('store.missing', { message: reference ?? 'What it refers to does not exist.', cause: error })
}

/** Whether another connection held the lock that was asked for. */
export function isBusy(error: unknown): boolean {
  return faultOf(error) === 'busy'
}

function faultOf(error: unknown): Fault | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  if (error.code === 'ERR_SQLITE_ERROR' && 'errcode' in error) return sqliteFault(Number(error.errcode))
  return typeof error.code === 'string' ? postgresFault(error.code) : undefined
}

// Result codes: the low byte is the primary code. https://www.sqlite.org/rescode.html
function sqliteFault(code: number): Fault | undefined {
  if (code === 2067 || code === 1555) return 'duplicate'
  if (code === 787) return 'reference'
  switch (code & 0xff) {
    case 5:
    case 6:
      return 'busy'
    case 8:
      return 'read-only'
    case 11:
    case 26:
      return 'corrupt'
    case 13:
      return 'full'
    case 10:
    case 14:
      return 'unreachable'
    default:
      return undefined
  }
}

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
])

// SQLSTATEs. https://www.postgresql.org/docs/current/errcodes-appendix.html
function postgresFault(code: string): Fault | undefined {
  if (code === '23505') return 'duplicate'
  if (code === '23503') return 'reference'
  if (code === '53100') return 'full'
  if (code === '25006') return 'read-only'
  if (code === 'XX001' || code === 'XX002') return 'corrupt'
  // Serialization failure, deadlock, lock or statement time-out: the transaction was rolled back and may be repeated.
  if (code === '40001' || code === '40P01' || code === '55P03' || code === '57014') return 'busy'
  // Connection, authorization, resources, operator intervention, system error; and what the operating system says.
  if (/^(?:08|28|3D|53|57|58)/.test(code) && code.length === 5) return 'unreachable'
  return UNREACHABLE.has(code) ? 'unreachable' : undefined
}
