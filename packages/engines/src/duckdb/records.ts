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
  /** Complete records so far. Blank lines are none: most readers pass over them. */
  readonly records: number
  /** Bytes up to the end of the last complete record, blank lines after it included. */
  readonly complete: number
  /** Whether another record has begun after the last complete one. */
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

const LINE_FEED = 10
const CARRIAGE_RETURN = 13
const BLANK = 32
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf]

/** A counter that knows quotes, as the engine does. `skip` lines at the start, those in quotes as one, count as no record. */
export function countRecords(dialect: Dialect, skip: number): RecordCounter {
  const quote = codeOf(dialect.quote)
  const escape = codeOf(dialect.escape)
  const delimiter = Buffer.from(dialect.delimiter)
  const newline = dialect.newline === '\r' ? CARRIAGE_RETURN : LINE_FEED
  // Where nothing is said, lines end as they do: a carriage return alone ends one too.
  const loose = dialect.newline === undefined
  const leading = delimiter[0] === BLANK ? -1 : BLANK
  const counted = { records: 0, complete: 0, firstFields: 1, begun: false }
  let state = START
  let matched = 0
  let skipping = skip
  let carriage = false
  let mark = 0
  let offset = 0

  const endRecord = (end: number) => {
    if (skipping > 0) skipping--
    else if (counted.begun) counted.records++
    counted.complete = end
    counted.begun = false
    state = START
    matched = 0
  }
  // One tight loop: previews run it over every byte they fetch.
  const push = (bytes: Uint8Array) => {
    for (let index = 0; index < bytes.length; index++) {
      const byte = bytes[index]
      if (mark < 3) {
        mark = offset + index === mark && byte === BYTE_ORDER_MARK[mark] ? mark + 1 : 4
        if (mark < 4) continue
      }
      if (carriage) {
        carriage = false
        endRecord(byte === LINE_FEED ? offset + index + 1 : offset + index)
        if (byte === LINE_FEED) continue
      }
      if (state === QUOTED) {
        if (byte === escape && escape !== quote) state = ESCAPED
        else if (byte === quote) state = CLOSING
        continue
      }
      if (state !== ESCAPED) {
        if (byte === newline) {
          endRecord(offset + index + 1)
          continue
        }
        if (loose && byte === CARRIAGE_RETURN) {
          carriage = true
          continue
        }
      }
      counted.begun = true
      if (state === ESCAPED || (byte === quote && (state === CLOSING || state === START))) state = QUOTED
      else {
        matched = byte === delimiter[matched] ? matched + 1 : byte === delimiter[0] ? 1 : 0
        // A quote may come after blanks.
        if (state !== START || byte !== leading) state = PLAIN
        if (matched !== delimiter.length) continue
        matched = 0
        state = START
        if (counted.records === 0 && skipping === 0) counted.firstFields++
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
      return counted.begun && skipping === 0
    },
    get firstFields() {
      return counted.firstFields
    },
  }
}

/** Counts lines: the records of NDJSON. */
export function countLines(): RecordCounter {
  return countRecords({ delimiter: '\n', quote: '', escape: '', newline: '\n', nulls: [] }, 0)
}

function codeOf(character: string): number {
  return character === '' ? -1 : character.charCodeAt(0)
}
