import { DuckDBInstance } from '@duckdb/node-api'
import { expect, it } from 'vitest'
import { cellOf, isShowable } from './cells.ts'

it.each([
  ['NULL', null],
  ['true', true],
  ['42::TINYINT', 42],
  ['9007199254740991::BIGINT', 9007199254740991],
  ['9007199254740992::BIGINT', '9007199254740992'],
  ['(-9223372036854775808)::BIGINT', '-9223372036854775808'],
  ['18446744073709551615::UBIGINT', '18446744073709551615'],
  ['7::HUGEINT', 7],
  ['170141183460469231731687303715884105727::HUGEINT', '170141183460469231731687303715884105727'],
  ['1.5::DOUBLE', 1.5],
  ["'NaN'::DOUBLE", 'NaN'],
  ["'-inf'::FLOAT", '-Infinity'],
  ['1.50::DECIMAL(10, 2)', '1.50'],
  ['-0.000001::DECIMAL(38, 6)', '-0.000001'],
  ["DATE '2020-02-29'", '2020-02-29'],
  ["DATE '0044-03-15 (BC)'", '0044-03-15 (BC)'],
  ["DATE '0001-03-15 (BC)'", '0001-03-15 (BC)'],
  ["TIMESTAMP '0001-03-15 (BC) 10:00:00'", '0001-03-15 (BC) 10:00:00'],
  ["DATE 'infinity'", 'infinity'],
  ["TIME '10:00:00.5'", '10:00:00.5'],
  ["TIMESTAMP '2020-01-01 10:00:00'", '2020-01-01T10:00:00'],
  ["TIMESTAMP '2020-01-01 10:00:00.123456'", '2020-01-01T10:00:00.123456'],
  ["TIMESTAMP_NS '2020-01-01 10:00:00.123456789'", '2020-01-01T10:00:00.123456789'],
  ["TIMESTAMP_S '2020-01-01 10:00:00'", '2020-01-01T10:00:00'],
  ["TIMESTAMP 'infinity'", 'infinity'],
  ["INTERVAL '1 month 2 days 3 seconds'", '1 month 2 days 00:00:03'],
  ["'\\xDE\\xAD'::BLOB", 'dead'],
  ["'11111111-2222-3333-4444-555555555555'::UUID", '11111111-2222-3333-4444-555555555555'],
  ["'b'::ENUM ('a', 'b')", 'b'],
  ["'101'::BIT", '101'],
  ['\'{"a": 1}\'::JSON', '{"a": 1}'],
  ['[1, NULL, 9007199254740993]', [1, null, '9007199254740993']],
  ['[[1.5], []]::DOUBLE[][]', [[1.5], []]],
  ['[1, 2]::INT[2]', [1, 2]],
  ["{'a': 1, 'b': {'c': DATE '2020-01-01'}}", { a: 1, b: { c: '2020-01-01' } }],
  [
    "MAP {'x': 1, 'y': NULL}",
    [
      { key: 'x', value: 1 },
      { key: 'y', value: null },
    ],
  ],
  ['union_value(n := 5)', { tag: 'n', value: 5 }],
])('shows %s', async (sql, expected) => {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  const rows = (await connection.runAndReadAll(`SELECT ${sql}`)).getRows()
  connection.closeSync()
  instance.closeSync()
  expect(cellOf(rows[0]?.[0] ?? null)).toEqual(expected)
})

it.each([
  ['row(1, 2)', false],
  ["[{'a': MAP {1: (1, 2)}}]", false],
  ["{'__proto__': 1}", false],
  ["{'a': [{'b': 1}], 'c': MAP {'k': {'d': 1}}}", true],
])('knows whether %s can be shown', async (sql, expected) => {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  const types = (await connection.runAndReadAll(`SELECT ${sql}`)).columnTypes()
  connection.closeSync()
  instance.closeSync()
  expect(types.map(isShowable)).toEqual([expected])
})
