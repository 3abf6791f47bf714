import type { Client } from '@sluice/api'
import type { Check, Report, Setup } from '@sluice/core'
import { createChecklist } from '../output/checklist.ts'
import type { Paint } from '../output/paint.ts'
import { describeReport } from '../output/report.ts'
import type { Output } from '../terminal.ts'
import type { Narrator } from './narrator.ts'

/** What the demo needs of the world it happens in. */
export interface StoryWorld {
  readonly client: Client
  readonly bucket: string
  readonly account: string
  applySetup(setup: Setup): string
  breakTrust(roleArn: string): void
  repairTrust(roleArn: string, setup: Setup): void
}

/** What came of the story, for a program to check. */
export interface StoryResult {
  readonly connection: string
  readonly checks: Report['counts']
  readonly refusals: { readonly missingExternalId: boolean; readonly wrongExternalId: boolean }
  readonly rows: number
  readonly bytesFetched: number
  readonly objectBytes: number
  readonly brokenCheck: string | null
  readonly ms: number
}

const CONNECTION = 'acme'

/** Tells the whole story, each step done for real against the server, and gives what came of it and whether all of it held. */
export async function tellStory(
  world: StoryWorld,
  tell: Narrator,
  out: Output,
  paint: Paint,
  signal: AbortSignal,
): Promise<{ readonly result: StoryResult; readonly held: boolean }> {
  const startedAt = performance.now()
  const { client } = world

  tell.step(
    'A connection, before any role exists',
    'The platform asks for read access to one folder of a customer’s bucket. Sluice issues the external id at once.',
  )
  tell.command(
    `sluice connection create ${CONNECTION} --account-id ${world.account} \\\n--location s3://${world.bucket}/flights/ --purpose import`,
  )
  const { connection } = await client.connections.create(
    {
      name: CONNECTION,
      cloud: 'aws',
      method: 'role',
      auth: { accountId: world.account },
      locations: [`s3://${world.bucket}/flights/`],
      purposes: ['import'],
      description: 'Flight data of Acme',
    },
    {},
    signal,
  )
  const setup = await client.setup.show(connection.name, {}, signal)
  tell.facts(setup.facts.map(({ label, value }) => [label, value] as const))

  tell.step('What the customer’s cloud admin will apply', setup.promise)
  tell.command(`sluice connection setup ${CONNECTION}`)
  tell.document('Permission policy', textOf(setup, 'permission-policy'))
  tell.document('Trust policy', textOf(setup, 'trust-policy'))
  tell.say(
    `The setup proved itself with the policy evaluator before it was shown: ${setup.proofs.length} questions, each answered as it should be.`,
  )

  tell.step(
    'The admin applies the template',
    `In the lab’s account ${world.account}, through CloudFormation. Nothing has to be pasted back.`,
  )
  const roleArn = world.applySetup(setup)
  tell.facts([['Role made', roleArn]])

  tell.step('Does it work, and can nobody else use it?', 'Every claim is tested, the refusals too.')
  tell.command(`sluice connection validate ${CONNECTION}`)
  const report = await validate(world, out, paint, signal)

  tell.step('Query the files', 'No import, no copy: only the bytes the plan needs are fetched.')
  await sql(
    world,
    tell,
    `CREATE STAGE flights URL = 's3://${world.bucket}/flights/'\n  CONNECTION = (CONNECTION_NAME = '${CONNECTION}')`,
    signal,
  )
  const first = await sql(world, tell, 'SELECT * FROM @flights/flights-3m.parquet LIMIT 1', signal)
  await sql(
    world,
    tell,
    'SELECT origin, count(*) AS flights,\n  round(avg(delay), 1) AS delay\nFROM @flights/flights-3m.parquet\nGROUP BY origin ORDER BY flights DESC LIMIT 5',
    signal,
  )
  await sql(
    world,
    tell,
    "SELECT a.city, a.state, count(*) AS flights,\n  round(avg(f.delay), 1) AS delay\nFROM @flights/flights-3m.parquet f\nJOIN @flights/airports.csv (FILE_FORMAT => 'csv') a ON a.iata = f.origin\nGROUP BY ALL ORDER BY flights DESC LIMIT 5",
    signal,
  )
  await sql(
    world,
    tell,
    "SELECT Origin, count(*) AS cars,\n  round(avg(Miles_per_Gallon), 1) AS mpg\nFROM @flights/cars.ndjson (FILE_FORMAT => 'ndjson')\nGROUP BY Origin ORDER BY cars DESC",
    signal,
  )

  tell.step('Somebody breaks it', 'The admin edits the trust policy: the role now expects another external id.')
  world.breakTrust(roleArn)
  tell.command(`sluice connection validate ${CONNECTION}`)
  const broken = await validate(world, out, paint, signal)
  const brokenCheck = broken.checks.find((check) => check.status === 'failed' && check.severity === 'required')?.name ?? null

  tell.step('The admin does what the remedy says', 'The trust policy of the setup is put back.')
  world.repairTrust(roleArn, setup)
  tell.command(`sluice connection validate ${CONNECTION}`)
  const repaired = await validate(world, out, paint, signal)

  const result: StoryResult = {
    connection: connection.name,
    checks: report.counts,
    refusals: {
      missingExternalId: passed(report, 'trust-refuses-missing-external-id'),
      wrongExternalId: passed(report, 'trust-refuses-wrong-external-id'),
    },
    rows: first.rows,
    bytesFetched: first.bytesFetched,
    objectBytes: first.objectBytes,
    brokenCheck,
    ms: Math.round(performance.now() - startedAt),
  }
  const held =
    report.verdict === 'passed' &&
    result.refusals.missingExternalId &&
    result.refusals.wrongExternalId &&
    first.rows === 1 &&
    first.bytesFetched < first.objectBytes &&
    brokenCheck === 'trust-accepts-us' &&
    repaired.verdict === 'passed'
  return { result, held }
}

async function validate(world: StoryWorld, out: Output, paint: Paint, signal: AbortSignal): Promise<Report> {
  const list = createChecklist(out, paint)
  let report: Report | undefined
  for await (const event of world.client.connections.validate(CONNECTION, {}, signal)) {
    if (event.type === 'report') report = event.report
    else list.show(event)
  }
  list.finish(report)
  if (report === undefined) throw new Error('the validation ended without a report')
  out.write(describeReport(report, paint, out.columns))
  return report
}

async function sql(world: StoryWorld, tell: Narrator, statement: string, signal: AbortSignal) {
  tell.command(`sluice sql "${statement}"`)
  let figures = { rows: 0, bytesFetched: 0, objectBytes: 0 }
  for await (const answer of world.client.sql.run({ sql: statement }, undefined, signal)) {
    tell.answer(answer)
    if (answer.stats !== undefined)
      figures = { rows: answer.stats.rows, bytesFetched: answer.stats.bytesFetched, objectBytes: answer.stats.objectBytes }
  }
  return figures
}

function passed(report: Report, name: Check['name']): boolean {
  return report.checks.some((check) => check.name === name && check.status === 'passed')
}

function textOf(setup: Setup, id: string): string {
  return setup.artifacts.find((artifact) => artifact.id === id)?.text ?? ''
}
