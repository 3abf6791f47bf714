/**
 * Thrift's compact protocol, as far as rewriting a Parquet footer needs it.
 *
 * Structs are read as fields that point at their bytes; what is not changed is copied, never decoded and encoded again. So a rewritten
 * footer keeps every field, known or not, bit for bit. https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */

export const TYPE = {
  stop: 0,
  true: 1,
  false: 2,
  byte: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  set: 10,
  map: 11,
  struct: 12,
  uuid: 13,
} as const

/** The footer is not well-formed Thrift: the file is damaged. */
export class ThriftError extends Error {
  override readonly name = 'ThriftError'
}

/** One field of a struct: its id, its type nibble, and the bytes of its value. Booleans are in the type and have no bytes. */
export interface Field {
  readonly id: number
  readonly type: number
  readonly value: Uint8Array
}

export interface Struct {
  readonly fields: readonly Field[]
  /** Offset after the struct's stop byte. */
  readonly end: number
}

/** Nesting that no Parquet writer reaches; bounds the recursion on hostile input. */
const MAX_DEPTH = 64

/** Reads an unsigned LEB128 integer of up to 64 bits. */
function readVarint(bytes: Uint8Array, offset: number): { value: bigint; end: number } {
  let value = 0n
  for (let index = 0; index < 10; index++) {
    const byte = bytes[offset + index]
    if (byte === undefined) throw new ThriftError('an integer runs past the end')
    value |= BigInt(byte & 0x7f) << BigInt(7 * index)
    if (byte < 0x80) return { value, end: offset + index + 1 }
  }
  throw new ThriftError('an integer has more than ten bytes')
}

function skipVarint(bytes: Uint8Array, offset: number): number {
  for (let index = 0; index < 10; index++) {
    const byte = bytes[offset + index]
    if (byte === undefined) throw new ThriftError('an integer runs past the end')
    if (byte < 0x80) return offset + index + 1
  }
  throw new ThriftError('an integer has more than ten bytes')
}

/** Reads a length or count, which must fit the rest of the input. */
function readLength(bytes: Uint8Array, offset: number): { value: number; end: number } {
  let value = 0
  for (let index = 0; index < 5; index++) {
    const byte = bytes[offset + index]
    if (byte === undefined) throw new ThriftError('a length runs past the end')
    value += (byte & 0x7f) * 2 ** (7 * index)
    if (byte < 0x80) return { value, end: offset + index + 1 }
  }
  throw new ThriftError('a length has more than five bytes')
}

interface ListHeader {
  readonly count: number
  readonly elementType: number
  readonly start: number
}

function readListHeader(bytes: Uint8Array, offset: number): ListHeader {
  const head = bytes[offset]
  if (head === undefined) throw new ThriftError('a list runs past the end')
  const elementType = head & 0x0f
  if (head >> 4 !== 15) return { count: head >> 4, elementType, start: offset + 1 }
  const { value, end } = readLength(bytes, offset + 1)
  return { count: value, elementType, start: end }
}

/** The offset after a value of `type`. Booleans inside lists take a byte; as fields, none. */
function skipValue(bytes: Uint8Array, offset: number, type: number, inList: boolean, depth: number): number {
  if (depth > MAX_DEPTH) throw new ThriftError('it is nested too deeply')
  switch (type) {
    case TYPE.true:
    case TYPE.false:
      return within(bytes, inList ? offset + 1 : offset)
    case TYPE.byte:
      return within(bytes, offset + 1)
    case TYPE.i16:
    case TYPE.i32:
    case TYPE.i64:
      return skipVarint(bytes, offset)
    case TYPE.double:
      return within(bytes, offset + 8)
    case TYPE.uuid:
      return within(bytes, offset + 16)
    case TYPE.binary: {
      const { value, end } = readLength(bytes, offset)
      return within(bytes, end + value)
    }
    case TYPE.list:
    case TYPE.set: {
      const header = readListHeader(bytes, offset)
      if (header.count > bytes.length - header.start) throw new ThriftError('a list announces more than there is')
      let at = header.start
      for (let index = 0; index < header.count; index++) at = skipValue(bytes, at, header.elementType, true, depth + 1)
      return at
    }
    case TYPE.map: {
      const { value: count, end } = readLength(bytes, offset)
      if (count === 0) return end
      if (count > bytes.length - end) throw new ThriftError('a map announces more than there is')
      const types = bytes[end]
      if (types === undefined) throw new ThriftError('a map runs past the end')
      let at = end + 1
      for (let index = 0; index < count; index++) {
        at = skipValue(bytes, at, types >> 4, true, depth + 1)
        at = skipValue(bytes, at, types & 0x0f, true, depth + 1)
      }
      return at
    }
    case TYPE.struct:
      return walkStruct(bytes, offset, depth + 1, undefined)
    default:
      throw new ThriftError(`type ${type} is unknown`)
  }
}

function within(bytes: Uint8Array, end: number): number {
  if (end > bytes.length) throw new ThriftError('a value runs past the end')
  return end
}

function walkStruct(bytes: Uint8Array, offset: number, depth: number, fields: Field[] | undefined): number {
  let at = offset
  let id = 0
  for (;;) {
    const head = bytes[at++]
    if (head === undefined) throw new ThriftError('a struct runs past the end')
    if (head === TYPE.stop) return at
    const type = head & 0x0f
    if (head >> 4 === 0) {
      const { value, end } = readVarint(bytes, at)
      id = Number(unzigzag(value))
      at = end
    } else id += head >> 4
    const end = skipValue(bytes, at, type, false, depth)
    fields?.push({ id, type, value: bytes.subarray(at, end) })
    at = end
  }
}

/** Reads the struct at `offset`: its own fields, nested values as bytes. */
export function readStruct(bytes: Uint8Array, offset = 0): Struct {
  const fields: Field[] = []
  const end = walkStruct(bytes, offset, 0, fields)
  return { fields, end }
}

/** The elements of a list value, each as its bytes. */
export function readList(value: Uint8Array): { readonly elementType: number; readonly elements: readonly Uint8Array[] } {
  const header = readListHeader(value, 0)
  if (header.count > value.length - header.start) throw new ThriftError('a list announces more than there is')
  const elements: Uint8Array[] = []
  let at = header.start
  for (let index = 0; index < header.count; index++) {
    const end = skipValue(value, at, header.elementType, true, 0)
    elements.push(value.subarray(at, end))
    at = end
  }
  return { elementType: header.elementType, elements }
}

/** Encodes a list of values that are already encoded. */
export function writeList(elementType: number, elements: readonly Uint8Array[]): Uint8Array {
  const head = elements.length < 15 ? Uint8Array.of((elements.length << 4) | elementType) : longListHead(elementType, elements.length)
  return concat([head, ...elements])
}

function longListHead(elementType: number, count: number): Uint8Array {
  return concat([Uint8Array.of(0xf0 | elementType), writeVarint(BigInt(count))])
}

/** Encodes a struct; fields keep their order, only the headers are made anew. */
export function writeStruct(fields: readonly Field[]): Uint8Array {
  const parts: Uint8Array[] = []
  let previous = 0
  for (const field of fields) {
    const delta = field.id - previous
    if (delta > 0 && delta <= 15) parts.push(Uint8Array.of((delta << 4) | field.type))
    else parts.push(Uint8Array.of(field.type), writeVarint(zigzag(BigInt(field.id))))
    parts.push(field.value)
    previous = field.id
  }
  parts.push(Uint8Array.of(TYPE.stop))
  return concat(parts)
}

export function readInteger(value: Uint8Array): bigint {
  return unzigzag(readVarint(value, 0).value)
}

export function writeInteger(value: bigint): Uint8Array {
  return writeVarint(zigzag(value))
}

/** The bytes of a binary value, without its length. */
export function readBinary(value: Uint8Array): Uint8Array {
  const { value: length, end } = readLength(value, 0)
  return value.subarray(end, end + length)
}

function writeVarint(value: bigint): Uint8Array {
  const bytes: number[] = []
  let rest = value
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80)
    rest >>= 7n
  }
  bytes.push(Number(rest))
  return Uint8Array.from(bytes)
}

function zigzag(value: bigint): bigint {
  return BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
}

function unzigzag(value: bigint): bigint {
  return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n))
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const part of parts) length += part.length
  const bytes = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}
