import { inspect } from 'node:util'
import { isAccessError, type AccessError } from '@sluice/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BUCKET, CUSTOMER_ACCOUNT, type Installation, startInstallation } from './support/installation.ts'

const signal = new AbortController().signal
const FILE = `s3://${BUCKET}/data/a.csv`
const ROLE = 'arn:aws:iam::987654321987:role/reader'
let installation: Installation
let keys: { readonly accessKeyId: string; readonly secretAccessKey: string }

beforeEach(async () => {
  installation = await startInstallation()
  const { aws } = installation.lab
  aws.createBucket(CUSTOMER_ACCOUNT, { name: BUCKET, region: 'us-west-2' })
  aws.putObject(BUCKET, 'data/a.csv', { body: 'a,b\n1,2\n' })
  aws.putObject(BUCKET, 'data/b.csv', { body: 'a,b\n3,4\n' })
  const all = {
    Version: '2012-10-17' as const,
    Statement: [{ Effect: 'Allow' as const, Action: ['s3:ListBucket', 's3:GetObject'], Resource: '*' }],
  }
  aws.putUser(CUSTOMER_ACCOUNT, { name: 'reader', policies: { all } })
  keys = aws.createAccessKey(CUSTOMER_ACCOUNT, 'reader')
})
afterEach(() => installation.close())

const inline = (more = '') =>
  `(CONNECTION => (ACCESS_KEY_ID = '${keys.accessKeyId}', SECRET_ACCESS_KEY = '${keys.secretAccessKey}')${more})`

async function rows(sql: string): Promise<unknown> {
  const results = []
  for await (const result of installation.sql.run(installation.caller, { sql }, signal)) results.push(result.rows)
  return results[0]
}

async function failure(sql: string): Promise<AccessError> {
  try {
    await rows(sql)
  } catch (error) {
    if (isAccessError(error)) return error
    throw error
  }
  throw new Error('expected an error')
}

/** Everything that stays behind, and everything that was said. */
async function remains(): Promise<string> {
  const { store, caller } = installation
  const kept = [
    await store.connections.list(caller.project, {}),
    await store.stages.list(caller.project, {}),
    await store.history.list(caller.project, 100),
    await store.audit.list(caller.project, { limit: 100 }),
  ]
  return inspect(kept, { depth: 20, maxArrayLength: null, maxStringLength: null })
}

describe('a credential in a query', () => {
  it('is used for that query, in parameters or in the URL, with wildcards and options', async () => {
    expect(await rows(`SELECT a, b FROM '${FILE}' ${inline()}`)).toEqual([[1, 2]])
    const byUrl = FILE.replace('s3://', `s3://${keys.accessKeyId}:${encodeURIComponent(keys.secretAccessKey)}@`)
    expect(await rows(`SELECT sum(a)::INT FROM '${byUrl.replace('a.csv', '*.csv')}' (FILE_FORMAT => 'csv')`)).toEqual([[4]])
    const byQuery = `${FILE}?access-key=${keys.accessKeyId}&secret-access-key=${encodeURIComponent(keys.secretAccessKey)}`
    expect(await rows(`SELECT b FROM '${byQuery}' AS f JOIN '${FILE.replace('a.csv', 'b.csv')}' ${inline()} AS g USING (b)`)).toEqual([])
    expect(await rows(`SELECT x.a, y.a FROM '${byQuery}' x, 's3://${BUCKET}/data/' ${inline(", PATTERN => 'b.*'")} y`)).toEqual([[1, 3]])
  })

  it('leaves nothing behind but a record of what was done', async () => {
    await rows(`SELECT a FROM '${FILE}' ${inline()}`)
    const { store, caller } = installation
    expect(await store.connections.list(caller.project, {})).toEqual([])
    const [, minted] = await store.audit.list(caller.project, { limit: 10 })
    expect(minted).toMatchObject({
      action: 'lease.mint',
      target: '(used once)',
      result: 'ok',
      details: { cloud: 'aws', method: 'keys', location: FILE, access: 'read', once: true },
    })
    const [query] = await store.history.list(caller.project, 1)
    expect(query?.sql).toBe(`SELECT a FROM '${FILE}' (CONNECTION => (ACCESS_KEY_ID = ***, SECRET_ACCESS_KEY = ***))`)
    expect(await remains()).not.toContain(keys.secretAccessKey)
  })

  it('reads what everybody may, when told that there is none', async () => {
    const { aws } = installation.lab
    aws.configureBucket(BUCKET, { publicAccessBlock: { blockPublicPolicy: false, restrictPublicBuckets: false } })
    const open = { Effect: 'Allow' as const, Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${BUCKET}/*` }
    aws.putBucketPolicy(BUCKET, { Version: '2012-10-17', Statement: [open] })
    expect(await rows(`SELECT a FROM '${FILE}' (CONNECTION => (METHOD = 'none'))`)).toEqual([[1]])
    expect(await failure(`SELECT a FROM '${FILE}'`)).toMatchObject({
      reason: 'sql.inline_credentials',
      remedy: expect.stringContaining('METHOD'),
    })
  })

  it('that the cloud refuses is an error that does not repeat it', async () => {
    const wrong = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
    const statements = [
      `SELECT a FROM '${FILE}' (CONNECTION => (ACCESS_KEY_ID = '${keys.accessKeyId}', SECRET_ACCESS_KEY = '${wrong}'))`,
      `SELECT a FROM '${FILE}?access-key=${keys.accessKeyId}&secret-access-key=${wrong}'`,
      `SELECT nothing FROM 's3://${keys.accessKeyId}:${wrong}@${BUCKET}/data/a.csv'`,
      `SELECT a FROM '${FILE}?secret-access-key=${wrong}'`,
      `SELECT a FROM 'gopher://${keys.accessKeyId}:${wrong}@${BUCKET}/data/a.csv'`,
      `SELECT a FROM '${FILE}?access-key=${keys.accessKeyId}&secret-access-key=${wrong}' (CONNECTION => (SECRET_ACCESS_KEY = '${wrong}'))`,
      `SELECT a FROM '${FILE}' (CONNECTION => (ACCESS_KEY_ID = '${keys.accessKeyId}', SECRET_ACCES_KEY = '${wrong}'))`,
    ]
    for (const statement of statements) {
      const { message, remedy, context, provider } = await failure(statement)
      expect(JSON.stringify([message, remedy, context, provider])).not.toContain(wrong)
    }
    expect(await remains()).not.toContain(wrong)
  })

  it('is not repeated by the engine’s errors either', async () => {
    const byUrl = FILE.replace('s3://', `s3://${keys.accessKeyId}:${encodeURIComponent(keys.secretAccessKey)}@`)
    const error = await failure(`SELECT nothing FROM '${byUrl}'`)
    expect(error.message).toContain('nothing')
    expect(inspect([error.message, error.context, await remains()])).not.toContain(encodeURIComponent(keys.secretAccessKey))
  })

  it('cannot be trust that belongs to a connection', async () => {
    const role = `SELECT a FROM '${FILE}' (CONNECTION => (ROLE_ARN = '${ROLE}', EXTERNAL_ID = 'guessed'))`
    expect(await failure(role)).toMatchObject({ reason: 'connection.not_once', remedy: expect.stringContaining('CONNECTION_NAME') })
  })

  it('goes nowhere that the egress policy forbids', async () => {
    const metadata = `(CONNECTION => (ENDPOINT_URL = 'http://169.254.169.254', ACCESS_KEY_ID = 'a', SECRET_ACCESS_KEY = 'b'))`
    expect(await failure(`SELECT a FROM '${FILE}' ${metadata}`)).toMatchObject({ reason: 'egress.refused' })
  })

  it('is one: not beside a connection, and not twice', async () => {
    const url = `${FILE}?access-key=${keys.accessKeyId}&secret-access-key=${encodeURIComponent(keys.secretAccessKey)}`
    expect(await failure(`SELECT a FROM '${url}' ${inline()}`)).toMatchObject({ reason: 'sql.inline_credentials' })
    await installation.connections.create(installation.caller, { name: 'lake', cloud: 'aws', method: 'keys', auth: keys })
    expect(await failure(`SELECT a FROM '${url}' (CONNECTION => (CONNECTION_NAME = 'lake'))`)).toMatchObject({
      reason: 'location.credential',
    })
  })
})
