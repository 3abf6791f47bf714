import type { Check, CheckEvent, Report, Setup } from '@sluice/core'
import type { ConnectionInput } from '@sluice/service'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BUCKET, CUSTOMER_ACCOUNT, type Installation, startInstallation } from './support/installation.ts'

const ROLE = 'sluice-acme'
const ROLE_ARN = `arn:aws:iam::${CUSTOMER_ACCOUNT}:role/${ROLE}`
const REGION = 'us-west-2'

const BASE: ConnectionInput = {
  name: 'acme',
  cloud: 'aws',
  method: 'role',
  auth: { accountId: CUSTOMER_ACCOUNT, roleName: ROLE },
  locations: [`s3://${BUCKET}/data/`],
  purposes: ['import', 'backup'],
}

let installation: Installation
const signal = new AbortController().signal

beforeEach(async () => {
  installation = await startInstallation()
  const { aws } = installation.lab
  aws.createAccount(CUSTOMER_ACCOUNT, 'customer')
  aws.createBucket(CUSTOMER_ACCOUNT, { name: BUCKET, region: REGION })
  aws.putObject(BUCKET, 'data/a.csv', { body: 'a,b\n1,2\n' })
  aws.putObject(BUCKET, 'data/b.csv', { body: 'a,b\n3,4\n' })
  aws.putObject(BUCKET, 'other/secret.csv', { body: 'not for us\n' })
})
afterEach(() => installation.close())

interface Applied {
  readonly setup: Setup
  readonly trust: Statements
  readonly policy: Statements
}
interface Statements {
  readonly Version: string
  readonly Statement: readonly { readonly [key: string]: unknown }[]
}

/** Creates the connection and applies its setup to the customer's account, changed as the scenario wants. */
async function connect(
  input: Partial<ConnectionInput> = {},
  change: Partial<{ trust: (own: Statements) => Statements; policy: (own: Statements) => Statements; visibleAfterMs: number }> = {},
): Promise<Applied> {
  const { connections, setups, caller, lab } = installation
  await connections.create(caller, { ...BASE, ...input })
  const setup = await setups.forConnection(caller, BASE.name, {})
  const trust = documentOf(setup, 'trust-policy')
  const policy = documentOf(setup, 'permission-policy')
  lab.aws.putRole(CUSTOMER_ACCOUNT, {
    name: ROLE,
    trust: plain((change.trust ?? same)(trust)),
    policies: { [ROLE]: plain((change.policy ?? same)(policy)) },
    ...(change.visibleAfterMs === undefined ? {} : { visibleAfterMs: change.visibleAfterMs }),
  })
  return { setup, trust, policy }
}

const same = (document: Statements): Statements => document
const plain = (document: Statements) => JSON.parse(JSON.stringify(document))

function documentOf(setup: Setup, id: string): Statements {
  const artifact = setup.artifacts.find((candidate) => candidate.id === id)
  if (artifact === undefined) throw new Error(`The setup has no ${id}: ${setup.artifacts.map((a) => a.id).join(', ')}`)
  return JSON.parse(artifact.text)
}

async function validate(waitSeconds?: number): Promise<Report & { readonly events: readonly CheckEvent[] }> {
  const events: CheckEvent[] = []
  for await (const event of installation.validations.validate(
    installation.caller,
    BASE.name,
    waitSeconds === undefined ? {} : { waitSeconds },
    signal,
  ))
    events.push(event)
  const last = events.at(-1)
  if (last?.type !== 'report') throw new Error('no report')
  return { ...last.report, events }
}

function rows(report: Report): { readonly [name: string]: string } {
  return Object.fromEntries(report.checks.map((check) => [check.name, check.status]))
}

function row(report: Report, name: string): Check {
  const found = report.checks.find((check) => check.name === name)
  if (found === undefined) throw new Error(`no check ${name}`)
  return found
}

const HEALTHY = {
  'configuration-well-formed': 'passed',
  'endpoint-allowed': 'passed',
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

/** The one required check that fails, what is skipped because of it, and everything else as when all is well. */
async function expectOneFault(
  name: string,
  reason: string,
  remedyNames: readonly RegExp[],
  healthy: { readonly [name: string]: string } = HEALTHY,
): Promise<Report> {
  const report = await validate(0)
  const failedRequired = report.checks
    .filter((check) => check.status === 'failed' && check.severity === 'required')
    .map((check) => check.name)
  expect(failedRequired).toEqual([name])
  const failed = row(report, name)
  expect(failed).toMatchObject({ status: 'failed', reason })
  if (failed.status === 'failed') for (const pattern of remedyNames) expect(JSON.stringify(failed.remedy)).toMatch(pattern)
  for (const check of report.checks) {
    if (check.name === name) continue
    if (check.status === 'skipped' && check.blockedBy !== undefined)
      expect({ [check.name]: check.blockedBy }).toEqual({ [check.name]: name })
    else expect({ [check.name]: check.status }).toEqual({ [check.name]: healthy[check.name] })
  }
  expect(report.verdict).toBe('failed')
  return report
}

function withoutAction(action: string): (own: Statements) => Statements {
  return (own) => ({
    ...own,
    Statement: own.Statement.flatMap((statement) => {
      const actions = [statement['Action']].flat().filter((candidate) => candidate !== action)
      return actions.length === 0 ? [] : [{ ...statement, Action: actions }]
    }),
  })
}

describe('a healthy connection', () => {
  it('passes every check and leaves nothing behind', async () => {
    await connect()
    const before = installation.lab.aws.listKeys(BUCKET)
    const report = await validate()
    expect(rows(report)).toEqual(HEALTHY)
    expect(report.verdict).toBe('passed')
    expect(report.leftovers).toEqual([])
    expect(installation.lab.aws.listKeys(BUCKET)).toEqual(before)
    expect(installation.lab.aws.openUploads(BUCKET)).toEqual([])
    expect(await installation.connections.get(installation.caller, BASE.name)).toMatchObject({
      state: 'ready',
      pinned: { bucketOwner: CUSTOMER_ACCOUNT, region: REGION },
    })
  })

  it('pins the owner of every bucket it was tried on, so that none is ever taken over by somebody else', async () => {
    await connect({ purposes: ['import'], locations: [`s3://${BUCKET}/data/`, `s3://${BUCKET}/more/`] })
    installation.lab.aws.putObject(BUCKET, 'more/x', { body: 'x' })
    expect((await validate()).verdict).toBe('passed')
    expect((await installation.connections.get(installation.caller, BASE.name)).pinned).toEqual({
      bucketOwner: CUSTOMER_ACCOUNT,
      region: REGION,
    })
  })

  it('leaves at most one small object ever without the right to delete, and names it', async () => {
    await connect({ purposes: ['import', 'export'] })
    const first = await validate()
    const second = await validate()
    const probes = installation.lab.aws.listKeys(BUCKET).filter((key) => key.includes('sluice'))
    expect(probes).toHaveLength(1)
    for (const report of [first, second]) {
      expect(report.verdict).toBe('passed')
      expect(report.leftovers).toEqual([{ bucket: BUCKET, key: probes[0] }])
      expect(row(report, 'cleaned-up')).toMatchObject({ status: 'skipped', because: expect.stringContaining(probes[0] ?? '') })
    }
    expect(installation.lab.aws.openUploads(BUCKET)).toEqual([])
  })

  it('names the version that a versioned bucket keeps of what was deleted', async () => {
    installation.lab.aws.configureBucket(BUCKET, { versioning: 'Enabled' })
    await connect()
    const report = await validate()
    expect(report.verdict).toBe('passed')
    expect(report.leftovers).toEqual([
      { bucket: BUCKET, key: expect.stringMatching(/^data\/\.sluice-probe-/), versionId: expect.any(String) },
    ])
    expect(installation.lab.aws.listKeys(BUCKET, 'data/.sluice')).toEqual([])
  })

  it('leaves no version behind where versions may be deleted', async () => {
    installation.lab.aws.configureBucket(BUCKET, { versioning: 'Enabled' })
    await connect(
      {},
      { policy: (own) => JSON.parse(JSON.stringify(own).replaceAll('"s3:DeleteObject"', '"s3:DeleteObject","s3:DeleteObjectVersion"')) },
    )
    const report = await validate()
    expect(report.verdict).toBe('passed')
    expect(report.leftovers).toEqual([])
  })

  it('says where an object stays when deleting is refused, and fails deleting alone', async () => {
    await connect({}, { policy: withoutAction('s3:DeleteObject') })
    const report = await validate(0)
    expect(report.checks.filter((check) => check.status === 'failed').map((check) => check.name)).toEqual(['deletes-object'])
    expect(row(report, 'cleaned-up')).toMatchObject({ status: 'skipped', blockedBy: 'deletes-object' })
    expect(report.leftovers).toHaveLength(1)
  })

  it('proves the right to write one file without touching it', async () => {
    await connect({ locations: [`s3://${BUCKET}/data/a.csv`], purposes: ['import', 'export'] })
    const report = await validate()
    expect(report.verdict).toBe('passed')
    expect(row(report, 'writes-object')).toMatchObject({ status: 'passed' })
    expect(Buffer.from((await installation.lab.aws.getObject(BUCKET, 'data/a.csv')) ?? []).toString()).toBe('a,b\n1,2\n')
  })

  it('works for a connection that may only write', async () => {
    await connect({ purposes: ['logs'] })
    const report = await validate()
    expect(report.checks.filter((check) => check.status === 'failed' || check.status === 'inconclusive')).toEqual([])
    expect(row(report, 'writes-object').status).toBe('passed')
  })

  it('passes when the one file is not there yet', async () => {
    await connect({ locations: [`s3://${BUCKET}/data/later.csv`], purposes: ['import'] })
    const report = await validate()
    expect(report.verdict).toBe('passed')
  })

  it('passes on an empty prefix', async () => {
    await connect({ locations: [`s3://${BUCKET}/empty/`], purposes: ['import'] })
    const report = await validate()
    expect(row(report, 'reads-object')).toMatchObject({ status: 'passed', note: expect.stringContaining('There is no object yet') })
    expect(report.verdict).toBe('passed')
  })

  it('tells every check once as it ends, and the report last', async () => {
    await connect()
    const { events } = await validate()
    const finished = events.flatMap((event) => (event.type === 'check-finished' ? [event.check.name] : []))
    expect(finished.toSorted()).toEqual(Object.keys(HEALTHY).toSorted())
    expect(events.at(-1)?.type).toBe('report')
  })
})

describe('one fault fails the one check that names it', () => {
  it('external id wrong', async () => {
    await connect(
      {},
      { trust: (own) => JSON.parse(JSON.stringify(own).replace(/sluice-[0-9a-f]{32}/g, 'sluice-00000000000000000000000000000000')) },
    )
    await expectOneFault('trust-accepts-us', 'trust.refused', [/sts:ExternalId/, /principal/])
  })

  it('external id missing from the trust', async () => {
    await connect({}, { trust: (own) => ({ ...own, Statement: own.Statement.map(({ Condition: _, ...rest }) => rest) }) })
    await expectOneFault('trust-refuses-missing-external-id', 'trust.open_without_external_id', [/StringEquals/])
  })

  it('any external id accepted', async () => {
    await connect(
      {},
      {
        trust: (own) => ({
          ...own,
          Statement: own.Statement.map((statement) => ({ ...statement, Condition: { StringLike: { 'sts:ExternalId': '*' } } })),
        }),
      },
    )
    await expectOneFault('trust-refuses-wrong-external-id', 'trust.open_with_any_external_id', [/StringLike/])
  })

  it('wrong principal', async () => {
    await connect(
      {},
      {
        trust: (own) => ({
          ...own,
          Statement: own.Statement.map((statement) => ({ ...statement, Principal: { AWS: 'arn:aws:iam::210987654321:root' } })),
        }),
      },
    )
    await expectOneFault('trust-accepts-us', 'trust.refused', [/sts:ExternalId/, /principal/])
  })

  it('object ARN without /*', async () => {
    await connect(
      {},
      {
        policy: (own) => ({
          ...own,
          Statement: own.Statement.map((statement) =>
            JSON.parse(JSON.stringify(statement).replaceAll(`:::${BUCKET}/data/*`, `:::${BUCKET}/data`)),
          ),
        }),
      },
    )
    const report = await expectOneFault('reads-object', 'read.not_granted', [/\/\*/, /s3:GetObject/])
    expect(row(report, 'writes-object').status).toBe('skipped')
  })

  it('missing ListBucket', async () => {
    await connect({}, { policy: withoutAction('s3:ListBucket') })
    await expectOneFault('lists-under-prefix', 'list.not_granted', [/s3:ListBucket/])
  })

  it('missing GetObject', async () => {
    await connect({}, { policy: withoutAction('s3:GetObject') })
    await expectOneFault('reads-object', 'read.not_granted', [/s3:GetObject/])
  })

  it('missing PutObject', async () => {
    await connect({}, { policy: withoutAction('s3:PutObject') })
    await expectOneFault('writes-object', 'write.not_granted', [/s3:PutObject/])
  })

  it('bucket absent', async () => {
    await connect()
    installation.lab.aws.deleteBucket(BUCKET)
    await expectOneFault('bucket-is-the-expected-one', 'bucket.missing', [/head-bucket/])
  })

  it('region pinned wrong', async () => {
    await connect({ settings: { region: 'us-west-1' } })
    const report = await expectOneFault('region-matches', 'region.mismatch', [/us-west-2/])
    expect(row(report, 'region-matches')).toMatchObject({ message: 'bucket region not match, want[us-west-1] got[us-west-2]' })
  })

  it('bucket outside the regions the platform requires', async () => {
    await installation.close()
    installation = await startInstallation({ platform: { regions: ['us-west-1'] } })
    installation.lab.aws.createBucket(CUSTOMER_ACCOUNT, { name: BUCKET, region: REGION })
    await connect({ settings: { sameRegion: 'required' } })
    const report = await validate(0)
    expect(row(report, 'region-matches')).toMatchObject({
      status: 'failed',
      message: 'bucket region not match, want[us-west-1] got[us-west-2]',
    })
  })

  it.each([
    ['that lets us in', true],
    ['that does not', false],
  ])('bucket owned by somebody unexpected %s', async (_, open) => {
    await connect()
    const { aws } = installation.lab
    aws.deleteBucket(BUCKET)
    aws.createBucket('666666666666', { name: BUCKET, region: REGION })
    if (open)
      aws.putBucketPolicy(BUCKET, {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: ROLE_ARN },
            Action: 's3:*',
            Resource: [`arn:aws:s3:::${BUCKET}`, `arn:aws:s3:::${BUCKET}/*`],
          },
        ],
      })
    await expectOneFault('bucket-is-the-expected-one', open ? 'bucket.foreign' : 'bucket.owner_unconfirmed', [/expected-bucket-owner/])
  })

  it('explicit Deny in the bucket policy', async () => {
    await connect()
    installation.lab.aws.putBucketPolicy(BUCKET, {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: [`arn:aws:s3:::${BUCKET}`, `arn:aws:s3:::${BUCKET}/*`] }],
    })
    await expectOneFault('lists-under-prefix', 'list.denied_explicitly', [/Bucket policy/, /Deny/])
  })

  it('KMS key without Decrypt in the role', async () => {
    const key = installation.lab.aws.putKey({ accountId: CUSTOMER_ACCOUNT, region: REGION })
    installation.lab.aws.configureBucket(BUCKET, { encryption: { algorithm: 'aws:kms', kmsKeyArn: key } })
    installation.lab.aws.putObject(BUCKET, 'data/a.csv', { body: 'a,b\n1,2\n' })
    await connect({ purposes: ['import'] })
    await expectOneFault('encryption-key-usable', 'encryption.key_refuses', [/kms:Decrypt/, /IAM console/], {
      ...HEALTHY,
      'writes-object': 'skipped',
      'deletes-object': 'skipped',
      'cleaned-up': 'skipped',
    })
  })

  it('key that the key policy refuses', async () => {
    const key = installation.lab.aws.putKey({
      accountId: CUSTOMER_ACCOUNT,
      region: REGION,
      policy: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${CUSTOMER_ACCOUNT}:user/keeper` }, Action: 'kms:*', Resource: '*' },
        ],
      },
    })
    installation.lab.aws.configureBucket(BUCKET, { encryption: { algorithm: 'aws:kms', kmsKeyArn: key } })
    installation.lab.aws.putObject(BUCKET, 'data/a.csv', { body: 'a,b\n1,2\n' })
    await connect({ settings: { kmsReadKeys: [key], kmsWriteKeys: [key] } })
    await expectOneFault('encryption-key-usable', 'encryption.key_refuses', [/Key policy/])
  })

  it('KMS key disabled', async () => {
    const key = installation.lab.aws.putKey({ accountId: CUSTOMER_ACCOUNT, region: REGION })
    installation.lab.aws.putObject(BUCKET, 'data/a.csv', { body: 'a,b\n1,2\n', encryption: { algorithm: 'aws:kms', kmsKeyArn: key } })
    await connect({ settings: { kmsReadKeys: [key] } })
    installation.lab.aws.setKeyState(key, 'Disabled')
    await expectOneFault('encryption-key-usable', 'encryption.key_unusable', [/enable-key/])
  })

  it('object refused without a reason in a bucket of a third account is not called foreign', async () => {
    const { aws } = installation.lab
    aws.deleteBucket(BUCKET)
    aws.createBucket('210987654321', { name: BUCKET, region: REGION })
    aws.putObject(BUCKET, 'data/a.csv', { body: 'a' })
    await connect({ settings: { expectedBucketOwner: '210987654321' }, purposes: ['import'] })
    const arn = `arn:aws:s3:::${BUCKET}`
    aws.putBucketPolicy(BUCKET, {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { AWS: ROLE_ARN }, Action: ['s3:ListBucket', 's3:GetObject'], Resource: [arn, `${arn}/*`] },
        { Effect: 'Deny', Principal: '*', Action: 's3:GetObject', Resource: `${arn}/data/a.csv` },
      ],
    })
    const report = await validate(0)
    expect(row(report, 'reads-object')).toMatchObject({ status: 'failed', reason: 'read.denied' })
  })

  it('object owned by another account', async () => {
    installation.lab.aws.configureBucket(BUCKET, { ownership: 'ObjectWriter' })
    installation.lab.aws.putObject(BUCKET, 'data/a.csv', { body: 'theirs', ownerAccount: '210987654321' })
    await connect()
    await expectOneFault('reads-object', 'object.foreign', [/Object Ownership/, /BucketOwnerEnforced/])
  })
})

describe('a KMS key that works', () => {
  it('passes, for reading and for writing', async () => {
    const key = installation.lab.aws.putKey({ accountId: CUSTOMER_ACCOUNT, region: REGION })
    installation.lab.aws.configureBucket(BUCKET, { encryption: { algorithm: 'aws:kms', kmsKeyArn: key } })
    installation.lab.aws.putObject(BUCKET, 'data/a.csv', { body: 'a,b\n1,2\n' })
    await connect({ settings: { kmsReadKeys: [key], kmsWriteKeys: [key] } })
    const report = await validate()
    expect(rows(report)).toEqual({ ...HEALTHY, 'encryption-key-usable': 'passed' })
  })
})

describe('a role that is new', () => {
  it('passes when it appears after 20 s', async () => {
    await connect({}, { visibleAfterMs: 20_000 })
    const report = await validate()
    expect(report.verdict).toBe('passed')
    expect(report.events.some((event) => event.type === 'waiting-for-propagation')).toBe(true)
  })

  it('fails when it appears after 90 s', async () => {
    await connect({}, { visibleAfterMs: 90_000 })
    const report = await validate()
    expect(row(report, 'trust-accepts-us')).toMatchObject({ status: 'failed', reason: 'trust.refused' })
    expect(report.ms).toBeLessThanOrEqual(62_000)
  })

  it('is not waited for once it has worked', async () => {
    await connect()
    await validate()
    installation.lab.aws.deleteRole(ROLE_ARN)
    const report = await validate()
    expect(report.events.some((event) => event.type === 'waiting-for-propagation')).toBe(false)
    expect(row(report, 'trust-accepts-us').status).toBe('failed')
    expect(await installation.connections.get(installation.caller, BASE.name)).toMatchObject({ state: 'failing' })
  })
})

describe('a connection without an external id', () => {
  it('is told so by an advisory, and passes', async () => {
    await connect({ auth: { accountId: CUSTOMER_ACCOUNT, roleName: ROLE, withoutExternalId: 'true' } })
    const report = await validate()
    expect(row(report, 'trust-refuses-missing-external-id')).toMatchObject({ status: 'failed', severity: 'advisory' })
    expect(report.verdict).toBe('passed')
  })
})

describe('a public bucket', () => {
  it('is not blamed on the lease', async () => {
    await connect({ purposes: ['import'] })
    const { aws } = installation.lab
    aws.configureBucket(BUCKET, { publicAccessBlock: { blockPublicPolicy: false, restrictPublicBuckets: false } })
    aws.putBucketPolicy(BUCKET, {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: '*',
          Action: ['s3:ListBucket', 's3:GetObject'],
          Resource: [`arn:aws:s3:::${BUCKET}`, `arn:aws:s3:::${BUCKET}/*`],
        },
      ],
    })
    const report = await validate()
    expect(report.checks.filter((check) => check.status === 'failed' && check.severity === 'required')).toEqual([])
    expect(row(report, 'lease-refuses-writing-outside').status).toBe('passed')
    expect(row(report, 'grant-no-broader-than-asked').status).toBe('failed')
  })
})

describe('a grant that is broader than asked', () => {
  it('is told by the advisory alone', async () => {
    await connect(
      { purposes: ['import'] },
      {
        policy: () => ({
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Action: 's3:ListBucket', Resource: `arn:aws:s3:::${BUCKET}` },
            { Effect: 'Allow', Action: 's3:*Object', Resource: `arn:aws:s3:::${BUCKET}/*` },
          ],
        }),
      },
    )
    const report = await validate()
    expect(report.verdict).toBe('passed')
    const advisory = row(report, 'grant-no-broader-than-asked')
    expect(advisory).toMatchObject({ status: 'failed', severity: 'advisory' })
    if (advisory.status === 'failed') {
      expect(advisory.message).toMatch(/list outside/)
      expect(advisory.message).toMatch(/write/)
    }
  })
})
