import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Report } from '@sluice/core'
import type { StatementResult } from '@sluice/service'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BUCKET, CUSTOMER_ACCOUNT, type Installation, PRINCIPAL, startInstallation } from './support/installation.ts'

/** What two platforms tell their customers to do, word for word: their policies, their roles, and their SQL. */

const LAKE_SQL =
  "CREATE CONNECTION lake_test STORAGE_TYPE = 's3' ROLE_ARN = 'arn:aws:iam::987654321987:role/lake-test' EXTERNAL_ID = 'my-external-id-123'; CREATE STAGE lake_test URL = 's3://test-bucket-123' CONNECTION = (CONNECTION_NAME = 'lake_test'); SELECT * FROM @lake_test/test.parquet LIMIT 1;"

const DATABEND_SQL = `   CREATE CONNECTION databend_test STORAGE_TYPE = 's3' ROLE_ARN = 'arn:aws:iam::987654321987:role/databend-test' EXTERNAL_ID = 'my-external-id-123';

   CREATE STAGE databend_test URL = 's3://test-bucket-123' CONNECTION = (CONNECTION_NAME = 'databend_test');

   SELECT * FROM @databend_test/test.parquet LIMIT 1;
`

const POLICY = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: 's3:ListBucket', Resource: 'arn:aws:s3:::test-bucket-123' },
    { Effect: 'Allow', Action: 's3:*Object', Resource: 'arn:aws:s3:::test-bucket-123/*' },
  ],
}
const TRUST = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: PRINCIPAL },
      Condition: { StringEquals: { 'sts:ExternalId': 'my-external-id-123' } },
      Action: 'sts:AssumeRole',
    },
  ],
}

const signal = new AbortController().signal
let installation: Installation

beforeEach(async () => {
  installation = await startInstallation()
  const { aws } = installation.lab
  aws.createBucket(CUSTOMER_ACCOUNT, { name: BUCKET, region: 'us-east-2' })
  const data = join(dirname(fileURLToPath(import.meta.resolve('vega-datasets'))), '..', 'data', 'flights-3m.parquet')
  aws.putObject(BUCKET, 'test.parquet', { body: { file: data } })
  for (const name of ['lake-test', 'databend-test']) aws.putRole(CUSTOMER_ACCOUNT, { name, trust: TRUST, policies: { [name]: POLICY } })
})
afterEach(() => installation.close())

async function run(sql: string): Promise<readonly StatementResult[]> {
  const results: StatementResult[] = []
  for await (const result of installation.sql.run(installation.caller, { sql }, signal)) results.push(result)
  return results
}

async function validate(name: string): Promise<Report> {
  for await (const event of installation.validations.validate(installation.caller, name, { waitSeconds: 0 }, signal))
    if (event.type === 'report') return event.report
  throw new Error('no report')
}

describe.each([
  ['TiDB Cloud Lake', 'lake_test', LAKE_SQL],
  ['Databend Cloud', 'databend_test', DATABEND_SQL],
])('the walk-through of %s', (_, name, sql) => {
  it('runs exactly as printed', async () => {
    const results = await run(sql)
    expect(results).toHaveLength(3)
    const last = results[2]
    expect(last?.columns.map((column) => column.name)).toEqual(['date', 'delay', 'distance', 'origin', 'destination'])
    expect(last?.rows).toHaveLength(1)
    expect(last?.stats?.bytesFetched).toBeLessThan((last?.stats?.objectBytes ?? 0) / 4)
    expect(results[0]?.statement).not.toContain('my-external-id-123')
  })

  it('passes validation with nothing but the advisory that is true of its policy', async () => {
    await run(sql)
    const report = await validate(name)
    expect(report.verdict).toBe('passed')
    const failed = report.checks.filter((check) => check.status === 'failed')
    expect(failed.map((check) => [check.name, check.severity])).toEqual([['grant-no-broader-than-asked', 'advisory']])
    expect(failed[0]).toMatchObject({ message: expect.stringMatching(/write/) })
  })
})

it('can write the setup of a connection that only SQL has described', async () => {
  await run(LAKE_SQL)
  const setup = await installation.setups.forConnection(installation.caller, 'lake_test', {})
  expect(setup.promise).toContain('s3://test-bucket-123')
  expect(setup.proofs.every((proof) => proof.actual === proof.expected)).toBe(true)
})

it('is refused when the documents’ trust policy expects another id', async () => {
  installation.lab.aws.setTrust(
    `arn:aws:iam::${CUSTOMER_ACCOUNT}:role/lake-test`,
    JSON.parse(JSON.stringify(TRUST).replace('my-external-id-123', 'my-external-id-124')),
  )
  await expect(run(LAKE_SQL)).rejects.toMatchObject({ code: 'denied', remedy: expect.stringMatching(/external id/) })
})
