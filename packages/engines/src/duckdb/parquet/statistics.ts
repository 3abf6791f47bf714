import type { ColumnChunk, SchemaNode } from './footer.ts'
import { readBinary, readInteger, readStruct } from './thrift.ts'

/**
 * A value in the order its column is compared in. Two values compare only within one kind; `time` is nanoseconds,
 * `decimal` a whole number of 10^-scale.
 */
export type Bound =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'decimal'; readonly value: bigint; readonly scale: number }
  | { readonly kind: 'time'; readonly value: bigint }
  | { readonly kind: 'bytes'; readonly value: Uint8Array }

/** What a row group's statistics say about one column. Absent means unknown. */
export interface ChunkStatistics {
  /** No value is below it. Not-a-number is outside the order and may be there all the same. */
  readonly min: Bound | undefined
  readonly max: Bound | undefined
  readonly nulls: number | undefined
  readonly values: number
}

const CONVERTED = { utf8: 0, decimal: 5, date: 6, timestampMillis: 9, timestampMicros: 10, uint8: 11, uint64: 14, int8: 15, int64: 18 }
const LOGICAL = { string: 1, decimal: 5, date: 6, timestamp: 8, integer: 10 }

/** Reads the statistics of one column chunk, leaving out every bound whose order is not certain. */
export function chunkStatistics(node: SchemaNode, chunk: ColumnChunk): ChunkStatistics {
  const unknown = { min: undefined, max: undefined, nulls: undefined, values: chunk.values }
  if (!chunk.statistics) return unknown
  const { fields } = readStruct(chunk.statistics)
  const bytes = (id: number) => {
    const found = fields.find((one) => one.id === id)
    return found && readBinary(found.value)
  }
  const nulls = fields.find((one) => one.id === 3)
  const decode = decoder(node)
  // The older fields 1 and 2 compare everything as signed: only right for signed numbers.
  const signed = node.physical === 'INT32' || node.physical === 'INT64' ? !isUnsigned(node) : false
  const bound = (id: number, oldId: number) => {
    const [current, old] = [bytes(id), signed ? bytes(oldId) : undefined]
    return current && old && !equalBytes(current, old) ? undefined : (current ?? old)
  }
  const low = bound(6, 2)
  const high = bound(5, 1)
  const min = low && decode?.(low)
  const max = high && decode?.(high)
  const count = nulls && Number(readInteger(nulls.value))
  // Statistics that contradict themselves are damaged, or a writer's mistake: they say nothing.
  if (min && max && (compareBounds(min, max) ?? 0) > 0) return unknown
  if (count !== undefined && (count < 0 || count > chunk.values)) return unknown
  return { min, max, nulls: count, values: chunk.values }
}

function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index])
}

function isUnsigned(node: SchemaNode): boolean {
  if (node.logical?.id === LOGICAL.integer) return readStruct(node.logical.value).fields.find((one) => one.id === 2)?.type !== 1
  return node.converted !== undefined && node.converted >= CONVERTED.uint8 && node.converted <= CONVERTED.uint64
}

type Decode = (bytes: Uint8Array) => Bound | undefined

/** How to read this column's bounds, or undefined where their order or meaning is not known. */
function decoder(node: SchemaNode): Decode | undefined {
  const { physical } = node
  if (physical === 'FLOAT' || physical === 'DOUBLE') return floating(physical)
  const time = timeUnit(node)
  if (time !== undefined) return physical === 'INT64' || physical === 'INT32' ? timed(time) : undefined
  if (isDecimal(node)) return decimals(node)
  if (physical === 'INT32' || physical === 'INT64') return integers(node)
  if (physical === 'BYTE_ARRAY' && isText(node)) return (bytes) => ({ kind: 'bytes', value: bytes })
  return undefined
}

function floating(physical: 'FLOAT' | 'DOUBLE'): Decode {
  const width = physical === 'FLOAT' ? 4 : 8
  return (bytes) => {
    if (bytes.length !== width) return undefined
    const view = new DataView(bytes.buffer, bytes.byteOffset, width)
    const value = physical === 'FLOAT' ? view.getFloat32(0, true) : view.getFloat64(0, true)
    return Number.isNaN(value) ? undefined : { kind: 'number', value }
  }
}

function isText(node: SchemaNode): boolean {
  if (node.logical) return node.logical.id === LOGICAL.string
  return node.converted === CONVERTED.utf8
}

function isDecimal(node: SchemaNode): boolean {
  return node.logical ? node.logical.id === LOGICAL.decimal : node.converted === CONVERTED.decimal
}

/** Nanoseconds in one unit of the column, where it holds dates or timestamps. */
function timeUnit(node: SchemaNode): bigint | undefined {
  const { logical, converted } = node
  if (logical?.id === LOGICAL.date || (!logical && converted === CONVERTED.date)) return 86_400_000_000_000n
  if (logical?.id === LOGICAL.timestamp) {
    const unit = readStruct(logical.value).fields.find((one) => one.id === 2)
    const kind = unit && readStruct(unit.value).fields[0]?.id
    return kind === 1 ? 1_000_000n : kind === 2 ? 1000n : kind === 3 ? 1n : undefined
  }
  if (logical) return undefined
  return converted === CONVERTED.timestampMillis ? 1_000_000n : converted === CONVERTED.timestampMicros ? 1000n : undefined
}

const timed =
  (unit: bigint): Decode =>
  (bytes) => {
    const value = littleEndian(bytes, false)
    return value === undefined ? undefined : { kind: 'time', value: value * unit }
  }

function integers(node: SchemaNode): Decode | undefined {
  const { logical, converted } = node
  const plain = logical === undefined && (converted === undefined || (converted >= CONVERTED.uint8 && converted <= CONVERTED.int64))
  if (!plain && logical?.id !== LOGICAL.integer) return undefined
  const unsigned = isUnsigned(node)
  return (bytes) => {
    const value = littleEndian(bytes, unsigned)
    return value === undefined ? undefined : { kind: 'decimal', value, scale: 0 }
  }
}

function decimals(node: SchemaNode): Decode | undefined {
  const bigEndian = node.physical === 'BYTE_ARRAY' || node.physical === 'FIXED_LEN_BYTE_ARRAY'
  const scale = node.scale
  // The scale is said twice: where that is not the same, there is no telling which one is read.
  if (node.logical && scaleOf(node.logical.value) !== scale) return undefined
  return (bytes) => {
    const value = bigEndian ? bigEndianSigned(bytes) : littleEndian(bytes, false)
    return value === undefined ? undefined : { kind: 'decimal', value, scale }
  }
}

function scaleOf(decimalType: Uint8Array): number {
  const scale = readStruct(decimalType).fields.find((one) => one.id === 1)
  return scale ? Number(readInteger(scale.value)) : 0
}

function littleEndian(bytes: Uint8Array, unsigned: boolean): bigint | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  if (bytes.length === 4) return BigInt(unsigned ? view.getUint32(0, true) : view.getInt32(0, true))
  if (bytes.length === 8) return unsigned ? view.getBigUint64(0, true) : view.getBigInt64(0, true)
  return undefined
}

function bigEndianSigned(bytes: Uint8Array): bigint | undefined {
  if (bytes.length === 0 || bytes.length > 32) return undefined
  let value = 0n
  for (const byte of bytes) value = (value << 8n) | BigInt(byte)
  return BigInt.asIntN(bytes.length * 8, value)
}

/** Negative, zero or positive as `left` is below, equal to or above `right`; undefined where they cannot be compared. */
export function compareBounds(left: Bound, right: Bound): number | undefined {
  if (left.kind === 'number' && right.kind === 'number') return left.value - right.value
  if (left.kind === 'time' && right.kind === 'time') return sign(left.value - right.value)
  if (left.kind === 'bytes' && right.kind === 'bytes') return compareBytes(left.value, right.value)
  if (left.kind === 'decimal' && right.kind === 'decimal')
    return sign(left.value * 10n ** BigInt(right.scale) - right.value * 10n ** BigInt(left.scale))
  return undefined
}

const sign = (value: bigint) => (value < 0n ? -1 : value > 0n ? 1 : 0)

function compareBytes(left: Uint8Array, right: Uint8Array): number {
  const length = Math.min(left.length, right.length)
  for (let index = 0; index < length; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0)
    if (difference !== 0) return difference
  }
  return left.length - right.length
}
