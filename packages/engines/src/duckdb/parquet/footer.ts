import { readBinary, readInteger, readList, readStruct, TYPE, ThriftError, type Field } from './thrift.ts'

/** Physical types of Parquet, by number. https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift */
export const PHYSICAL = ['BOOLEAN', 'INT32', 'INT64', 'INT96', 'FLOAT', 'DOUBLE', 'BYTE_ARRAY', 'FIXED_LEN_BYTE_ARRAY'] as const
export type Physical = (typeof PHYSICAL)[number]

export interface SchemaNode {
  readonly name: string
  readonly physical: Physical | undefined
  /** ConvertedType by number, and the ids set in LogicalType. */
  readonly converted: number | undefined
  readonly logical: { readonly id: number; readonly value: Uint8Array } | undefined
  readonly scale: number
  readonly repeated: boolean
  readonly children: readonly SchemaNode[]
  /** Leaf columns below this node: [first, end). */
  readonly firstLeaf: number
  readonly endLeaf: number
}

export interface ColumnChunk {
  /** Where its pages lie in the file, dictionary included. */
  readonly start: number
  readonly end: number
  readonly values: number
  readonly statistics: Uint8Array | undefined
  /**
   * What of the statistics DuckDB draws wrong conclusions from. Bounds of floating point values: not-a-number is greater than everything
   * to it, and in few writers' bounds. All of them, where all values are null: it takes IS DISTINCT FROM for false there.
   */
  readonly misleading: 'nothing' | 'bounds' | 'everything'
}

export interface RowGroup {
  readonly rows: number
  readonly bytes: Uint8Array
  readonly chunks: readonly ColumnChunk[]
}

export interface Footer {
  readonly fields: readonly Field[]
  readonly root: SchemaNode
  readonly leaves: number
  /** The program that wrote the file, as it calls itself; '' where it does not. */
  readonly createdBy: string
  readonly rowGroups: readonly RowGroup[]
}

/** Why a footer cannot be used. `encrypted` and `external` are files that are whole but not for us. */
export class FooterError extends Error {
  override readonly name = 'FooterError'
  readonly kind: 'corrupt' | 'encrypted' | 'external'
  constructor(kind: FooterError['kind'], message: string) {
    super(message)
    this.kind = kind
  }
}

const corrupt = (message: string) => new FooterError('corrupt', message)

/** Reads the metadata of a Parquet file of `size` bytes. Everything it points at is checked to lie within the file. */
export function readFooter(metadata: Uint8Array, size: number): Footer {
  try {
    const { fields } = readStruct(metadata)
    if (field(fields, 8)) throw new FooterError('encrypted', 'some of its columns are encrypted')
    const schema = field(fields, 2)
    if (!schema) throw corrupt('its footer has no schema')
    const elements = readList(schema.value).elements
    const cursor = { element: 0, leaf: 0 }
    const root = readSchema(elements, cursor, 0)
    if (cursor.element !== elements.length) throw corrupt('its schema has loose ends')
    const groups = field(fields, 4)
    const rowGroups = groups ? readList(groups.value).elements.map((bytes) => readRowGroup(bytes, size, cursor.leaf)) : []
    const writer = field(fields, 6)
    const createdBy = writer ? text(readBinary(writer.value)) : ''
    return { fields, root, leaves: cursor.leaf, createdBy, rowGroups }
  } catch (error) {
    if (error instanceof ThriftError) throw corrupt(`its footer is damaged: ${error.message}`)
    throw error
  }
}

function readSchema(elements: readonly Uint8Array[], cursor: { element: number; leaf: number }, depth: number): SchemaNode {
  const bytes = elements[cursor.element++]
  if (!bytes) throw corrupt('its schema ends early')
  if (depth > 100) throw corrupt('its schema is nested too deeply')
  const { fields } = readStruct(bytes)
  const name = field(fields, 4)
  if (!name) throw corrupt('its schema has a column without a name')
  const count = integer(fields, 5) ?? 0
  const firstLeaf = cursor.leaf
  const type = integer(fields, 1)
  const physical = type === undefined ? undefined : PHYSICAL[type]
  const children: SchemaNode[] = []
  if (count > 0) for (let index = 0; index < count; index++) children.push(readSchema(elements, cursor, depth + 1))
  else if (type !== undefined) cursor.leaf++
  const logical = field(fields, 10)
  const variant = logical ? readStruct(logical.value).fields[0] : undefined
  return {
    name: text(readBinary(name.value)),
    physical,
    converted: integer(fields, 6),
    logical: variant && { id: variant.id, value: variant.value },
    scale: integer(fields, 7) ?? 0,
    repeated: integer(fields, 3) === 2,
    children,
    firstLeaf,
    endLeaf: cursor.leaf,
  }
}

function readRowGroup(bytes: Uint8Array, size: number, leaves: number): RowGroup {
  const { fields } = readStruct(bytes)
  const columns = field(fields, 1)
  const rows = integer(fields, 3)
  if (!columns || rows === undefined || rows < 0) throw corrupt('a row group has no columns or no row count')
  const chunks = readList(columns.value).elements.map((chunk) => readChunk(chunk, size))
  if (chunks.length !== leaves) throw corrupt(`a row group has ${chunks.length} columns, the schema ${leaves}`)
  return { rows, bytes, chunks }
}

function readChunk(bytes: Uint8Array, size: number): ColumnChunk {
  const { fields } = readStruct(bytes)
  if (field(fields, 1)) throw new FooterError('external', 'it keeps its columns in other files')
  if (field(fields, 8) || field(fields, 9)) throw new FooterError('encrypted', 'some of its columns are encrypted')
  const metadata = field(fields, 3)
  if (!metadata) throw corrupt('a column chunk has no metadata')
  const inner = readStruct(metadata.value).fields
  const data = integer(inner, 9)
  const length = integer(inner, 7)
  if (data === undefined || length === undefined) throw corrupt('a column chunk has no place')
  // Some writers say 0 where there is no dictionary or index page.
  const starts = [data, integer(inner, 11), integer(inner, 10)].filter((offset): offset is number => offset !== undefined && offset > 0)
  const start = Math.min(...starts)
  const end = start + length
  const values = integer(inner, 5) ?? 0
  const statistics = field(inner, 12)?.value
  const misleading = misleads(inner, statistics, values)
  // Without values there are no pages, and writers differ in what they say about their place.
  if (values === 0) return { start: 0, end: 0, values, statistics, misleading }
  if (start < 4 || length <= 0 || end > size) throw corrupt('a column chunk lies outside the file')
  return { start, end, values, statistics, misleading }
}

function misleads(metadata: readonly Field[], statistics: Uint8Array | undefined, values: number): ColumnChunk['misleading'] {
  if (!statistics) return 'nothing'
  if (integer(readStruct(statistics).fields, 3) === values) return 'everything'
  const physical = PHYSICAL[integer(metadata, 1) ?? -1]
  return physical === 'FLOAT' || physical === 'DOUBLE' ? 'bounds' : 'nothing'
}

/** A byte order mark at the start of a name is part of it. */
function text(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
}

/** The field of that id. */
export function field(fields: readonly Field[], id: number): Field | undefined {
  return fields.find((one) => one.id === id)
}

/** An integer field as a number; what does not fit one is damage. */
export function integer(fields: readonly Field[], id: number): number | undefined {
  const found = field(fields, id)
  if (!found) return undefined
  if (found.type < TYPE.i16 || found.type > TYPE.i64) throw corrupt('its footer holds a value of the wrong type')
  const value = Number(readInteger(found.value))
  if (!Number.isSafeInteger(value)) throw corrupt('its footer holds a number out of range')
  return value
}
