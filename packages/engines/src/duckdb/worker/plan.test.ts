import { describe, expect, it } from 'vitest'
import { parsePlan, scansOf } from './plan.ts'

const get = (more: object = {}) => ({
  type: 'LOGICAL_GET',
  name: 'read_parquet',
  names: ['id', 'v', 'st'],
  returned_types: [
    { id: 'BIGINT' },
    { id: 'DOUBLE' },
    {
      id: 'STRUCT',
      type_info: {
        child_types: [
          { first: 'a', second: { id: 'INTEGER' } },
          { first: 'b', second: { id: 'INTEGER' } },
        ],
      },
    },
  ],
  function_data: { files: ['/f'] },
  column_indexes: [{ index: 0 }],
  ...more,
})
const limit = (count: number, child: object, offset?: number) => ({
  type: 'LOGICAL_LIMIT',
  limit_val: { type: 'CONSTANT_VALUE', constant_integer: count },
  offset_val: offset === undefined ? { type: 'UNSET', constant_integer: 0 } : { type: 'CONSTANT_VALUE', constant_integer: offset },
  children: [child],
})
const project = (child: object) => ({ type: 'LOGICAL_PROJECTION', children: [child] })

describe('parsePlan', () => {
  it('keeps integers that no number holds, and survives words that are not JSON', () => {
    expect(parsePlan('{"index":9223372036854775809,"n":5,"x":1.5,"big":1e300,"nan":NaN,"inf":-Infinity,"s":"NaN, \\"inf"}')).toEqual({
      index: 9223372036854775809n,
      n: 5,
      x: 1.5,
      big: 1e300,
      nan: null,
      inf: null,
      s: 'NaN, "inf',
    })
  })
})

describe('scansOf', () => {
  it('hands a limit through projections to a scan', () => {
    expect(scansOf(project(limit(5, project(get()), 2)), undefined)?.[0]?.rows).toBe(7)
    expect(scansOf(project(limit(50, get())), 10)?.[0]?.rows).toBe(10)
    expect(scansOf(project(get()), 10)?.[0]?.rows).toBe(10)
  })

  it('does not let an offset alone limit a scan', () => {
    const offset = { ...limit(0, get(), 5), limit_val: { type: 'UNSET', constant_integer: 0 } }
    expect(scansOf(offset, undefined)?.[0]?.rows).toBeUndefined()
    expect(scansOf(offset, 10)?.[0]?.rows).toBe(15)
  })

  it.each([
    'LOGICAL_FILTER',
    'LOGICAL_AGGREGATE_AND_GROUP_BY',
    'LOGICAL_TOP_N',
    'LOGICAL_SOMETHING_NEW',
    'LOGICAL_UNNEST',
    'LOGICAL_UNION',
  ])('does not limit a scan below %s', (type) => {
    expect(scansOf(limit(1, { type, children: [get()] }), 5)?.[0]?.rows).toBeUndefined()
  })

  it('does not limit a scan that filters', () => {
    const filtered = get({ table_filters: { filters: [{ key: 1, value: { filter_type: 'IS_NULL' } }] } })
    expect(scansOf(limit(1, filtered), undefined)?.[0]).toMatchObject({ rows: undefined, filters: [{ name: 'v' }] })
  })

  it('takes filter keys as column numbers, not as positions', () => {
    const scan = get({ column_indexes: [{ index: 2 }, { index: 1 }], table_filters: { filters: [{ key: 2, value: {} }] } })
    expect(scansOf(scan, undefined)?.[0]?.filters[0]?.name).toBe('st')
  })

  it('knows virtual columns by number', () => {
    const scan = (index: bigint) => scansOf(get({ column_indexes: [{ index: 0 }, { index }] }), undefined)?.[0]
    expect(scan(2n ** 63n + 1n)).toMatchObject({ rowNumbers: true, columns: [{ name: 'id' }] })
    expect(scan(2n ** 63n)).toMatchObject({ rowNumbers: false, columns: [{ name: 'id' }] })
    expect(scan(2n ** 64n - 1n)).toMatchObject({ rowNumbers: false, columns: [{ name: 'id' }] })
  })

  it('reads parts of structs, and all of one where it cannot tell', () => {
    const scan = (child_indexes: unknown) => scansOf(get({ column_indexes: [{ index: 2, child_indexes }] }), undefined)?.[0]?.columns
    expect(scan([{ index: 1 }])).toEqual([{ name: 'st', paths: [['b']] }])
    expect(scan([{ index: 7 }])).toEqual([{ name: 'st', paths: [] }])
  })

  it('gives up on scans it does not know', () => {
    expect(scansOf(project(get({ name: 'read_csv' })), undefined)).toBeUndefined()
    expect(scansOf(project(get({ function_data: {} })), undefined)).toBeUndefined()
    expect(scansOf({ children: [] }, undefined)).toBeUndefined()
    expect(scansOf(get({ column_indexes: [{ index: 99 }] }), undefined)).toBeUndefined()
  })
})
