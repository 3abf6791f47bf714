import { inspect } from 'node:util'
import { ContainerSASPermissions, StorageSharedKeyCredential, generateBlobSASQueryParameters } from '@azure/storage-blob'
import { type AccessError, expiryOf, isAccessError } from '@sluice/core'
import { type Rotation, type RotationRequest, createExpiryWatch, createRotations } from '@sluice/service'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Installation, startInstallation } from './support/installation.ts'

type Fields = { readonly [field: string]: string }

/** What a customer of a cloud has at hand: a file, and as many credentials that read it as they want. */
interface Customer {
  /** A credential nobody has seen yet. */
  issue(): Fields
  /** One that looks right and is refused. */
  readonly wrong: Fields
}

interface Case {
  readonly cloud: string
  readonly method: string
  readonly folder: string
  /** The parameters of CONNECTION => (…) in SQL. */
  inline(fields: Fields): string
  /** What must never be seen of it. */
  secretOf(fields: Fields): string
  begin(installation: Installation): Customer
}

interface PastedCase extends Case {
  /** The URL with the credential in it, as it is pasted. */
  pasted(url: string, fields: Fields): string
}

const ACCOUNT = 'lakedata'
const CSV = 'a,b\n1,2\n'
const HOUR = 3_600_000
const signal = new AbortController().signal
const AZURE_FOLDER = `https://${ACCOUNT}.blob.core.windows.net/landing/data/`

const sql = (parameters: Fields) =>
  Object.entries(parameters)
    .map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`)
    .join(', ')

function beginAzure({ lab }: Installation): StorageSharedKeyCredential {
  lab.azure.createStorageAccount({ name: ACCOUNT })
  lab.azure.createContainer(ACCOUNT, 'landing')
  lab.azure.putBlob(ACCOUNT, 'landing', 'data/a.csv', { body: CSV })
  return new StorageSharedKeyCredential(ACCOUNT, lab.azure.accountKeys(ACCOUNT)[0])
}

const AZURE_SAS: PastedCase = {
  cloud: 'azure',
  method: 'sas',
  folder: AZURE_FOLDER,
  inline: ({ sasToken = '' }) => sql({ SAS_TOKEN: sasToken }),
  pasted: (url, { sasToken }) => `${url}?${sasToken}`,
  secretOf: ({ sasToken = '' }) => /sig=([^&]+)/.exec(sasToken)?.[1] ?? '',
  begin: (installation) => {
    const key = beginAzure(installation)
    let issued = 0
    const sas = (signer: StorageSharedKeyCredential) => {
      issued += 1
      const values = {
        containerName: 'landing',
        permissions: ContainerSASPermissions.parse('rl'),
        expiresOn: new Date(installation.clock.now() + 29 * 24 * HOUR + issued * 60_000),
      }
      return { sasToken: generateBlobSASQueryParameters(values, signer).toString() }
    }
    return { issue: () => sas(key), wrong: sas(new StorageSharedKeyCredential(ACCOUNT, Buffer.alloc(64, 1).toString('base64'))) }
  },
}

const AZURE_KEY: PastedCase = {
  cloud: 'azure',
  method: 'account-key',
  folder: AZURE_FOLDER,
  inline: ({ accountName = '', accountKey = '' }) => sql({ ACCOUNT_NAME: accountName, ACCOUNT_KEY: accountKey }),
  pasted: (url, { accountKey = '' }) => `${url}?account-key=${encodeURIComponent(accountKey)}`,
  secretOf: ({ accountKey = '' }) => accountKey,
  begin: (installation) => {
    beginAzure(installation)
    let issued = 0
    const accountKeys = () => installation.lab.azure.accountKeys(ACCOUNT)
    return {
      issue: () => ({ accountName: ACCOUNT, accountKey: accountKeys()[issued++ % 2] ?? '' }),
      wrong: { accountName: ACCOUNT, accountKey: Buffer.alloc(64, 1).toString('base64') },
    }
  },
}

const ALIYUN_KEYS: PastedCase = {
  cloud: 'aliyun',
  method: 'keys',
  folder: 'oss://acme-oss-lake/data/',
  inline: ({ accessKeyId = '', accessKeySecret = '' }) => sql({ ACCESS_KEY_ID: accessKeyId, ACCESS_KEY_SECRET: accessKeySecret }),
  pasted: (url, { accessKeyId, accessKeySecret = '' }) =>
    `${url}?access-key=${accessKeyId}&secret-access-key=${encodeURIComponent(accessKeySecret)}`,
  secretOf: ({ accessKeySecret = '' }) => accessKeySecret,
  begin: ({ lab: { aliyun } }) => {
    const uid = '9876543210987654'
    aliyun.createAccount(uid, 'customer')
    aliyun.createBucket(uid, { name: 'acme-oss-lake', region: 'cn-hangzhou' })
    aliyun.putObject('acme-oss-lake', 'data/a.csv', { body: CSV })
    const all = { Version: '1', Statement: [{ Effect: 'Allow', Action: 'oss:*', Resource: '*' }] } as const
    aliyun.putUser(uid, { name: 'loader', policies: { all } })
    const issue = () => {
      const { accessKeyId, accessKeySecret } = aliyun.createAccessKey(uid, 'loader')
      return { accessKeyId, accessKeySecret }
    }
    return { issue, wrong: { ...issue(), accessKeySecret: 'wJalrXUtnFEMIK7MDENGbPxRfiCYEX' } }
  },
}

const GCP_KEY: Case = {
  cloud: 'gcp',
  method: 'service-account-key',
  folder: 'gs://acme-lake/data/',
  inline: ({ key = '' }) => sql({ CREDENTIAL: Buffer.from(key).toString('base64') }),
  secretOf: ({ key = '' }) => /PRIVATE KEY-----\\n([^\\]+)/.exec(key)?.[1] ?? '',
  begin: ({ lab: { gcp } }) => {
    gcp.createProject('acme-data', '123456789012')
    gcp.createBucket('acme-data', { name: 'acme-lake', location: 'EUROPE-WEST3' })
    gcp.putObject('acme-lake', 'data/a.csv', { body: CSV })
    const email = gcp.putServiceAccount('acme-data', { id: 'loader' })
    gcp.putServiceAccount('acme-data', { id: 'stranger' })
    for (const role of ['roles/storage.objectViewer', 'roles/storage.legacyBucketReader'])
      gcp.addBinding({ on: { bucket: 'acme-lake' }, role, member: `serviceAccount:${email}` })
    const issue = (of = email) => ({ key: JSON.stringify(gcp.createKey(of)) })
    return { issue: () => issue(), wrong: issue(email.replace('loader', 'stranger')) }
  },
}

let installation: Installation
beforeEach(async () => {
  installation = await startInstallation()
})
afterEach(() => installation.close())

async function rows(statement: string): Promise<unknown> {
  const results = []
  for await (const result of installation.sql.run(installation.caller, { sql: statement }, signal)) results.push(result.rows)
  return results[0]
}

async function failure(work: Promise<unknown>): Promise<AccessError> {
  try {
    await work
  } catch (error) {
    if (isAccessError(error)) return error
    throw error
  }
  throw new Error('expected an error')
}

async function rotate(request: RotationRequest): Promise<Rotation> {
  const { deps, leases, caller } = installation
  for await (const event of createRotations(deps, leases).rotate(caller, 'lake', request, signal))
    if (event.type === 'rotation') return event.rotation
  throw new Error('no rotation')
}

/** What everybody may read of what was done. */
async function remains(): Promise<string> {
  const { store, connections, caller } = installation
  const kept = [
    await connections.list(caller, {}),
    await store.history.list(caller.project, 100),
    await store.audit.list(caller.project, { limit: 100 }),
  ]
  return inspect(kept, { depth: 20, maxArrayLength: null, maxStringLength: null })
}

describe.each([AZURE_SAS, AZURE_KEY, ALIYUN_KEYS, GCP_KEY])('a secret of $cloud, $method', (one) => {
  const { cloud, method, folder } = one
  const file = `${folder}a.csv`
  const input = { name: 'lake', cloud, method, locations: [folder], purposes: ['import'] } as const
  const create = (auth: Fields) => installation.connections.create(installation.caller, { ...input, auth })

  it('is used for one query and leaves nothing behind', async () => {
    const credential = one.begin(installation).issue()
    expect(await rows(`SELECT a, b FROM '${file}' (CONNECTION => (${one.inline(credential)}))`)).toEqual([[1, 2]])
    expect(await installation.store.connections.list(installation.caller.project, {})).toEqual([])
    expect(await remains()).not.toContain(one.secretOf(credential))
  })

  it('that is refused is not repeated', async () => {
    const { wrong } = one.begin(installation)
    const error = await failure(rows(`SELECT a, b FROM '${file}' (CONNECTION => (${one.inline(wrong)}))`))
    expect(inspect([error.message, error.remedy, error.context, error.provider, await remains()])).not.toContain(one.secretOf(wrong))
  })

  it('is replaced by one that works, and stays where the new one does not', async () => {
    const customer = one.begin(installation)
    const [first, second] = [customer.issue(), customer.issue()]
    await create(first)
    expect((await rotate({ auth: customer.wrong })).outcome).toBe('kept')
    expect(await rows(`SELECT a FROM '${file}' (CONNECTION => (CONNECTION_NAME = 'lake'))`)).toEqual([[1]])
    const rotation = await rotate({ auth: second })
    expect(rotation.outcome).toBe('switched')
    expect(await rows(`SELECT a FROM '${file}' (CONNECTION => (CONNECTION_NAME = 'lake'))`)).toEqual([[1]])
    const said = inspect(rotation, { depth: 20 }) + (await remains())
    for (const each of [first, second, customer.wrong]) expect(said).not.toContain(one.secretOf(each))
  })
})

describe.each([AZURE_SAS, AZURE_KEY, ALIYUN_KEYS, GCP_KEY])('a secret of $cloud, $method', (one) => {
  it.each(['that works', 'that is refused'] as const)('%s is in no line of a diagnosis', async (which) => {
    const { cloud, method, folder } = one
    const { issue, wrong } = one.begin(installation)
    const auth = which === 'that works' ? issue() : wrong
    const { connections, diagnoses, caller } = installation
    await connections.create(caller, { name: 'lake', cloud, method, locations: [folder], purposes: ['import', 'export'], auth })
    const report = await diagnoses.diagnose(caller, 'lake', { write: true }, signal)
    expect(report.probes.length).toBeGreaterThan(0)
    expect(JSON.stringify(report) + (await remains())).not.toContain(one.secretOf(auth))
  })
})

describe.each([AZURE_SAS, AZURE_KEY, ALIYUN_KEYS])('a URL with a secret of $cloud, $method', ({ begin, pasted, secretOf, ...one }) => {
  const { cloud, method, folder } = one

  it('is used for one query and leaves nothing behind', async () => {
    const credential = begin(installation).issue()
    expect(await rows(`SELECT a, b FROM '${pasted(`${folder}a.csv`, credential)}'`)).toEqual([[1, 2]])
    expect(await remains()).not.toContain(secretOf(credential))
  })

  it('is refused as location, or the secret is taken out of it', async () => {
    const credential = begin(installation).issue()
    const { connections, caller } = installation
    const input = { name: 'lake', cloud, auth: {}, locations: [pasted(folder, credential)], purposes: ['import'] } as const
    const refusal = await failure(connections.create(caller, input))
    expect(refusal.reason).toBe('location.credential')
    expect(inspect([refusal.message, refusal.remedy, refusal.context])).not.toContain(secretOf(credential))
    const stored = await connections.create(caller, { ...input, credentialInUrl: 'store' })
    expect(stored.connection.auth.method).toBe(method)
    expect(await rows(`SELECT a FROM '${folder}a.csv' (CONNECTION => (CONNECTION_NAME = 'lake'))`)).toEqual([[1]])
    expect(inspect(stored, { depth: 20 }) + (await remains())).not.toContain(secretOf(credential))
  })
})

it('the end of a SAS is seen coming, until another takes its place', async () => {
  const customer = AZURE_SAS.begin(installation)
  const { connections, store, clock, caller } = installation
  const watch = createExpiryWatch(installation)
  const warnings = async () => (await connections.list(caller, {})).map(({ auth }) => expiryOf(auth, clock.now())?.warning)
  const { cloud, method, folder } = AZURE_SAS
  await connections.create(caller, { name: 'lake', cloud, method, locations: [folder], purposes: ['import'], auth: customer.issue() })
  expect(await warnings()).toEqual(['within-30-days'])
  expect([await watch.tick(signal), await watch.tick(signal)]).toEqual([1, 0])
  clock.advance(28 * 24 * HOUR)
  const sas = customer.issue()
  expect(await warnings()).toEqual(['within-7-days'])
  expect(await watch.tick(signal)).toBe(1)
  const events = (await store.audit.list(caller.project, { limit: 10 })).filter(({ action }) => action === 'connection.expiry')
  expect(events.map(({ details }) => details?.['warning'])).toEqual(['within-7-days', 'within-30-days'])
  expect((await rotate({ auth: sas })).outcome).toBe('switched')
  expect(await warnings()).toEqual(['within-30-days'])
})
