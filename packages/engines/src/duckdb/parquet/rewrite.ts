import { field, type ColumnChunk, type Footer, type RowGroup } from './footer.ts'
import { concat, readList, readStruct, TYPE, writeInteger, writeList, writeStruct, type Field } from './thrift.ts'

/** Fields of a ColumnChunk that point at page indexes, and of its metadata that point at bloom filters: bytes that a slice does not hold. */
const CHUNK_POINTERS = new Set([4, 5, 6, 7])
const METADATA_POINTERS = new Set([14, 15])

const STATISTICS = 12
/** Fields of statistics that bound values, and that say whether a bound is exact. */
const BOUNDS = new Set([1, 2, 5, 6, 7, 8])

/** Whether the file's own footer says more than it should, so that not even a plan is to be made over it. */
export function isMisleading({ rowGroups }: Footer): boolean {
  return rowGroups.some(({ chunks }) => chunks.some((chunk) => chunk.misleading !== 'nothing'))
}

/**
 * The footer of a slice: only the row groups named, no pointers to bloom filters and page indexes, no statistics that mislead, everything
 * else as it was. Ends with length and magic, ready to be written after the last byte of the file.
 */
export function rewriteFooter(footer: Footer, keep: readonly number[]): Uint8Array {
  const kept = keep.map((index) => footer.rowGroups[index]).filter((group) => group !== undefined)
  const rows = kept.reduce((sum, group) => sum + group.rows, 0)
  const metadata = writeStruct(
    footer.fields.map((one) => {
      if (one.id === 3) return { ...one, value: writeInteger(BigInt(rows)) }
      if (one.id === 4)
        return {
          ...one,
          value: writeList(TYPE.struct, kept.map(withoutPointers)),
        }
      return one
    }),
  )
  const tail = new Uint8Array(8)
  new DataView(tail.buffer).setUint32(0, metadata.length, true)
  tail.set(new TextEncoder().encode('PAR1'), 4)
  return concat([metadata, tail])
}

function withoutPointers({ bytes, chunks: known }: RowGroup): Uint8Array {
  const { fields } = readStruct(bytes)
  const columns = field(fields, 1)
  if (!columns) return bytes
  const chunks = readList(columns.value)
  const stripped = chunks.elements.map((chunk, index) => strippedChunk(chunk, known[index]?.misleading ?? 'nothing'))
  return writeStruct(replace(fields, 1, writeList(chunks.elementType, stripped)))
}

function strippedChunk(chunk: Uint8Array, misleading: ColumnChunk['misleading']): Uint8Array {
  const fields = readStruct(chunk).fields.filter((one) => !CHUNK_POINTERS.has(one.id))
  const metadata = field(fields, 3)
  if (!metadata) return writeStruct(fields)
  const inner = readStruct(metadata.value).fields.filter((one) => !METADATA_POINTERS.has(one.id))
  return writeStruct(replace(fields, 3, writeStruct(believable(inner, misleading))))
}

/** The metadata of a chunk without what misleads in its statistics. */
function believable(metadata: readonly Field[], misleading: ColumnChunk['misleading']): readonly Field[] {
  const statistics = field(metadata, STATISTICS)
  if (!statistics || misleading === 'nothing') return metadata
  if (misleading === 'everything') return metadata.filter((one) => one.id !== STATISTICS)
  const kept = readStruct(statistics.value).fields.filter((one) => !BOUNDS.has(one.id))
  return replace(metadata, STATISTICS, writeStruct(kept))
}

function replace(fields: readonly Field[], id: number, value: Uint8Array): readonly Field[] {
  return fields.map((one) => (one.id === id ? { ...one, value } : one))
}
