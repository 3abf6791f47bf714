import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { collect } from './support/collect.ts'
import { BUCKET, type Installation, startInstallation } from './support/installation.ts'

const CUSTOMER = '9876543210987654'
const FILE = `oss://${BUCKET}/data/a.csv`
const signal = new AbortController().signal

let installation: Installation
let id: string
let secret: string

beforeEach(async () => {
  installation = await startInstallation()
  const { aliyun } = installation.lab
  aliyun.createBucket(CUSTOMER, { name: BUCKET, region: 'cn-beijing' })
  aliyun.putObject(BUCKET, 'data/a.csv', { body: 'a,b\n1,2\n' })
  aliyun.putObject(BUCKET, 'data/b.csv', { body: 'a,b\n3,4\n' })
  const reading = {
    Version: '1' as const,
    Statement: [{ Effect: 'Allow' as const, Action: ['oss:ListObjects', 'oss:GetObject'], Resource: '*' }],
  }
  aliyun.putUser(CUSTOMER, { name: 'reader', policies: { reading } })
  const key = aliyun.createAccessKey(CUSTOMER, 'reader')
  ;({ accessKeyId: id, accessKeySecret: secret } = key)
})
afterEach(() => installation.close())

/** The rows of the last statement. */
async function rows(sql: string): Promise<unknown> {
  return (await collect(installation.sql.run(installation.caller, { sql }, signal))).at(-1)?.rows
}

describe('SQL of other systems', () => {
  it.each([
    [
      'Databend',
      "STORAGE_TYPE = 'oss' ENDPOINT_URL = 'https://oss-cn-beijing.aliyuncs.com' ACCESS_KEY_ID = '{id}' ACCESS_KEY_SECRET = '{secret}'",
    ],
    [
      'Databend, by the internal endpoint',
      "STORAGE_TYPE = 'oss' ENDPOINT_URL = 'oss-cn-beijing-internal.aliyuncs.com' ACCESS_KEY_ID = '{id}' ACCESS_KEY_SECRET = '{secret}'",
    ],
    ['names that S3 uses', "STORAGE_TYPE = 'oss' ACCESS_KEY_ID = '{id}' SECRET_ACCESS_KEY = '{secret}'"],
  ])('connects OSS as %s does', async (_, parameters) => {
    const filled = parameters.replace('{id}', id).replace('{secret}', secret)
    await rows(`CREATE CONNECTION lake ${filled}`)
    await rows(`CREATE STAGE files URL = 'oss://${BUCKET}/data/' CONNECTION = (CONNECTION_NAME = 'lake')`)
    expect(await rows('SELECT a, b FROM @files/a.csv')).toEqual([[1, 2]])
    const connection = await installation.connections.get(installation.caller, 'lake')
    expect(connection).toMatchObject({ cloud: 'aliyun', auth: { method: 'keys', fields: { accessKeyId: id } } })
    expect(JSON.stringify(connection)).not.toContain(secret)
    expect(JSON.stringify(await rows('DESC CONNECTION lake'))).not.toContain(secret)
  })

  it('connects OSS by a role', async () => {
    await rows(`CREATE CONNECTION lake STORAGE_TYPE = 'oss' ROLE_ARN = 'acs:ram::${CUSTOMER}:role/lake' EXTERNAL_ID = 'my-external-id-123'`)
    expect(await installation.connections.get(installation.caller, 'lake')).toMatchObject({
      cloud: 'aliyun',
      auth: { method: 'role', externalId: { kind: 'chosen', value: 'my-external-id-123' } },
    })
  })

  it('uses an AccessKey once that stands in the query or, as with TiDB, in the URL', async () => {
    expect(await rows(`SELECT a, b FROM '${FILE}' (CONNECTION => (ACCESS_KEY_ID = '${id}', ACCESS_KEY_SECRET = '${secret}'))`)).toEqual([
      [1, 2],
    ])
    const byUrl = `${FILE}?access-key=${id}&secret-access-key=${secret}`
    expect(await rows(`SELECT sum(a)::INT FROM '${byUrl.replace('a.csv', '*.csv')}' (FILE_FORMAT => 'csv')`)).toEqual([[4]])
    const { store, caller } = installation
    expect(await store.connections.list(caller.project, {})).toEqual([])
    const kept = JSON.stringify([await store.history.list(caller.project, 100), await store.audit.list(caller.project, { limit: 100 })])
    expect(kept).not.toContain(secret)
  })
})
