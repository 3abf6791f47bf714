import type { RequestLogEntry } from '@sluice/lab'
import { describe, expect, it } from 'vitest'
import { readOptions } from '../bench/options.ts'
import { markdownTable, terminalTable } from '../bench/output/table.ts'
import { shown } from '../bench/support/figures.ts'
import { middle, percentile, requestsInARow } from '../bench/support/measure.ts'
import { sameRows } from '../bench/support/same-rows.ts'

const START = Date.UTC(2026, 10, 22)

/** A request from one moment to another. */
function request(from: number, to: number): RequestLogEntry {
  return {
    id: 'id',
    at: new Date(START + to).toISOString(),
    operation: 's3.GetObject',
    principal: '-',
    status: 200,
    ms: to - from,
    bytesOut: 0,
  }
}

describe('requests in a row', () => {
  it.each([
    ['none', [], 0],
    ['all at once', [request(0, 40), request(1, 41), request(2, 60)], 1],
    ['one after another', [request(80, 120), request(0, 40), request(40, 80)], 3],
    ['a long one beside a row of three', [request(0, 200), request(0, 40), request(41, 90), request(91, 140)], 3],
    ['a start within what clocks can tell', [request(0, 40), request(37, 80)], 2],
    ['a start too early for that', [request(0, 40), request(30, 80)], 1],
  ])('counts %s', (_, log, expected) => {
    expect(requestsInARow(log)).toBe(expected)
  })
})

it('takes the middle and the percentile of what was measured', () => {
  expect(middle([9, 1, 5], (value) => value)).toBe(5)
  expect(middle([4, 1, 3, 2], (value) => value)).toBe(2)
  expect(() => middle([], () => 0)).toThrow('Nothing was measured')
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1)
  expect([percentile(hundred, 0.5), percentile(hundred, 0.99), percentile(hundred, 1)]).toEqual([50, 99, 100])
})

it('takes results for the same that differ in the last digits of a fraction, and no others', () => {
  expect(sameRows([[1, '0.1', null]], [['1', 0.10000000000000002, null]])).toBe(true)
  expect(sameRows([[1.001]], [[1]])).toBe(false)
  expect(sameRows([['a']], [['b']])).toBe(false)
  expect(sameRows([[1], [2]], [[1]])).toBe(false)
})

it('writes figures with the digits that matter', () => {
  expect(
    [
      { value: 1_234, unit: 'ms' },
      { value: 239_220.4, unit: '/s' },
      { value: 0.134, unit: 'ms' },
      { value: 12.34, unit: '×' },
      { value: 6, unit: '' },
    ].map((figure) => shown(figure as Parameters<typeof shown>[0])),
  ).toEqual(['1.23 s', '239,220 /s', '0.13 ms', '12.3×', '6'])
})

it('draws tables for terminals and documents', () => {
  const table = { columns: [{ title: 'work' }, { title: 'ms', right: true }], rows: [['a|b', '12']] }
  expect(terminalTable(table)).toBe('work  ms\n────  ──\na|b   12')
  expect(markdownTable(table)).toBe('| work | ms |\n|---|---:|\n| a\\|b | 12 |')
})

it('reads the command line and refuses what it does not know', () => {
  const names = ['parquet', 'listing']
  expect(readOptions([], {}, names)).toEqual({ megabytes: 500, runs: 5, only: [], format: 'terminal', output: undefined })
  expect(readOptions(['--quick', '--only', 'listing', '--json', '--runs', '2'], {}, names)).toMatchObject({
    megabytes: 60,
    runs: 2,
    only: ['listing'],
    format: 'json',
  })
  expect(readOptions(['--quick'], { BENCH_MB: '200' }, names)?.megabytes).toBe(200)
  expect(readOptions(['--help'], {}, names)).toBeUndefined()
  for (const wrong of [['--runs', '0'], ['--runs', 'x'], ['--only', 'leases'], ['--json', '--markdown'], ['--fast']])
    expect(() => readOptions(wrong, {}, names), wrong.join(' ')).toThrow(Error)
})
