import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startRemoteLab } from './lab/remote-lab.ts'
import { BENCHES } from './benches.ts'
import { type BenchOptions, readOptions, USAGE } from './options.ts'
import { type BenchResult, describeRun } from './output/result.ts'
import { render } from './output/render.ts'
import type { BenchContext, Row } from './row.ts'
import { openDataset } from './support/dataset.ts'
import { BUCKET, CUSTOMER_ACCOUNT, REGION, connect, startInstallation } from './support/installation.ts'

/** Measures and prints; the exit status says whether everything could be measured, not whether every target was reached. */
async function main(): Promise<void> {
  const options = optionsOrComplaint()
  if (options === undefined) return
  const text = render(await measure(options), options.format)
  if (options.output === undefined) process.stdout.write(text)
  else await writeFile(options.output, text)
}

/** What to do; undefined when the answer was given at once: help, or what is wrong with the command line. */
function optionsOrComplaint(): BenchOptions | undefined {
  try {
    const names = BENCHES.map((bench) => bench.name)
    const options = readOptions(process.argv.slice(2), process.env, names)
    if (options === undefined) process.stdout.write(USAGE)
    return options
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`)
    process.exitCode = 2
    return undefined
  }
}

async function measure(options: BenchOptions): Promise<BenchResult> {
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort(new Error('Interrupted')))
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-run-'))
  const lab = await startRemoteLab()
  const progress = (text: string): void => void process.stderr.write(`· ${text}\n`)
  try {
    const installation = await startInstallation(lab, folder)
    try {
      await lab.call('createBucket', CUSTOMER_ACCOUNT, BUCKET, REGION)
      const { roleArn } = await connect(lab, installation, { name: 'lake', accountId: CUSTOMER_ACCOUNT, location: `s3://${BUCKET}/data/` })
      const context: BenchContext = {
        lab,
        installation,
        roleArn,
        dataset: () => openDataset(options.megabytes, progress),
        runs: options.runs,
        progress,
        signal: stop.signal,
      }
      const rows: Row[] = []
      for (const bench of BENCHES)
        if (options.only.length === 0 || options.only.includes(bench.name)) rows.push(...(await bench.run(context)))
      return { ...describeRun(options), rows }
    } finally {
      await installation.close()
    }
  } finally {
    await lab.close()
    await rm(folder, { recursive: true, force: true })
  }
}

await main()
