import type { Check, CheckName, Report, Setup } from '@sluice/core'
import type { ConnectionInput } from '@sluice/service'
import { beforeAll, describe, expect, it } from 'vitest'
import { caught, collect } from './collect.ts'
import type { Installation } from './installation.ts'
import { sampleFiles, type SampleFiles } from './sample-files.ts'

type Learned = { readonly [field: string]: string } | undefined

/** One way into one cloud, at its beginning: the customer has a bucket, and nothing is allowed yet. */
export interface Way {
  readonly installation: Installation
  /** What is asked for. Its only location is the folder that the walk works in. */
  readonly draft: ConnectionInput
  /** The owner of the data, who needs no leave. Keys are whole: `data/cities.csv`. */
  readonly owner: {
    put(key: string, body: Uint8Array): Promise<unknown> | void
    get(key: string): Promise<Uint8Array | undefined>
  }
  /** The folder of the location as keys have it: `data/`. */
  readonly folder: string
  /** Applies the setup as the customer's admin. What it gives is told to the connection: what is known only afterwards. */
  apply(setup: Setup): Promise<Learned>
  /** What a validation advises against even where all is set up as it should be: what the method brings with it. */
  readonly advised?: readonly CheckName[]
  /** Takes the setup back as its removal steps say. Absent where there is nothing to take back. */
  remove?(setup: Setup): Promise<void> | void
}

/** One thing that is not as it should be, and what a validation then says. */
export interface Fault<W extends Way> {
  /** Ends the sentence "fails when …". */
  readonly title: string
  /** Changes what is asked for, before anything is made. */
  readonly draft?: (draft: ConnectionInput, way: W) => ConnectionInput
  /** Changes the documents before they are applied. */
  readonly setup?: (setup: Setup, way: W) => Setup
  /** Changes what is told to the connection once the setup was applied. */
  readonly learned?: (fields: Learned) => Learned
  /** Changes the world after the setup was applied. */
  readonly after?: (way: W) => Promise<unknown> | void
  readonly fails: CheckName
  readonly reason: string
  /** What the remedy names. */
  readonly remedy: RegExp
}

const signal = new AbortController().signal

/**
 * Goes one way into a cloud from end to end: draft, setup applied, validated, stages of a Parquet, a CSV and an NDJSON file, a SELECT of
 * each, a file written where the method may write, everything removed. Then begins anew for each fault, which must fail the one check
 * that names it, and no other that is required.
 */
export function testWholeWay<W extends Way>(title: string, begin: () => Promise<W>, faults: readonly Fault<W>[]): void {
  describe(title, () => {
    let samples: SampleFiles
    beforeAll(async () => {
      samples = await sampleFiles()
    })

    it('goes from a draft to files read and written, and away again', async () => {
      const way = await begin()
      try {
        await walk(way, samples)
      } finally {
        await way.installation.close()
      }
    })

    it.each(faults)('fails $fails when $title', async (fault) => {
      const way = await begin()
      try {
        await connect(way, fault)
        await fault.after?.(way)
        expectFault(await validate(way), fault)
      } finally {
        await way.installation.close()
      }
    })
  })
}

async function walk(way: Way, samples: SampleFiles): Promise<void> {
  const { installation, owner, folder, draft } = way
  for (const [name, body] of Object.entries(samples.files)) await owner.put(`${folder}${name}`, body)
  const setup = await connect(way)
  const report = await validate(way)
  const amiss = report.checks.filter(({ status }) => status === 'failed' || status === 'inconclusive')
  expect(amiss.filter(({ name, severity }) => severity === 'required' || way.advised?.includes(name) !== true)).toEqual([])
  expect(amiss.map(({ name }) => name)).toEqual(way.advised ?? [])
  expect(report.verdict).toBe('passed')
  expect(report.leftovers).toEqual([])
  await selectEach(way, samples)
  const { access } = await installation.connections.get(installation.caller, draft.name)
  if (access.includes('write')) await writeOne(way)
  await removeAll(way, setup)
}

/** Creates the connection, has its setup applied, and tells it what came of that. */
async function connect<W extends Way>(way: W, fault?: Fault<W>): Promise<Setup> {
  const { connections, setups, caller } = way.installation
  await connections.create(caller, fault?.draft?.(way.draft, way) ?? way.draft)
  const setup = await setups.forConnection(caller, way.draft.name, {})
  expect(setup.proofs.filter(({ expected, actual }) => expected !== actual)).toEqual([])
  const applied = await way.apply(fault?.setup?.(setup, way) ?? setup)
  const learned = fault?.learned ? fault.learned(applied) : applied
  if (learned !== undefined) await connections.update(caller, way.draft.name, { auth: learned })
  return setup
}

async function validate({ installation, draft }: Way): Promise<Report> {
  const events = await collect(installation.validations.validate(installation.caller, draft.name, { waitSeconds: 0 }, signal))
  const last = events.at(-1)
  if (last?.type !== 'report') throw new Error('the validation ended without a report')
  return last.report
}

async function selectEach({ installation, draft }: Way, { files, columns, rows }: SampleFiles): Promise<void> {
  const { stages, sql, caller } = installation
  const url = draft.locations?.[0] ?? ''
  await stages.create(caller, { name: 'samples', connection: draft.name, url }, 'create')
  for (const name of Object.keys(files)) {
    const [result] = await collect(sql.run(caller, { sql: `SELECT * FROM @samples/${name} ORDER BY 1` }, signal))
    expect({ name, columns: result?.columns.map((column) => column.name), rows: plain(result?.rows ?? []) }).toEqual({
      name,
      columns,
      rows,
    })
  }
}

/** Whole numbers of CSV and JSON are wider than those of Parquet, and wide ones come as text. */
function plain(rows: readonly (readonly unknown[])[]): readonly (readonly unknown[])[] {
  return rows.map((row) => row.map((cell) => (typeof cell === 'string' && /^\d+$/.test(cell) ? Number(cell) : cell)))
}

async function writeOne({ installation, draft, owner, folder }: Way): Promise<void> {
  const { leases, connections, caller } = installation
  const connection = await connections.get(caller, draft.name)
  const [location] = connection.locations
  if (location === undefined) throw new Error('the draft names no location')
  const store = await leases.open(caller, connection, location, ['write'], signal)
  const key = `${folder}written by us/100% of +it/é.csv`
  const body = new TextEncoder().encode('id,city\n4,Łódź\n')
  await store.put(key, body, {}, signal)
  expect(Uint8Array.from((await owner.get(key)) ?? [])).toEqual(body)
}

async function removeAll(way: Way, setup: Setup): Promise<void> {
  const { connections, stages, leases, caller } = way.installation
  const connection = await connections.get(caller, way.draft.name)
  const [location] = connection.locations
  if (location === undefined) throw new Error('the draft names no location')
  await stages.delete(caller, 'samples', false)
  await connections.delete(caller, way.draft.name)
  expect(await caught(leases.open(caller, connection, location, ['read'], signal))).toMatchObject({ reason: 'store.missing' })
  await way.remove?.(setup)
}

function expectFault<W extends Way>(report: Report, { fails, reason, remedy }: Fault<W>): void {
  const failed = report.checks.filter((check) => check.status === 'failed' && check.severity === 'required')
  expect(failed.map(({ name }) => name)).toEqual([fails])
  const [check] = failed
  expect(check).toMatchObject({ reason })
  expect(remedyOf(check)).toMatch(remedy)
  expect(report.verdict).toBe('failed')
  for (const { name, ...rest } of report.checks)
    if (rest.status === 'skipped' && rest.blockedBy !== undefined) expect({ [name]: rest.blockedBy }).toEqual({ [name]: fails })
}

function remedyOf(check: Check | undefined): string {
  return check?.status === 'failed' ? JSON.stringify(check.remedy) : ''
}
