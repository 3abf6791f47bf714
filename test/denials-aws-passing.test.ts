import type { Json } from '@sluice/core'
import { send, signed } from '../packages/lab/test/raw.ts'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { revoking } from './support/aws-denials/credentials.ts'
import { REGION, ROLE_ARN } from './support/denials-aws-names.ts'
import { type AwsWorld, startAwsWorld } from './support/denials-aws.ts'
import { BUCKET, CUSTOMER_ACCOUNT } from './support/installation.ts'

let world: AwsWorld
beforeEach(async () => {
  world = await startAwsWorld()
})
afterEach(() => world.close())

const signal = new AbortController().signal

/** One read of an object as the role, as an observation of a case. */
async function read(): Promise<Json> {
  const { lab, clock } = world.installation
  const host = `${BUCKET}.s3.${REGION}.amazonaws.com`
  const raw = { host, path: '/data/a.csv' }
  const { status, text } = await send(
    lab,
    await signed(lab, raw, { credentials: world.aws.issueSession(ROLE_ARN), region: REGION, date: new Date(clock.now()) }),
  )
  return { operation: 'GetObject', target: `https://${host}${raw.path}`, status, ...(status < 300 ? {} : { message: text }) }
}

it('aws.propagation: a change that arrives late is told from one that is missing', async () => {
  const { aws } = world
  const document = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:ListBucket', Resource: '*' }] }
  aws.setBoundary(ROLE_ARN, aws.putPolicy(CUSTOMER_ACCOUNT, { name: 'developers', document }))
  aws.setIamDelay(30_000)
  aws.setBoundary(ROLE_ARN, undefined)
  const early = await read()
  world.installation.clock.advance(31_000)
  const late = await read()
  expect([early, late]).toMatchObject([{ status: 403 }, { status: 200 }])
  const { findings } = await world.diagnose({ observations: [early, late] })
  expect(findings.map(({ cause, certainty }) => [cause, certainty])).toEqual([['aws.propagation', 'strong']])
  expect(await world.diagnose()).toMatchObject({ verdict: 'ok', findings: [] })
})

it('blames nobody for a session that an admin revoked: our leases are dropped, and a query is tried again', async () => {
  const { stages, sql, caller, clock } = world.installation
  await stages.create(caller, { name: 'files', connection: 'acme', url: `s3://${BUCKET}/data/` }, 'create')
  const query = async () => {
    for await (const result of sql.run(caller, { sql: "SELECT * FROM @files (FILE_FORMAT => 'csv')" }, signal)) void result
  }
  await query()
  clock.advance(1_000)
  world.aws.putRolePolicy(ROLE_ARN, 'AWSRevokeOlderSessions', revoking(clock.now()))
  clock.advance(1_000)
  await query()
  const report = await world.diagnose({ documents: world.documents() })
  expect(report).toMatchObject({ verdict: 'ok', findings: [] })
})
