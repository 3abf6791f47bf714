import { parseArgs } from 'node:util'

export interface BenchOptions {
  readonly megabytes: number
  readonly runs: number
  /** Names of benches; empty for all. */
  readonly only: readonly string[]
  readonly format: 'terminal' | 'json' | 'markdown'
  /** A file instead of standard output. */
  readonly output: string | undefined
}

export const USAGE = `npm run bench -- [options]

  --quick          60 MB of Parquet instead of 500 (or set BENCH_MB)
  --runs N         runs of each measurement, of which the median is told (5)
  --only NAMES     parquet, listing, validation, diagnosis, gcs, azure, oss, leases, server, policy; separated by commas
  --json           the result as JSON
  --markdown       the result as Markdown
  --output FILE    into a file instead of standard output
`

/** Reads the command line; undefined when help is asked for. Throws for what is no option, no number or none of `names`. */
export function readOptions(
  given: readonly string[],
  environment: { readonly [name: string]: string | undefined },
  names: readonly string[],
): BenchOptions | undefined {
  const { values } = parseArgs({
    args: [...given],
    options: {
      quick: { type: 'boolean' },
      runs: { type: 'string', default: '5' },
      only: { type: 'string', default: '' },
      json: { type: 'boolean' },
      markdown: { type: 'boolean' },
      output: { type: 'string' },
      help: { type: 'boolean' },
    },
  })
  if (values.help === true) return undefined
  if (values.json === true && values.markdown === true) throw new Error('--json and --markdown exclude each other')
  const only = values.only.split(',').filter((name) => name !== '')
  const unknown = only.filter((name) => !names.includes(name))
  if (unknown.length > 0) throw new Error(`There is no bench named ${unknown.join(', ')}`)
  return {
    megabytes: wholeNumber('BENCH_MB', environment['BENCH_MB'] || (values.quick === true ? '60' : '500')),
    runs: wholeNumber('--runs', values.runs),
    only,
    format: values.json === true ? 'json' : values.markdown === true ? 'markdown' : 'terminal',
    output: values.output,
  }
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1 || value > 100_000) throw new Error(`${name} is to be a whole number from 1 to 100000`)
  return value
}
