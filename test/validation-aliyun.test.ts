import type { Check, JsonObject, Report, Setup } from '@sluice/core'
import type { FaultEffect } from '@sluice/lab'
import type { ConnectionInput } from '@sluice/service'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { artifactText } from './support/artifacts.ts'
import { collect } from './support/collect.ts'
import { BUCKET, type Installation, type InstallationOptions, startInstallation } from './support/installation.ts'

const CUSTOMER = '9876543210987654'
const OTHER = '1111222233334444'
const REGION = 'cn-beijing'
const signal = new AbortController().signal

const BASE: ConnectionInput = {
  name: 'acme',
  cloud: 'aliyun',
  method: 'role',
  auth: { accountId: CUSTOMER },
  locations: [`oss://${BUCKET}/data/`],
  purposes: ['import', 'backup'],
}

let installation: Installation
const start = async (options: InstallationOptions = {}) => {
  installation = await startInstallation(options)
  const { aliyun } = installation.lab
  aliyun.createAccount(CUSTOMER, 'customer')
  aliyun.createBucket(CUSTOMER, { name: BUCKET, region: REGION })
  aliyun.putObject(BUCKET, 'data/a.csv', { body: 'a,b\n1,2\n' })
  aliyun.putObject(BUCKET, 'other/secret.csv', { body: 'not for us\n' })
}
afterEach(() => installation.close())

/** Creates the connection and applies its setup to the customer's account, with another policy where the scenario wants one. */
async function connect(
  input: Partial<ConnectionInput> = {},
  change: { readonly policy?: (own: string) => string; readonly visibleAfterMs?: number } = {},
): Promise<Setup> {
  const { connections, setups, caller, lab } = installation
  await connections.create(caller, { ...BASE, ...input })
  const setup = await setups.forConnection(caller, BASE.name, {})
  const { policy = (own: string) => own, ...visible } = change
  lab.aliyun.putRole(CUSTOMER, {
    name: 'sluice-acme',
    trust: JSON.parse(artifactText(setup, 'trust-policy')),
    policies: { 'sluice-acme': JSON.parse(policy(JSON.stringify(JSON.parse(artifactText(setup, 'permission-policy'))))) },
    ...visible,
  })
  return setup
}

/** At once; or as a connection is that never passed, which waits for what is new. */
async function validate(options: { readonly waitSeconds?: number } = { waitSeconds: 0 }): Promise<Report> {
  const last = (await collect(installation.validations.validate(installation.caller, BASE.name, options, signal))).at(-1)
  if (last?.type !== 'report') throw new Error('no report')
  return last.report
}

function row(report: Report, name: string): Check {
  const found = report.checks.find((check) => check.name === name)
  if (found === undefined) throw new Error(`no check ${name}`)
  return found
}

function rows(report: Report): { readonly [name: string]: string } {
  return Object.fromEntries(report.checks.map((check) => [check.name, check.status]))
}

const HEALTHY = {
  'configuration-well-formed': 'passed',
  'platform-identity-works': 'passed',
  'trust-accepts-us': 'passed',
  'trust-refuses-missing-external-id': 'passed',
  'trust-refuses-wrong-external-id': 'passed',
  'bucket-is-the-expected-one': 'passed',
  'region-matches': 'passed',
  'lists-under-prefix': 'passed',
  'reads-object': 'passed',
  'encryption-key-usable': 'skipped',
  'writes-object': 'passed',
  'deletes-object': 'passed',
  'lease-refuses-listing-outside': 'passed',
  'lease-refuses-reading-outside': 'passed',
  'lease-refuses-writing-outside': 'passed',
  'grant-no-broader-than-asked': 'passed',
  'cleaned-up': 'passed',
}

/** The one required check that fails; everything else is as when all is well, or skipped because of it. */
async function expectOneFault(name: string, reason: string, remedy: RegExp): Promise<Report> {
  const report = await validate()
  const failed = report.checks.filter((check) => check.status === 'failed' && check.severity === 'required')
  expect(failed.map((check) => check.name)).toEqual([name])
  expect(failed[0]).toMatchObject({ reason })
  expect(failed[0]?.status === 'failed' && JSON.stringify(failed[0].remedy)).toMatch(remedy)
  for (const check of report.checks)
    if (check.status === 'skipped' && check.blockedBy !== undefined)
      expect({ [check.name]: check.blockedBy }).toEqual({ [check.name]: name })
  expect(report.verdict).toBe('failed')
  return report
}

const statement = (one: JsonObject): JsonObject => ({ Version: '1', Statement: [one] })

describe('a healthy connection', () => {
  beforeEach(() => start())

  it('passes every check, leaves nothing behind, and pins owner and region of its bucket', async () => {
    await connect()
    const { aliyun } = installation.lab
    const before = aliyun.listKeys(BUCKET)
    const report = await validate()
    expect(rows(report)).toMatchObject(HEALTHY)
    expect(report.verdict).toBe('passed')
    expect(report.leftovers).toEqual([])
    expect(aliyun.listKeys(BUCKET)).toEqual(before)
    expect(aliyun.openUploads(BUCKET)).toEqual([])
    expect(await installation.connections.get(installation.caller, BASE.name)).toMatchObject({
      state: 'ready',
      pinned: { bucketOwner: CUSTOMER, region: REGION },
    })
  })

  it('leaves at most one small object ever without the right to delete, and names it', async () => {
    await connect({ purposes: ['import', 'export'] })
    const first = await validate()
    const second = await validate()
    const probes = installation.lab.aliyun.listKeys(BUCKET).filter((key) => key.includes('sluice'))
    expect(probes).toHaveLength(1)
    for (const report of [first, second]) {
      expect(report.verdict).toBe('passed')
      expect(report.leftovers).toEqual([{ bucket: BUCKET, key: probes[0] }])
      expect(row(report, 'cleaned-up')).toMatchObject({ status: 'skipped', because: expect.stringContaining(probes[0] ?? '') })
    }
    expect(installation.lab.aliyun.openUploads(BUCKET)).toEqual([])
  })

  it('leaves nothing in a bucket that keeps versions, where an object written again would be one more each time', async () => {
    installation.lab.aliyun.configureBucket(BUCKET, { versioning: 'Enabled' })
    await connect({ purposes: ['import', 'export'] })
    const report = await validate()
    expect(row(report, 'writes-object').status).toBe('passed')
    expect(report.verdict).toBe('passed')
    expect(report.leftovers).toEqual([])
    expect(installation.lab.aliyun.listKeys(BUCKET).filter((key) => key.includes('sluice'))).toEqual([])
  })

  it('leaves or names the version that a versioned bucket keeps of what was deleted', async () => {
    installation.lab.aliyun.configureBucket(BUCKET, { versioning: 'Enabled' })
    await connect()
    const report = await validate()
    expect(report.verdict).toBe('passed')
    for (const leftover of report.leftovers)
      expect(leftover).toEqual({ bucket: BUCKET, key: expect.stringMatching(/^data\/\.sluice-probe-/), versionId: expect.any(String) })
    expect(installation.lab.aliyun.listKeys(BUCKET, 'data/.sluice')).toEqual([])
  })

  it('proves the right to write one file without touching it', async () => {
    await connect({ locations: [`oss://${BUCKET}/data/a.csv`], purposes: ['import', 'export'] })
    const report = await validate()
    expect(report.verdict).toBe('passed')
    expect(row(report, 'writes-object')).toMatchObject({ status: 'passed' })
    expect(Buffer.from((await installation.lab.aliyun.getObject(BUCKET, 'data/a.csv')) ?? []).toString()).toBe('a,b\n1,2\n')
  })

  it.each([
    ['may only write', { purposes: ['logs'] as const, locations: [`oss://${BUCKET}/data/`] }],
    ['has a file that is not there yet', { purposes: ['import'] as const, locations: [`oss://${BUCKET}/data/later.csv`] }],
    ['has an empty folder', { purposes: ['import'] as const, locations: [`oss://${BUCKET}/empty/`] }],
    ['has a whole bucket', { purposes: ['import', 'backup'] as const, locations: [`oss://${BUCKET}/`] }],
  ])('passes when it %s', async (_, input) => {
    await connect({ ...input, purposes: [...input.purposes] })
    const report = await validate()
    expect(report.checks.filter((check) => check.status === 'failed' || check.status === 'inconclusive')).toEqual([])
    expect(report.verdict).toBe('passed')
  })

  it('passes with a key of KMS, for reading and for writing', async () => {
    const key = encrypted()
    await connect({ settings: { kmsReadKeys: [key], kmsWriteKeys: [key] } })
    const report = await validate()
    expect(rows(report)).toMatchObject({ ...HEALTHY, 'encryption-key-usable': 'passed' })
  })
})

/** Encrypts the bucket and its object with a key of KMS. */
function encrypted(): string {
  const { aliyun } = installation.lab
  const key = aliyun.putKey(CUSTOMER, REGION)
  const encryption = { algorithm: 'KMS' as const, kmsKey: key }
  aliyun.configureBucket(BUCKET, { encryption })
  aliyun.putObject(BUCKET, 'data/a.csv', { body: 'a,b\n1,2\n', encryption })
  return key
}

describe('one fault fails the one check that names it', () => {
  beforeEach(() => start())

  it('region pinned wrong', async () => {
    await connect({ settings: { region: 'cn-hangzhou' } })
    const report = await expectOneFault('region-matches', 'region.mismatch', /cn-beijing/)
    expect(row(report, 'region-matches')).toMatchObject({ message: 'bucket region not match, want[cn-hangzhou] got[cn-beijing]' })
  })

  it.each([
    ['that lets us in', true],
    ['that does not', false],
  ])('bucket owned by somebody unexpected %s', async (_, isOpen) => {
    await connect()
    const { aliyun } = installation.lab
    aliyun.deleteBucket(BUCKET)
    aliyun.createBucket(OTHER, { name: BUCKET, region: REGION })
    if (isOpen)
      aliyun.putBucketPolicy(
        BUCKET,
        statement({
          Effect: 'Allow',
          Principal: [`arn:sts::${CUSTOMER}:assumed-role/sluice-acme/*`],
          Action: ['oss:*'],
          Resource: [`acs:oss:*:${OTHER}:${BUCKET}`, `acs:oss:*:${OTHER}:${BUCKET}/*`],
        }),
      )
    const report = await validate()
    expect(row(report, 'bucket-is-the-expected-one').status).not.toBe('passed')
    expect(report.verdict).not.toBe('passed')
    if (isOpen) await expectOneFault('bucket-is-the-expected-one', 'bucket.foreign', /expected-bucket-owner/)
    // Nothing was written to a bucket of somebody else.
    expect(aliyun.listKeys(BUCKET)).toEqual([])
  })

  it('explicit Deny in the bucket policy', async () => {
    await connect()
    const resource = [`acs:oss:*:*:${BUCKET}`, `acs:oss:*:*:${BUCKET}/*`]
    installation.lab.aliyun.putBucketPolicy(
      BUCKET,
      statement({ Effect: 'Deny', Principal: ['*'], Action: ['oss:ListObjects'], Resource: resource }),
    )
    await expectOneFault('lists-under-prefix', 'list.denied_explicitly', /Bucket Policy.*Deny/)
  })

  it('writing not allowed', async () => {
    await connect({}, { policy: (own) => own.replace('"oss:PutObject",', '') })
    await expectOneFault('writes-object', 'write.not_granted', /oss:PutObject/)
  })

  it('deleting not allowed, and says where an object stays', async () => {
    await connect(
      {},
      { policy: (own) => own.replace('"oss:DeleteObject",', '').replace('"oss:DeleteObject"', '"oss:DeleteObjectVersion"') },
    )
    const report = await expectOneFault('deletes-object', 'delete.not_granted', /oss:DeleteObject/)
    expect(row(report, 'cleaned-up')).toMatchObject({ status: 'skipped', blockedBy: 'deletes-object' })
    expect(report.leftovers).toHaveLength(1)
  })

  it('key of KMS that nobody named', async () => {
    encrypted()
    await connect({ purposes: ['import'] })
    const report = await expectOneFault('encryption-key-usable', 'encryption.key_refuses', /kms:Decrypt.*--kms-read-key/)
    expect(row(report, 'lists-under-prefix').status).toBe('passed')
  })

  it('key of KMS disabled', async () => {
    const key = encrypted()
    await connect({ purposes: ['import'], settings: { kmsReadKeys: [key] } })
    installation.lab.aliyun.setKeyState(key, 'Disabled')
    await expectOneFault('encryption-key-usable', 'encryption.key_refuses', /KMS console whether the key is enabled/)
  })
})

describe('what is no fault', () => {
  it('of a bucket outside the regions the platform requires is said as what was wanted', async () => {
    await start({ platform: { regions: ['cn-hangzhou'] } })
    await connect({ settings: { sameRegion: 'required' } })
    expect(row(await validate(), 'region-matches')).toMatchObject({
      status: 'failed',
      message: 'bucket region not match, want[cn-hangzhou] got[cn-beijing]',
    })
  })

  it('of a grant that is broader than asked is told by the advisory alone', async () => {
    await start()
    await connect({}, { policy: (own) => own.replaceAll(`:${BUCKET}/data/*`, `:${BUCKET}/*`) })
    const report = await validate()
    expect(report.checks.filter((check) => check.status === 'failed').map((check) => [check.name, check.severity])).toEqual([
      ['grant-no-broader-than-asked', 'advisory'],
    ])
    expect(report.verdict).toBe('passed')
  })

  it('of a project-wide connection is an advisory', async () => {
    await start()
    await connect({ auth: { accountId: CUSTOMER, withoutExternalId: 'true' } })
    const report = await validate()
    expect(row(report, 'trust-refuses-missing-external-id')).toMatchObject({ status: 'failed', severity: 'advisory' })
    expect(report.verdict).toBe('passed')
  })

  it('of a role that is new is waited for', async () => {
    await start()
    await connect({}, { visibleAfterMs: 20_000 })
    expect((await validate({})).verdict).toBe('passed')
  })

  it('of objects in the archive is not taken for a refusal to read', async () => {
    await start()
    installation.lab.aliyun.putObject(BUCKET, 'data/a.csv', { body: 'old', storageClass: 'Archive' })
    await connect({ purposes: ['import'] })
    const report = await validate()
    expect(report.checks.filter((check) => check.status === 'failed')).toEqual([])
    expect(row(report, 'reads-object')).toMatchObject({ note: expect.stringMatching(/archive/i) })
  })
})

describe('an AccessKey', () => {
  const keyed = { method: 'keys', auth: {} }
  beforeEach(() => start())

  it('passes, with what has no meaning for it skipped', async () => {
    const { lab, connections, caller, setups } = installation
    await connections.create(caller, { ...BASE, ...keyed })
    const setup = await setups.forConnection(caller, BASE.name, {})
    lab.aliyun.applyTemplate(CUSTOMER, artifactText(setup, 'ros'))
    const { accessKeyId, accessKeySecret } = lab.aliyun.createAccessKey(CUSTOMER, 'sluice-acme')
    await connections.update(caller, BASE.name, { auth: { accessKeyId, accessKeySecret } })
    const report = await validate()
    expect(report.verdict).toBe('passed')
    expect(report.checks.filter((check) => check.status === 'skipped').map((check) => check.name)).toEqual(
      expect.arrayContaining(['trust-refuses-missing-external-id', 'trust-refuses-wrong-external-id', 'lease-refuses-listing-outside']),
    )
  })

  it('of the account itself is recognised and flagged', async () => {
    const { lab, connections, caller } = installation
    const { accessKeyId, accessKeySecret } = lab.aliyun.createRootAccessKey(CUSTOMER)
    await connections.create(caller, { ...BASE, ...keyed, auth: { accessKeyId, accessKeySecret } })
    const report = await validate()
    expect(row(report, 'grant-no-broader-than-asked')).toMatchObject({ status: 'failed', severity: 'advisory' })
    expect(JSON.stringify(row(report, 'grant-no-broader-than-asked'))).toMatch(/account itself|root/)
  })
})

/** Every request a validation makes, and the checks that rest on it. */
const PROBES: readonly (readonly [operation: string, checks: readonly string[]])[] = [
  ['sts.GetCallerIdentity', ['platform-identity-works']],
  ['sts.AssumeRole', ['trust-accepts-us']],
  ['oss.GetBucketLocation', ['bucket-is-the-expected-one', 'region-matches']],
  ['oss.ListObjectsV2', ['lists-under-prefix', 'lease-refuses-listing-outside']],
  ['oss.GetObject', ['reads-object', 'lease-refuses-reading-outside']],
  ['oss.PutObject', ['writes-object']],
  ['oss.InitiateMultipartUpload', ['writes-object']],
  ['oss.DeleteObject', ['deletes-object']],
]

const EFFECTS: readonly (readonly [name: string, effect: FaultEffect])[] = [
  ['503 for the rate', { kind: 'error', status: 503, code: 'QpsLimitExceeded' }],
  ['500 InternalError', { kind: 'error', status: 500, code: 'InternalError' }],
  ['a reset', { kind: 'reset' }],
  ['a time-out', { kind: 'hang' }],
  ['403 for the clock', { kind: 'error', status: 403, code: 'RequestTimeTooSkewed' }],
  ['403 for the account', { kind: 'error', status: 403, code: 'UserDisable' }],
]

describe.each(EFFECTS)('%s', (_, effect) => {
  it.each(PROBES)('at %s is inconclusive, never passed, never failed', async (operation, checks) => {
    await start({ transport: { responseTimeoutMs: effect.kind === 'hang' ? 400 : 10_000 } })
    await connect()
    installation.lab.faults.add({ operation, effect })
    const report = await validate()
    expect(report.checks.filter((check) => check.status === 'failed')).toEqual([])
    for (const name of checks) expect({ [name]: row(report, name).status }).not.toEqual({ [name]: 'passed' })
    expect(report.verdict).toBe('inconclusive')
    expect(await installation.connections.get(installation.caller, BASE.name)).not.toMatchObject({ state: 'ready' })
  })
})
