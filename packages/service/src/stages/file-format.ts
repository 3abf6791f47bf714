import { accessError, FILE_FORMATS, type AccessError, type FileFormat, type FileFormatType } from '@sluice/core'

/** What files are read as when nobody says anything and their extension says nothing either. */
const DEFAULT_FORMAT: FileFormat = { type: 'parquet', compression: 'auto', byExtension: true }

/** An option as SQL writes it: the name in upper case. */
export interface FormatSetting {
  readonly name: string
  readonly value: string | number | boolean
}

/** Makes the error about one setting; SQL adds where it stands. */
export type RefuseSetting<Setting extends FormatSetting> = (
  setting: Setting,
  reason: 'stage.file_format' | 'stage.file_format_unsupported',
  message: string,
) => AccessError

const TEXT_FORMATS: readonly FileFormatType[] = ['csv', 'tsv']

/** The options beyond `type` and `compression`, the formats that know each, and the values it takes. */
const OPTIONS: readonly {
  readonly key: Exclude<keyof FileFormat, 'type' | 'compression' | 'byExtension'>
  readonly sql: string
  readonly formats: readonly FileFormatType[]
  readonly values: string
  accepts(value: unknown): boolean
}[] = [
  { key: 'fieldDelimiter', sql: 'FIELD_DELIMITER', formats: TEXT_FORMATS, values: 'one character', accepts: isOneCharacter },
  {
    key: 'recordDelimiter',
    sql: 'RECORD_DELIMITER',
    formats: TEXT_FORMATS,
    values: "'\\n', '\\r\\n' or one character",
    accepts: isRecordDelimiter,
  },
  {
    key: 'quote',
    sql: 'QUOTE',
    formats: ['csv'],
    values: `'"', '''' or '\`'`,
    accepts: (value) => typeof value === 'string' && ['"', "'", '`'].includes(value),
  },
  { key: 'escape', sql: 'ESCAPE', formats: ['csv'], values: "'\\\\' or ''", accepts: (value) => value === '\\' || value === '' },
  { key: 'skipHeader', sql: 'SKIP_HEADER', formats: TEXT_FORMATS, values: 'a whole number from 0 to 1000', accepts: isLineCount },
  {
    key: 'nullDisplay',
    sql: 'NULL_DISPLAY',
    formats: TEXT_FORMATS,
    values: 'a string of at most 100 characters',
    accepts: (value) => typeof value === 'string' && value.length <= 100,
  },
  { key: 'trimSpace', sql: 'TRIM_SPACE', formats: TEXT_FORMATS, values: 'TRUE or FALSE', accepts: (value) => typeof value === 'boolean' },
]

const COMPRESSIONS: readonly FileFormat['compression'][] = ['auto', 'none', 'gzip', 'zstd']

/** Words of the Databend family that are not options of ours, so that they get a better answer than "unknown". */
const KNOWN_UNSUPPORTED = new Set(
  (
    'OUTPUT_HEADER QUOTE_STYLE NAN_DISPLAY ALLOW_QUOTED_NULLS ERROR_ON_COLUMN_COUNT_MISMATCH EMPTY_FIELD_AS QUOTED_EMPTY_FIELD_AS BINARY_FORMAT ' +
    'GEOMETRY_FORMAT ENCODING ENCODING_ERROR_MODE NULL_FIELD_AS MISSING_FIELD_AS NULL_IF USE_LOGIC_TYPE ROW_TAG FORMAT_NAME'
  ).split(' '),
)
const KNOWN_TYPES = ['JSON', 'ORC', 'AVRO', 'LANCE', 'ARROW', 'ARROW_STREAM', 'XML']

/** Completes a format: an option that its type does not know, and a value that the option does not take, are refused. */
export function completeFormat(given: Partial<FileFormat> | undefined): FileFormat {
  const entries = Object.entries(given ?? {}).filter(([, value]) => value !== undefined)
  if (entries.length === 0) return DEFAULT_FORMAT
  const format: FileFormat = { compression: 'auto', ...given, type: given?.type ?? DEFAULT_FORMAT.type }
  if (given?.type === undefined && !given?.byExtension) throw refuse('A file format starts with its type.')
  if (!FILE_FORMATS.includes(format.type)) throw refuse(`There is no file format of this type; there are ${FILE_FORMATS.join(', ')}.`)
  if (!COMPRESSIONS.includes(format.compression)) throw refuse(`The compression is one of ${COMPRESSIONS.join(', ')}.`)
  if (format.type === 'parquet' && format.compression !== 'auto') throw refuse('A Parquet file says itself how it is compressed.')
  for (const [key, value] of entries) {
    if (key === 'type' || key === 'compression' || key === 'byExtension') continue
    const option = OPTIONS.find((candidate) => candidate.key === key)
    if (!option) throw refuse(`There is no format option ${key}.`)
    if (!option.formats.includes(format.type))
      throw refuse(`${option.sql} is an option of ${option.formats.join(' and ')}, not of ${format.type}.`)
    if (!option.accepts(value)) throw refuse(`${option.sql} takes ${option.values}.`)
  }
  return format
}

/** Reads the options of a FILE_FORMAT clause. No options at all mean: back to the default. */
export function formatFromSettings<Setting extends FormatSetting>(
  settings: readonly Setting[],
  refuseSetting: RefuseSetting<Setting>,
): FileFormat {
  const [first] = settings
  if (!first) return DEFAULT_FORMAT
  const typed = settings.find((setting) => setting.name === 'TYPE')
  if (!typed) {
    const unknown = settings.find((setting) => setting.name === 'FORMAT_NAME')
    if (unknown)
      throw refuseSetting(unknown, 'stage.file_format_unsupported', 'There are no named file formats; write TYPE and its options.')
    throw refuseSetting(first, 'stage.file_format', 'The file format does not say its TYPE.')
  }
  const type = typeOf(typed, refuseSetting)
  const format = new Map<string, string | number | boolean>([['type', type]])
  for (const setting of settings) {
    if (setting === typed) continue
    if (setting.name === 'COMPRESSION') format.set('compression', compressionOf(setting, type, refuseSetting))
    else {
      const option = optionOf(setting, type, refuseSetting)
      const value = normalized(option.key, setting.value)
      format.set(option.key, value)
      if (!option.accepts(value)) throw refuseSetting(setting, 'stage.file_format', `${option.sql} takes ${option.values}.`)
    }
  }
  return completeFormat(Object.fromEntries(format))
}

/** The format of one file: where nobody chose a type, its extension does. */
export function formatOfFile(format: FileFormat, filename: string): FileFormat {
  if (!format.byExtension) return format
  const name = filename.toLowerCase()
  const plain = name.endsWith('.gz') ? name.slice(0, -3) : name.endsWith('.zst') ? name.slice(0, -4) : name
  const extension = plain.slice(plain.lastIndexOf('.') + 1)
  const type = EXTENSIONS[extension] ?? format.type
  return { type, compression: format.compression }
}

const EXTENSIONS: { readonly [extension: string]: FileFormatType | undefined } = {
  csv: 'csv',
  tsv: 'tsv',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  json: 'ndjson',
  parquet: 'parquet',
}

function typeOf<Setting extends FormatSetting>(setting: Setting, refuseSetting: RefuseSetting<Setting>): FileFormatType {
  const word = String(setting.value).toUpperCase()
  const type = word === 'TEXT' ? 'tsv' : FILE_FORMATS.find((format) => format.toUpperCase() === word)
  if (type) return type
  if (word === 'JSON')
    throw refuseSetting(
      setting,
      'stage.file_format_unsupported',
      'Files of one JSON document are not read; one document a line is TYPE = NDJSON.',
    )
  if (KNOWN_TYPES.includes(word)) throw refuseSetting(setting, 'stage.file_format_unsupported', `Files of type ${word} cannot be read.`)
  throw refuseSetting(setting, 'stage.file_format', `There is no such file format; there are ${FILE_FORMATS.join(', ')}.`)
}

function compressionOf<Setting extends FormatSetting>(setting: Setting, type: FileFormatType, refuseSetting: RefuseSetting<Setting>) {
  const word = String(setting.value).toLowerCase()
  const compression = COMPRESSIONS.find((candidate) => candidate === word)
  if (type === 'parquet' && compression !== 'auto')
    throw refuseSetting(setting, 'stage.file_format', 'A Parquet file says itself how it is compressed: leave COMPRESSION out.')
  if (!compression) throw refuseSetting(setting, 'stage.file_format_unsupported', `COMPRESSION takes ${COMPRESSIONS.join(', ')}.`)
  return compression
}

function optionOf<Setting extends FormatSetting>(setting: Setting, type: FileFormatType, refuseSetting: RefuseSetting<Setting>) {
  const option = OPTIONS.find((candidate) => candidate.sql === setting.name)
  if (option?.formats.includes(type)) return option
  if (option) throw refuseSetting(setting, 'stage.file_format', `This is an option of ${option.formats.join(' and ')}, not of ${type}.`)
  if (KNOWN_UNSUPPORTED.has(setting.name))
    throw refuseSetting(setting, 'stage.file_format_unsupported', 'This format option is not supported.')
  const known = OPTIONS.filter((candidate) => candidate.formats.includes(type)).map((candidate) => candidate.sql)
  throw refuseSetting(setting, 'stage.file_format', `There is no such format option; ${type} has ${['COMPRESSION', ...known].join(', ')}.`)
}

/** NONE means: nothing there; a count may come as a string. */
function normalized(key: string, value: string | number | boolean): string | number | boolean {
  const none = typeof value === 'string' && value.toUpperCase() === 'NONE'
  if (key === 'skipHeader') return none ? 0 : typeof value === 'string' && value !== '' ? Number(value) : value
  return none && key === 'escape' ? '' : value
}

function isOneCharacter(value: unknown): boolean {
  return typeof value === 'string' && value.length === 1 && value !== '\n' && value !== '\r'
}

function isRecordDelimiter(value: unknown): boolean {
  return value === '\r\n' || (typeof value === 'string' && value.length === 1)
}

function isLineCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 1000
}

function refuse(message: string): AccessError {
  return accessError('stage.file_format', { message })
}
