import { isAccessError } from '@sluice/core'
import type { DestinationStream } from 'pino'
import { pino } from 'pino'
import type { LogLevel } from './config/log-levels.ts'
import { scrub } from './scrub.ts'

/** Structured log lines. What is logged never holds a secret: fields are named one by one, and texts of others are scrubbed. */
export interface Log {
  info(fields: LogFields, message: string): void
  warn(fields: LogFields, message: string): void
  /** A defect: logged once, where it is turned into an answer. */
  defect(fields: LogFields, message: string, cause: unknown): void
}

type LogFields = { readonly [name: string]: string | number | boolean | undefined }

/** Logs JSON lines through pino, by default to standard error: standard output belongs to the command's answer. */
export function createLog(level: LogLevel, destination: DestinationStream = pino.destination({ dest: 2, sync: true })): Log {
  const logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
    destination,
  )
  return {
    info: (fields, message) => logger.info(clean(fields), message),
    warn: (fields, message) => logger.warn(clean(fields), message),
    defect: (fields, message, cause) => logger.error({ ...clean(fields), causes: causesOf(cause) }, message),
  }
}

function clean(fields: LogFields): LogFields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, typeof value === 'string' ? scrub(value) : value]))
}

/** The chain of causes with their stacks, scrubbed: a foreign error's text may quote what it choked on. */
function causesOf(thrown: unknown): readonly string[] {
  const causes: string[] = []
  for (let cause = thrown; cause !== undefined && causes.length < 5; cause = cause instanceof Error ? cause.cause : undefined) {
    if (cause instanceof Error) causes.push(scrub(`${isAccessError(cause) ? `${cause.reason}: ` : ''}${cause.stack ?? cause.message}`))
    else causes.push(typeof cause)
  }
  return causes
}
