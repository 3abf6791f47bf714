import type { FileFormat } from '@sluice/core'

/** How text is cut into records: what the engine is told, and what the head of a file is cut by. */
export interface Dialect {
  readonly delimiter: string
  /** '' for none. */
  readonly quote: string
  /** The quote itself where a quote is written twice. '' for none. */
  readonly escape: string
  readonly newline: '\n' | '\r\n' | '\r' | undefined
  readonly nulls: readonly string[]
}

/** The dialect of a format: Databend's defaults where it says nothing. */
export function dialectOf(format: FileFormat): Dialect {
  const tsv = format.type === 'tsv'
  const quote = format.quote ?? (tsv ? '' : '"')
  const newline = format.recordDelimiter
  const escape = quote === '' ? '' : format.escape === undefined || format.escape === '' ? quote : format.escape
  // The engine cannot tell \\N from an escaped N: with that escape, only what is said stands for NULL.
  const nothing = format.nullDisplay ?? (escape === '\\' ? '' : '\\N')
  return {
    delimiter: format.fieldDelimiter ?? (tsv ? '\t' : ','),
    quote,
    escape,
    // A line feed is what every text file has, after a carriage return or not.
    newline: newline === '\r\n' || newline === '\r' ? newline : undefined,
    // An empty field is NULL; a quoted empty one is a string.
    nulls: [...new Set([nothing, ''])],
  }
}

/** Counts records in bytes as they come. */
export interface RecordCounter {
  push(bytes: Uint8Array): void
  /** Complete records so far. */
  readonly records: number
  /** Bytes up to the end of the last complete record. */
  readonly complete: number
  /** Whether bytes have come after the last complete record. */
  readonly pending: boolean
  /** Fields of the first record, complete or not. */
  readonly firstFields: number
}

/** Where in a record the last byte left off. */
const START = 0
const PLAIN = 1
const QUOTED = 2
const ESCAPED = 3
const CLOSING = 4

/** A counter that knows quotes. `skipLines` lines at the start count as no record. */
export function countRecords(dialect: Dialect, skipLines: number): RecordCounter {
  const quote = codeOf(dialect.quote)
  const escape = codeOf(dialect.escape)
  const delimiter = Buffer.from(dialect.delimiter)
  const newline = dialect.newline === '\r' ? 13 : 10
  const counted = { records: 0, complete: 0, firstFields: 1 }
  let state = START
  let matched = 0
  let skip = skipLines
  let offset = 0

  // One tight loop: previews run it over every byte they fetch.
  const push = (bytes: Uint8Array) => {
    for (let index = 0; index < bytes.length; index++) {
      const byte = bytes[index]
      if (skip > 0) {
        if (byte !== newline) continue
        skip--
        counted.complete = offset + index + 1
      } else if (state === QUOTED) {
        if (byte === escape && escape !== quote) state = ESCAPED
        else if (byte === quote) state = CLOSING
      } else if (state === ESCAPED || (state === CLOSING && byte === quote) || (state === START && byte === quote)) state = QUOTED
      else if (byte === newline) {
        counted.records++
        counted.complete = offset + index + 1
        state = START
        matched = 0
      } else {
        matched = byte === delimiter[matched] ? matched + 1 : byte === delimiter[0] ? 1 : 0
        state = PLAIN
        if (matched !== delimiter.length) continue
        matched = 0
        state = START
        if (counted.records === 0) counted.firstFields++
      }
    }
    offset += bytes.length
  }
  return {
    push,
    get records() {
      return counted.records
    },
    get complete() {
      return counted.complete
    },
    get pending() {
      return offset > counted.complete
    },
    get firstFields() {
      return counted.firstFields
    },
  }
}

/** Counts lines: the records of NDJSON. */
export function countLines(): RecordCounter {
  return countRecords({ delimiter: '\n', quote: '', escape: '', newline: undefined, nulls: [] }, 0)
}

function codeOf(character: string): number {
  return character === '' ? -1 : character.charCodeAt(0)
}
