import { field, integer, PHYSICAL, type Footer, type SchemaNode } from './footer.ts'
import { concat, readList, readStruct, TYPE, writeInteger, writeList, writeStruct, type Field } from './thrift.ts'

/** Fields of a ColumnChunk that point at page indexes, and of its metadata that point at bloom filters: bytes that a slice does not hold. */
const CHUNK_POINTERS = new Set([4, 5, 6, 7])
const METADATA_POINTERS = new Set([14, 15])

/** Fields of statistics that bound values, and that say whether a bound is exact. */
const BOUNDS = new Set([1, 2, 5, 6, 7, 8])

/** Whether a column below the node is FLOAT or DOUBLE: then a rewritten footer says less than the file's own. */
export function hasFloats(node: SchemaNode): boolean {
  return node.physical === 'FLOAT' || node.physical === 'DOUBLE' || node.children.some(hasFloats)
}

/**
 * The footer of a slice: only the row groups named, no pointers to bloom filters and page indexes, no bounds of floating point columns,
 * everything else as it was. Ends with length and magic, ready to be written after the last byte of the file.
 *
 * Not-a-number is greater than everything to DuckDB, and in nobody's bounds but its own: believing them, it does not find it.
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
          value: writeList(
            TYPE.struct,
            kept.map((group) => withoutPointers(group.bytes)),
          ),
        }
      return one
    }),
  )
  const tail = new Uint8Array(8)
  new DataView(tail.buffer).setUint32(0, metadata.length, true)
  tail.set(new TextEncoder().encode('PAR1'), 4)
  return concat([metadata, tail])
}

function withoutPointers(rowGroup: Uint8Array): Uint8Array {
  const { fields } = readStruct(rowGroup)
  const columns = field(fields, 1)
  if (!columns) return rowGroup
  const chunks = readList(columns.value)
  return writeStruct(replace(fields, 1, writeList(chunks.elementType, chunks.elements.map(strippedChunk))))
}

function strippedChunk(chunk: Uint8Array): Uint8Array {
  const fields = readStruct(chunk).fields.filter((one) => !CHUNK_POINTERS.has(one.id))
  const metadata = field(fields, 3)
  if (!metadata) return writeStruct(fields)
  const inner = readStruct(metadata.value).fields.filter((one) => !METADATA_POINTERS.has(one.id))
  return writeStruct(replace(fields, 3, writeStruct(isFloating(inner) ? withoutBounds(inner) : inner)))
}

function isFloating(metadata: readonly Field[]): boolean {
  const physical = PHYSICAL[integer(metadata, 1) ?? -1]
  return physical === 'FLOAT' || physical === 'DOUBLE'
}

function withoutBounds(metadata: readonly Field[]): readonly Field[] {
  const statistics = field(metadata, 12)
  if (statistics?.type !== TYPE.struct) return metadata
  const kept = readStruct(statistics.value).fields.filter((one) => !BOUNDS.has(one.id))
  return replace(metadata, 12, writeStruct(kept))
}

function replace(fields: readonly Field[], id: number, value: Uint8Array): readonly Field[] {
  return fields.map((one) => (one.id === id ? { ...one, value } : one))
}
