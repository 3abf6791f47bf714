import type { Check, CheckName, Purpose, Report } from '@sluice/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { collect } from './support/collect.ts'
import { type Installation, PLATFORM_GCP_ACCOUNT, startInstallation } from './support/installation.ts'

const PROJECT = 'acme-data'
const BUCKET = 'acme-lake'
const MEMBER = `serviceAccount:${PLATFORM_GCP_ACCOUNT}`
const PERMISSION = {
  list: 'storage.objects.list',
  read: 'storage.objects.get',
  write: 'storage.objects.create',
  delete: 'storage.objects.delete',
} as const

let installation: Installation
beforeEach(async () => {
  installation = await startInstallation()
  installation.lab.gcp.createProject(PROJECT, '123456789012')
  installation.lab.gcp.createBucket(PROJECT, { name: BUCKET, location: 'EUROPE-WEST3' })
})
afterEach(() => installation.close())

/** Grants our own account a custom role of these permissions on the bucket. */
function grant(permissions: readonly string[]): void {
  const { gcp } = installation.lab
  const role = gcp.putCustomRole(PROJECT, { id: 'sluice_acme', permissions })
  gcp.addBinding({ on: { bucket: BUCKET }, role, member: MEMBER })
}

async function connect(
  purposes: readonly Purpose[],
  { at = `gs://${BUCKET}/data/`, ...more }: { readonly at?: string; readonly auth?: object; readonly settings?: object } = {},
): Promise<void> {
  const draft = { name: 'acme', cloud: 'gcp', method: 'grant', auth: {}, locations: [at], purposes: [...purposes] }
  await installation.connections.create(installation.caller, { ...draft, ...more })
}

async function validate(): Promise<Report> {
  const { validations, caller } = installation
  const last = (await collect(validations.validate(caller, 'acme', { waitSeconds: 0 }, new AbortController().signal))).at(-1)
  if (last?.type !== 'report') throw new Error('the validation ended without a report')
  return last.report
}

function checkOf(report: Report, name: CheckName): Check | undefined {
  return report.checks.find((check) => check.name === name)
}

/** What keeps a report from passing. */
const faultsOf = (report: Report) =>
  report.checks.filter(({ status, severity }) => severity === 'required' && (status === 'failed' || status === 'inconclusive'))
const keys = () => installation.lab.gcp.listKeys(BUCKET)

describe('a connection that only writes', () => {
  it.each([[false], [true]])('is proved without writing, and leaves nothing, versions kept: %s', async (versioning) => {
    installation.lab.gcp.configureBucket(BUCKET, { versioning })
    grant(['storage.buckets.get', PERMISSION.write])
    await connect(['export'])
    for (let run = 0; run < 2; run++) {
      const report = await validate()
      expect(faultsOf(report)).toEqual([])
      expect(report).toMatchObject({ verdict: 'passed', leftovers: [] })
      expect(checkOf(report, 'writes-object')).toMatchObject({ status: 'passed', note: expect.stringContaining('taken back') })
    }
    expect(keys()).toEqual([])
    expect(installation.lab.gcp.openUploads(BUCKET)).toEqual([])
  })

  it('is told of a key that its service agent may not use, though nothing is stored', async () => {
    const defaultKmsKeyName = installation.lab.gcp.putKmsKey(PROJECT, { location: 'europe-west3', keyRing: 'ring', id: 'key' })
    installation.lab.gcp.configureBucket(BUCKET, { defaultKmsKeyName })
    grant(['storage.buckets.get', PERMISSION.write])
    await connect(['export'])
    const report = await validate()
    expect(faultsOf(report).map(({ name }) => name)).toEqual(['encryption-key-usable'])
  })
})

describe('a connection that may not delete after all', () => {
  it('leaves nothing behind, and only that is at fault', async () => {
    grant(['storage.buckets.get', PERMISSION.list, PERMISSION.read, PERMISSION.write])
    await connect(['backup'])
    const report = await validate()
    expect(faultsOf(report).map(({ name }) => name)).toEqual(['permissions-granted'])
    expect(checkOf(report, 'permissions-granted')).toMatchObject({ message: expect.stringContaining(PERMISSION.delete) })
    expect(checkOf(report, 'writes-object')).toMatchObject({ status: 'passed' })
    expect(keys()).toEqual([])
  })
})

describe('a connection that deletes and does not write', () => {
  beforeEach(() => {
    installation.lab.gcp.putObject(BUCKET, 'data/theirs', { body: 'x' })
    grant(['storage.buckets.get', PERMISSION.list, PERMISSION.delete])
  })

  it('asks for the role that its leases are narrowed with', async () => {
    await connect(['purge'])
    const report = await validate()
    expect(faultsOf(report).map(({ name }) => name)).toEqual(['configuration-well-formed'])
    expect(JSON.stringify(checkOf(report, 'configuration-well-formed'))).toContain('--delete-role')
  })

  it('is proved without deleting anything of the customer’s', async () => {
    const deleteRole = installation.lab.gcp.putCustomRole(PROJECT, { id: 'sluice_acme_delete', permissions: [PERMISSION.delete] })
    await connect(['purge'], { auth: { deleteRole } })
    const report = await validate()
    expect(faultsOf(report)).toEqual([])
    expect(report.verdict).toBe('passed')
    expect(checkOf(report, 'permissions-granted')).toMatchObject({ note: `${PERMISSION.list}, ${PERMISSION.delete}` })
    expect(keys()).toEqual(['data/theirs'])
  })
})

describe('a grant without storage.buckets.get', () => {
  beforeEach(() => grant([PERMISSION.list, PERMISSION.read]))

  it('is validated all the same', async () => {
    installation.lab.gcp.putObject(BUCKET, 'data/a', { body: 'x' })
    await connect(['import'])
    const report = await validate()
    expect(faultsOf(report)).toEqual([])
    expect(report.verdict).toBe('passed')
    expect(checkOf(report, 'region-matches')).toMatchObject({ note: expect.stringContaining('storage.buckets.get') })
    expect(checkOf(report, 'reads-object')).toMatchObject({ status: 'passed' })
  })

  it('cannot tell whether the bucket is where, or whose, it should be', async () => {
    await connect(['import'], { settings: { region: 'europe-west3', expectedBucketOwner: '123456789012' } })
    const report = await validate()
    expect(report.verdict).toBe('inconclusive')
    expect(faultsOf(report).map(({ name, status }) => `${name} ${status}`)).toEqual([
      'bucket-is-the-expected-one inconclusive',
      'region-matches inconclusive',
    ])
  })

  it('does not hide that there is no such bucket', async () => {
    await connect(['import'], { at: 'gs://acme-nowhere/data/' })
    expect(faultsOf(await validate()).map(({ name, status }) => `${name} ${status}`)).toEqual(['bucket-is-the-expected-one failed'])
  })
})

describe('the bucket', () => {
  beforeEach(() => grant(['storage.buckets.get', PERMISSION.list, PERMISSION.read]))

  it('is pinned to its project and its region', async () => {
    await connect(['import'])
    expect((await validate()).verdict).toBe('passed')
    const { pinned } = await installation.connections.get(installation.caller, 'acme')
    expect(pinned).toEqual({ bucketOwner: '123456789012', region: 'europe-west3' })
    installation.lab.gcp.deleteBucket(BUCKET)
    installation.lab.gcp.createBucket('somebody-else', { name: BUCKET, location: 'EUROPE-WEST3' })
    installation.lab.gcp.addBinding({ on: { bucket: BUCKET }, role: `projects/${PROJECT}/roles/sluice_acme`, member: MEMBER })
    const [fault] = faultsOf(await validate())
    expect(fault).toMatchObject({ name: 'bucket-is-the-expected-one', status: 'failed', reason: 'bucket.foreign' })
  })

  it('in another region than was said is told apart', async () => {
    await connect(['import'], { settings: { region: 'us' } })
    const [fault] = faultsOf(await validate())
    expect(fault).toMatchObject({
      name: 'region-matches',
      reason: 'region.mismatch',
      message: 'bucket region not match, want[us] got[europe-west3]',
    })
  })
})

describe('one object', () => {
  it('is read, and never written over', async () => {
    installation.lab.gcp.putObject(BUCKET, 'data/one.csv', { body: 'a,b\n' })
    grant(['storage.buckets.get', ...Object.values(PERMISSION)])
    await connect(['backup'], { at: `gs://${BUCKET}/data/one.csv` })
    const report = await validate()
    expect(faultsOf(report)).toEqual([])
    expect(checkOf(report, 'reads-object')).toMatchObject({ status: 'passed' })
    expect(Buffer.from((await installation.lab.gcp.getObject(BUCKET, 'data/one.csv')) ?? '').toString()).toBe('a,b\n')
    expect(keys()).toEqual(['data/one.csv'])
  })
})

it('calls a grant broader that reads outside the folder, and not one that lists it', async () => {
  grant(['storage.buckets.get', PERMISSION.list, PERMISSION.read])
  await connect(['import'])
  expect(checkOf(await validate(), 'grant-no-broader-than-asked')).toMatchObject({
    status: 'failed',
    severity: 'advisory',
    message: expect.stringMatching(/lets us read outside acme-lake\/data\/\.$/),
  })
})

it('retries a run after a retention policy was removed, and leaves nothing then', async () => {
  grant(['storage.buckets.get', ...Object.values(PERMISSION)])
  installation.lab.gcp.configureBucket(BUCKET, { retentionSeconds: 86_400 })
  await connect(['backup'])
  for (let run = 0; run < 2; run++) {
    const report = await validate()
    expect(faultsOf(report).map(({ name }) => name)).toEqual(['deletes-object'])
    expect(report.leftovers).toHaveLength(1)
  }
  installation.lab.gcp.configureBucket(BUCKET, { retentionSeconds: undefined })
  expect(faultsOf(await validate())).toEqual([])
  expect(keys()).toEqual([])
})
