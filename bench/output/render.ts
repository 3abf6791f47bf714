import type { BenchOptions } from '../options.ts'
import type { Row } from '../row.ts'
import { shown } from '../support/figures.ts'
import type { BenchResult } from './result.ts'
import { markdownTable, terminalTable, type Table } from './table.ts'

/** A run as text. */
export function render(result: BenchResult, format: BenchOptions['format']): string {
  if (format === 'json') return `${JSON.stringify(result, undefined, 2)}\n`
  const draw = format === 'markdown' ? markdownTable : terminalTable
  const notes = result.rows.flatMap((row) => row.notes.map((note) => `- ${row.id}: ${note}`))
  return `${[headline(result), draw(workTable(result.rows)), draw(targetTable(result.rows)), notes.join('\n')].join('\n\n')}\n`
}

function headline({ machine, link, megabytes, runs, at }: BenchResult): string {
  const { cores, memoryGigabytes, platform, node } = machine
  const speed = `${link.latencyMs} ms a request, ${link.bytesPerSecond / 1e6} MB/s`
  return `${at.slice(0, 10)}: ${cores} cores, ${memoryGigabytes} GB, ${platform}, Node ${node}; ${speed}; ${megabytes} MB of Parquet; median of ${runs} runs.`
}

function workTable(rows: readonly Row[]): Table {
  return {
    columns: [
      { title: 'work' },
      { title: 'Sluice', right: true },
      { title: 'requests', right: true },
      { title: 'in a row', right: true },
      { title: 'MB', right: true },
      { title: 'MB/s', right: true },
      { title: '÷ floor', right: true },
      { title: 'instead' },
      { title: 'takes', right: true },
      { title: 'ratio', right: true },
    ],
    rows: rows.map((row) => {
      const { sluice, instead, floorMs, bytes } = row
      const isTime = sluice.unit === 'ms'
      return [
        row.work,
        shown(sluice),
        text(row.requests),
        text(row.inARow),
        bytes === undefined ? '' : (bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 1),
        bytes === undefined || bytes < 1e6 || !isTime ? '' : (bytes / 1e3 / sluice.value).toFixed(0),
        floorMs === undefined ? '' : shown({ value: sluice.value / floorMs, unit: '×' }),
        instead?.what ?? '',
        instead === undefined ? '' : shown(instead.took),
        instead === undefined ? '' : shown({ value: instead.took.value / sluice.value, unit: '×' }),
      ]
    }),
  }
}

function targetTable(rows: readonly Row[]): Table {
  return {
    columns: [{ title: 'row' }, { title: 'target' }, { title: 'measured', right: true }, { title: '' }],
    rows: rows.flatMap((row) => row.claims.map((claim) => [row.id, claim.target, shown(claim.measured), claim.met ? 'met' : 'missed'])),
  }
}

function text(value: number | undefined): string {
  return value === undefined ? '' : String(value)
}
