import type { Failure, WireRelation } from '../protocol.ts'

/** What an error of the engine is translated with. */
export interface ErrorContext {
  readonly sql: string
  readonly folder: string
  readonly relations: readonly WireRelation[]
  /** Parquet files may be there in part only. */
  readonly sliced: boolean
}

/** Says of an error of DuckDB what is the matter, in words that show nothing of the cache or of our views. */
export function failureOf(error: unknown, context: ErrorContext): Failure {
  const text = error instanceof Error ? error.message : String(error)
  const { kind, sentence } = split(text)
  const message = withoutPaths(sentence, context)
  const file = fileIn(sentence, context)
  const named = file === undefined ? {} : { file }
  if (kind.startsWith('INTERRUPT')) return { reason: 'engine.interrupted', message: 'The query was interrupted.' }
  if (/max_temp_directory_size|No space left|failed to offload/i.test(sentence))
    return { reason: 'engine.limit_disk', message: 'The query spilled more to disk than it may.' }
  if (kind === 'Out of Memory' || /bad_alloc/.test(sentence))
    return { reason: 'engine.limit_memory', message: 'The query needs more memory than it may use.' }
  if (context.relations.length > 0 && isDamage(kind, sentence)) {
    const what = file === undefined ? 'A file cannot be read' : `The file ${file} cannot be read`
    return { reason: 'engine.file_corrupt', message: `${what}: ${message}`, ...named, ...(context.sliced ? { sliced: true } : {}) }
  }
  const position = positionIn(text, context.sql)
  const placed = position === undefined ? {} : { position }
  if (kind === 'Permission')
    return { reason: 'engine.refused', message: 'The query reaches for something outside its own files.', ...placed }
  if (kind === 'Binder' || kind === 'Parser' || kind === 'Catalog' || kind === 'Not implemented' || kind === 'Syntax')
    return { reason: 'engine.sql_invalid', message, ...placed }
  const remedy = sentence.startsWith('CSV Error')
    ? { remedy: 'Read the columns by position ($1, $2 …), as text, and convert them in the query.' }
    : {}
  return { reason: 'engine.query_failed', message, ...remedy, ...placed, ...named }
}

/** `Binder Error: text\n\nLINE 1: …` as its kind and its text alone. */
function split(text: string): { kind: string; sentence: string } {
  const match = /^([A-Z][A-Za-z ]*?) Error: ([\s\S]*)$/.exec(text)
  // Below its first lines, a message of the CSV reader lists its own options, which are not the user's.
  const body = (match?.[2] ?? text).replace(
    /\n+(?:LINE \d+:|Possible (?:solutions|fixes)|Potential Fixes|Try increasing|If you are trying|The search space|This type was auto-detected|\s+file = )[\s\S]*$/,
    '',
  )
  return { kind: match?.[1] ?? '', sentence: body.trim() }
}

/** Words by which DuckDB's readers say that bytes are not what they should be. */
const DAMAGE =
  /TProtocolException|TTransportException|parquet|snappy|zstd|gzip|brotli|lz4|decompress|page header|dictionary|out of buffer|corrupt|magic bytes|footer|metadata.*length|RLE|DELTA_|not enough bytes|Failed to read|Could not read|No more data|utf-?8|Invalid data|Malformed JSON in file|sniffing|Expected Number of Columns|Value with unterminated quote|Maximum line size|maximum_object_size/i

/** Kinds of error whose text quotes values or the query, where such words mean nothing. */
const QUOTING = new Set(['Binder', 'Parser', 'Catalog', 'Conversion', 'Syntax', 'Not implemented', 'Permission'])

function isDamage(kind: string, sentence: string): boolean {
  // `Invalid Error` is how DuckDB passes on what the libraries of its readers throw.
  if (kind === 'IO' || kind === 'Serialization' || kind === 'Invalid') return true
  return !QUOTING.has(kind) && DAMAGE.test(sentence)
}

function withoutPaths(sentence: string, { folder, relations }: ErrorContext): string {
  let text = sentence
  for (const relation of relations) for (const file of relation.files) text = text.replaceAll(`${folder}/${file.local}`, file.name)
  text = text.replaceAll(`${folder}/`, '').replaceAll(folder, '').replaceAll('memory.main.', '')
  return text.length > 2000 ? `${text.slice(0, 2000)}…` : text
}

function fileIn(sentence: string, { folder, relations }: ErrorContext): string | undefined {
  const files = relations.flatMap((relation) => relation.files)
  const [only] = files
  return files.find((file) => sentence.includes(`${folder}/${file.local}`))?.name ?? (files.length === 1 ? only?.name : undefined)
}

/** Finds the offset that `LINE 2: …text` and the caret below it point at. */
function positionIn(text: string, sql: string): number | undefined {
  const match = /\nLINE (\d+): (.*)\n( *)\^/.exec(text)
  if (!match) return undefined
  const [, line = '1', shown = '', blanks = ''] = match
  const column = blanks.length - `LINE ${line}: `.length
  const lines = sql.split('\n')
  const source = lines[Number(line) - 1]
  if (source === undefined || column < 0) return undefined
  // Long lines are shown in part, between dots.
  const part = shown.replace(/^\.\.\./, '').replace(/\.\.\.$/, '')
  const start = source.indexOf(part)
  if (start < 0) return undefined
  const before = lines.slice(0, Number(line) - 1).reduce((sum, one) => sum + one.length + 1, 0)
  return Math.min(sql.length, before + start + column - (shown.startsWith('...') ? 3 : 0))
}
