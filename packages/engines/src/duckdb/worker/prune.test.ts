import { describe, expect, it } from 'vitest'
import type { Footer, Physical, RowGroup, SchemaNode } from '../parquet/footer.ts'
import { TYPE, writeInteger, writeStruct, type Field } from '../parquet/thrift.ts'
import { mayMatch } from './prune.ts'

interface Leaf {
  readonly physical: Physical
  readonly converted?: number
  readonly scale?: number
  readonly logical?: SchemaNode['logical']
}
interface Bounds {
  readonly min?: Uint8Array
  readonly max?: Uint8Array
  readonly oldMin?: Uint8Array
  readonly oldMax?: Uint8Array
  readonly nulls?: number
  readonly values?: number
}

/** Whether a row group with these statistics may hold a row that passes the filter on its only column. */
function keeps({ physical, converted, scale = 0, logical }: Leaf, bounds: Bounds, filter: object): boolean {
  const leaf: SchemaNode = { name: 'c', physical, converted, logical, scale, repeated: false, children: [], firstLeaf: 0, endLeaf: 1 }
  const root: SchemaNode = { ...leaf, name: 'root', physical: undefined, converted: undefined, logical: undefined, children: [leaf] }
  const group: RowGroup = {
    rows: 10,
    bytes: new Uint8Array(),
    chunks: [{ start: 4, end: 8, values: bounds.values ?? 10, statistics: statistics(bounds), misleading: 'nothing' }],
  }
  const footer: Footer = { fields: [], root, leaves: 1, createdBy: '', rowGroups: [group] }
  return mayMatch([{ name: 'C', filter }], footer, group)
}

function statistics({ min, max, oldMin, oldMax, nulls }: Bounds): Uint8Array {
  const binary = (id: number, bytes: Uint8Array | undefined): Field[] =>
    bytes ? [{ id, type: TYPE.binary, value: Uint8Array.of(bytes.length, ...bytes) }] : []
  return writeStruct([
    ...binary(1, oldMax),
    ...binary(2, oldMin),
    ...(nulls === undefined ? [] : [{ id: 3, type: TYPE.i64, value: writeInteger(BigInt(nulls)) }]),
    ...binary(5, max),
    ...binary(6, min),
  ])
}

const i32 = (value: number) => new Uint8Array(new Int32Array([value]).buffer)
const i64 = (value: bigint) => new Uint8Array(new BigInt64Array([value]).buffer)
const f64 = (value: number) => new Uint8Array(new Float64Array([value]).buffer)
const text = (value: string) => new TextEncoder().encode(value)
const compare = (comparison: string, id: string, value: unknown, type_info?: object) => ({
  filter_type: 'CONSTANT_COMPARISON',
  comparison_type: `COMPARE_${comparison}`,
  constant: { type: { id, ...(type_info ? { type_info } : {}) }, is_null: false, value },
})
const INT: Leaf = { physical: 'INT32' }
const between = { min: i32(10), max: i32(20), nulls: 0 }

describe('row groups by statistics', () => {
  it.each<[string, number, boolean]>([
    ['EQUAL', 9, false],
    ['EQUAL', 10, true],
    ['EQUAL', 20, true],
    ['EQUAL', 21, false],
    ['LESSTHAN', 10, false],
    ['LESSTHAN', 11, true],
    ['LESSTHANOREQUALTO', 9, false],
    ['LESSTHANOREQUALTO', 10, true],
    ['GREATERTHAN', 20, false],
    ['GREATERTHAN', 19, true],
    ['GREATERTHANOREQUALTO', 21, false],
    ['GREATERTHANOREQUALTO', 20, true],
    ['NOTEQUAL', 15, true],
    ['DISTINCT_FROM', 9, true],
    ['NOT_DISTINCT_FROM', 9, true],
    ['SOMETHING_NEW', 9, true],
  ])('%s %i over 10 to 20: kept is %s', (comparison, value, kept) => {
    expect(keeps(INT, between, compare(comparison, 'INTEGER', value))).toBe(kept)
  })

  it('keeps what it has no statistics for', () => {
    expect(keeps(INT, {}, compare('EQUAL', 'INTEGER', 1))).toBe(true)
    expect(keeps(INT, { min: i32(10) }, compare('GREATERTHAN', 'INTEGER', 99))).toBe(true)
    expect(keeps(INT, { min: i32(10) }, compare('LESSTHAN', 'INTEGER', 5))).toBe(false)
  })

  it('believes nothing of statistics that contradict themselves', () => {
    expect(keeps(INT, { min: i32(20), max: i32(10) }, compare('EQUAL', 'INTEGER', 5))).toBe(true)
    expect(keeps(INT, { min: i32(10), oldMin: i32(1), max: i32(20) }, compare('LESSTHAN', 'INTEGER', 5))).toBe(true)
    expect(keeps(INT, { nulls: 11 }, { filter_type: 'IS_NOT_NULL' })).toBe(true)
  })

  it('believes old bounds of signed integers only', () => {
    const old = { oldMin: i32(10), oldMax: i32(20) }
    expect(keeps(INT, old, compare('EQUAL', 'INTEGER', 5))).toBe(false)
    expect(keeps({ physical: 'INT32', converted: 13 }, old, compare('EQUAL', 'UINTEGER', 5))).toBe(true)
    expect(
      keeps({ physical: 'BYTE_ARRAY', converted: 0 }, { oldMin: text('m'), oldMax: text('n') }, compare('EQUAL', 'VARCHAR', 'a')),
    ).toBe(true)
  })

  it('reads unsigned bounds as unsigned', () => {
    const leaf: Leaf = { physical: 'INT64', converted: 14 }
    const bounds = { min: i64(-6n), max: i64(-1n) }
    expect(keeps(leaf, bounds, compare('EQUAL', 'UBIGINT', 18446744073709551613n))).toBe(true)
    expect(keeps(leaf, bounds, compare('LESSTHAN', 'UBIGINT', 18446744073709551610n))).toBe(false)
  })

  it('never excludes not-a-number, which is greater than everything', () => {
    const bounds = { min: f64(1), max: f64(2), nulls: 0 }
    const leaf: Leaf = { physical: 'DOUBLE' }
    expect(keeps(leaf, bounds, compare('GREATERTHAN', 'DOUBLE', 5))).toBe(true)
    expect(keeps(leaf, bounds, compare('GREATERTHANOREQUALTO', 'DOUBLE', 5))).toBe(true)
    expect(keeps(leaf, bounds, compare('EQUAL', 'DOUBLE', null))).toBe(true)
    expect(keeps(leaf, bounds, compare('LESSTHAN', 'DOUBLE', 1))).toBe(false)
    expect(keeps(leaf, bounds, compare('EQUAL', 'DOUBLE', 5))).toBe(false)
    expect(keeps(leaf, { min: f64(NaN), max: f64(NaN) }, compare('LESSTHAN', 'DOUBLE', 1))).toBe(true)
  })

  it('compares decimals of different scale', () => {
    const leaf: Leaf = { physical: 'FIXED_LEN_BYTE_ARRAY', converted: 5, scale: 2 }
    const bounds = { min: Uint8Array.of(0xff, 0x9c), max: Uint8Array.of(0, 0x64) } // -1.00 to 1.00
    const decimal = (value: unknown, scale: number) => compare('EQUAL', 'DECIMAL', value, { scale })
    expect(keeps(leaf, bounds, decimal(-1000, 3))).toBe(true)
    expect(keeps(leaf, bounds, decimal(-1001, 3))).toBe(false)
    expect(keeps(leaf, bounds, decimal({ upper: 0, lower: 11 }, 1))).toBe(false)
    expect(keeps(leaf, bounds, decimal({ upper: -1, lower: 18446744073709551606n }, 1))).toBe(true) // -10 tenths
  })

  it('compares times of different units, and no infinity', () => {
    const millis: Leaf = { physical: 'INT64', converted: 9 }
    const bounds = { min: i64(1000n), max: i64(2000n) }
    expect(keeps(millis, bounds, compare('GREATERTHAN', 'TIMESTAMP', 2_000_000))).toBe(false)
    expect(keeps(millis, bounds, compare('EQUAL', 'TIMESTAMP_NS', 1_500_000_000))).toBe(true)
    expect(keeps(millis, bounds, compare('LESSTHAN', 'TIMESTAMP', 9223372036854775807n))).toBe(true)
    expect(keeps({ physical: 'INT32', converted: 6 }, { min: i32(1), max: i32(2) }, compare('EQUAL', 'DATE', 3))).toBe(false)
  })

  it('compares text by its bytes', () => {
    const leaf: Leaf = { physical: 'BYTE_ARRAY', converted: 0 }
    const bounds = { min: text('b'), max: text('é') }
    expect(keeps(leaf, bounds, compare('EQUAL', 'VARCHAR', 'z'))).toBe(true)
    expect(keeps(leaf, bounds, compare('EQUAL', 'VARCHAR', 'B'))).toBe(false)
    expect(keeps(leaf, bounds, compare('EQUAL', 'VARCHAR', '😀'))).toBe(false)
    expect(keeps({ physical: 'BYTE_ARRAY' }, bounds, compare('EQUAL', 'BLOB', 'a'))).toBe(true)
  })

  it('keeps what is compared with another kind of value', () => {
    expect(keeps(INT, between, compare('EQUAL', 'VARCHAR', '5'))).toBe(true)
    expect(keeps(INT, between, compare('EQUAL', 'DATE', 5))).toBe(true)
  })

  it('distrusts a decimal whose scale is said in two ways', () => {
    const logical = (scale: number) => ({ id: 5, value: writeStruct([{ id: 1, type: TYPE.i32, value: writeInteger(BigInt(scale)) }]) })
    const filter = compare('EQUAL', 'DECIMAL', 5, { width: 9, scale: 0 })
    expect(keeps({ physical: 'INT32', converted: 5, scale: 0, logical: logical(0) }, between, filter)).toBe(false)
    expect(keeps({ physical: 'INT32', converted: 5, scale: 0, logical: logical(1) }, between, filter)).toBe(true)
  })

  it('keeps everything where names differ in case only', () => {
    const leaf = (name: string, firstLeaf: number): SchemaNode => ({
      name,
      physical: 'INT32',
      converted: undefined,
      logical: undefined,
      scale: 0,
      repeated: false,
      children: [],
      firstLeaf,
      endLeaf: firstLeaf + 1,
    })
    const children = [leaf('a', 0), leaf('A', 1), leaf('A_1', 2)]
    const root: SchemaNode = { ...leaf('root', 0), physical: undefined, children, endLeaf: 3 }
    const chunk = { start: 4, end: 8, values: 10, statistics: statistics(between), misleading: 'nothing' } as const
    const group: RowGroup = { rows: 10, bytes: new Uint8Array(), chunks: [chunk, chunk, chunk] }
    const footer: Footer = { fields: [], root, leaves: 3, createdBy: '', rowGroups: [group] }
    // The engine calls the second column A_1, or the third.
    expect(mayMatch([{ name: 'A_1', filter: compare('EQUAL', 'INTEGER', 5) }], footer, group)).toBe(true)
    const distinct = { ...root, children: [leaf('a', 0), leaf('b', 1), leaf('A_1', 2)] }
    expect(mayMatch([{ name: 'A_1', filter: compare('EQUAL', 'INTEGER', 5) }], { ...footer, root: distinct }, group)).toBe(false)
  })

  it('knows nulls by their count', () => {
    expect(keeps(INT, { nulls: 0 }, { filter_type: 'IS_NULL' })).toBe(false)
    expect(keeps(INT, { nulls: 1 }, { filter_type: 'IS_NULL' })).toBe(true)
    expect(keeps(INT, {}, { filter_type: 'IS_NULL' })).toBe(true)
    expect(keeps(INT, { nulls: 10 }, { filter_type: 'IS_NOT_NULL' })).toBe(false)
    expect(keeps(INT, { nulls: 9 }, { filter_type: 'IS_NOT_NULL' })).toBe(true)
    expect(keeps(INT, { nulls: 10 }, compare('EQUAL', 'INTEGER', 1))).toBe(false)
  })

  it('combines filters', () => {
    const out = compare('EQUAL', 'INTEGER', 5)
    const inside = compare('EQUAL', 'INTEGER', 15)
    const and = (...child_filters: object[]) => ({ filter_type: 'CONJUNCTION_AND', child_filters })
    const or = (...child_filters: object[]) => ({ filter_type: 'CONJUNCTION_OR', child_filters })
    expect(keeps(INT, between, and(inside, out))).toBe(false)
    expect(keeps(INT, between, or(inside, out))).toBe(true)
    expect(keeps(INT, between, or(out, out))).toBe(false)
    expect(keeps(INT, between, or(out, { filter_type: 'DYNAMIC_FILTER' }))).toBe(true)
    expect(keeps(INT, between, { filter_type: 'OPTIONAL_FILTER', child_filter: out })).toBe(false)
    const values = [out.constant, inside.constant]
    expect(keeps(INT, between, { filter_type: 'IN_FILTER', values })).toBe(true)
    expect(keeps(INT, between, { filter_type: 'IN_FILTER', values: values.slice(0, 1) })).toBe(false)
  })

  it('judges expressions on the bare column only', () => {
    const column = { expression_class: 'BOUND_REF' }
    const constant = { expression_class: 'BOUND_CONSTANT', value: { type: { id: 'INTEGER' }, is_null: false, value: 5 } }
    const equal = (left: object) => ({
      filter_type: 'EXPRESSION_FILTER',
      expr: { expression_class: 'BOUND_COMPARISON', type: 'COMPARE_EQUAL', left, right: constant },
    })
    expect(keeps(INT, between, equal(column))).toBe(false)
    expect(keeps(INT, between, equal({ expression_class: 'BOUND_CAST', child: column }))).toBe(true)
    expect(keeps(INT, between, { filter_type: 'EXPRESSION_FILTER', expr: { expression_class: 'BOUND_FUNCTION' } })).toBe(true)
  })
})
