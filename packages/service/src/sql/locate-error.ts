import { AccessError, asAccessError } from '@sluice/core'
import { pointAt, type Span } from './position.ts'

/** The same error, pointing into the user's SQL. One that points there already stays as it is. */
export function locateError(error: unknown, source: string, span: Span): AccessError {
  const found = asAccessError(error)
  if (typeof found.context['line'] === 'number' && typeof found.context['position'] === 'number') return found
  return withContext(found, found.message, { ...found.context, ...pointAt(source, span) })
}

/** A copy of the error with another message and context; what it means stays. */
export function withContext(error: AccessError, message: string, context: AccessError['context']): AccessError {
  return new AccessError(error.code, {
    reason: error.reason,
    message,
    remedy: error.remedy,
    retry: error.retry,
    context,
    ...(error.provider ? { provider: error.provider } : {}),
    ...(error.cause === undefined ? {} : { cause: error.cause }),
  })
}
