import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concat, readBinary, readInteger, readList, readStruct, TYPE, ThriftError, writeInteger, writeList, writeStruct } from './thrift.ts'
import type { Field } from './thrift.ts'

/** Any Thrift value as [type, encoded bytes]. */
const { value } = fc.letrec<{ value: readonly [number, Uint8Array]; fields: readonly Field[] }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((integer) => [TYPE.i64, writeInteger(integer)] as const),
    fc.constantFrom(TYPE.true, TYPE.false).map((type) => [type, new Uint8Array()] as const),
    fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => [TYPE.double, bytes] as const),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => [TYPE.binary, binary(bytes)] as const),
    tie('fields').map((fields) => [TYPE.struct, writeStruct(fields)] as const),
    fc.array(tie('fields'), { maxLength: 20 }).map((all) => [TYPE.list, writeList(TYPE.struct, all.map(writeStruct))] as const),
    fc.array(fc.integer(), { maxLength: 40 }).map(
      (all) =>
        [
          TYPE.set,
          writeList(
            TYPE.i32,
            all.map((one) => writeInteger(BigInt(one))),
          ),
        ] as const,
    ),
    fc.array(fc.uint8Array({ maxLength: 5 }), { minLength: 1, maxLength: 10 }).map((keys) => [TYPE.map, mapOf(keys)] as const),
  ),
  fields: fc
    .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 30_000 }), tie('value')), { maxLength: 8, selector: ([id]) => id })
    .map((entries) => entries.map(([id, [type, bytes]]): Field => ({ id, type, value: bytes }))),
}))
const structs = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 30_000 }), value), { maxLength: 12, selector: ([id]) => id })
  .map((entries) => entries.map(([id, [type, bytes]]): Field => ({ id, type, value: bytes })))

describe('thrift', () => {
  it('reads what it writes, in any order of fields and any nesting', () => {
    fc.assert(
      fc.property(structs, (fields) => {
        const bytes = writeStruct(fields)
        const read = readStruct(bytes)
        expect(read.end).toBe(bytes.length)
        expect(read.fields.map(({ id, type }) => [id, type])).toEqual(fields.map(({ id, type }) => [id, type]))
        expect(concat(read.fields.map((field) => field.value))).toEqual(concat(fields.map((field) => field.value)))
        expect(writeStruct(read.fields)).toEqual(bytes)
      }),
    )
  })

  it('reads lists of any length and integers of any size', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { maxLength: 40 }), (integers) => {
        const { elements, elementType } = readList(writeList(TYPE.i64, integers.map(writeInteger)))
        expect(elementType).toBe(TYPE.i64)
        expect(elements.map(readInteger)).toEqual(integers)
      }),
    )
  })

  it('reads the known encoding of a struct', () => {
    // Field 1: i32 = -1; field 2: "ab"; field 40: true; field 41: list of two booleans; stop.
    const bytes = Uint8Array.of(0x15, 0x01, 0x18, 0x02, 0x61, 0x62, 0x01, 0x50, 0x19, 0x21, 0x01, 0x02, 0x00)
    const { fields, end } = readStruct(bytes)
    expect(end).toBe(bytes.length)
    expect(fields.map(({ id, type }) => [id, type])).toEqual([
      [1, TYPE.i32],
      [2, TYPE.binary],
      [40, TYPE.true],
      [41, TYPE.list],
    ])
    expect(readInteger(fields[0]?.value ?? bytes)).toBe(-1n)
    expect(new TextDecoder().decode(readBinary(fields[1]?.value ?? bytes))).toBe('ab')
    expect(writeStruct(fields)).toEqual(bytes)
  })

  it('throws a ThriftError, never anything else, for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        try {
          readStruct(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(ThriftError)
        }
      }),
    )
  })

  it('refuses nesting without end', () => {
    expect(() => readStruct(new Uint8Array(10_000).fill(0x1c))).toThrow(ThriftError)
  })
})

function binary(bytes: Uint8Array): Uint8Array {
  return concat([length(bytes.length), bytes])
}

function mapOf(keys: readonly Uint8Array[]): Uint8Array {
  const types = Uint8Array.of((TYPE.binary << 4) | TYPE.byte)
  return concat([length(keys.length), types, ...keys.flatMap((key) => [binary(key), Uint8Array.of(7)])])
}

/** A varint below 2^14. */
function length(value: number): Uint8Array {
  return value < 0x80 ? Uint8Array.of(value) : Uint8Array.of((value & 0x7f) | 0x80, value >> 7)
}
