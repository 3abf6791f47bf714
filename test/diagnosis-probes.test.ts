import { ContainerSASPermissions } from '@azure/storage-blob'
import { type DiagnosisReport, type Finding, type JsonObject, type Lease, type PolicyDocument, probePlans } from '@sluice/core'
import { afterEach, describe, expect, it } from 'vitest'
import { artifactText } from './support/artifacts.ts'
import { startAliyunWorld } from './support/denials-aliyun.ts'
import { startAwsWorld, type AwsWorld, type AwsWorldOptions } from './support/denials-aws.ts'
import { STRANGER_ACCOUNT } from './support/denials-aws-names.ts'
import { ACCOUNT, HOST } from './support/denials-azure-requests.ts'
import { startAzureWorld } from './support/denials-azure.ts'
import { BUCKET as GCP_BUCKET, PROJECT, startGcpWorld } from './support/denials-gcp.ts'
import type { DenialWorld } from './support/denials.ts'
import { BUCKET, startInstallation } from './support/installation.ts'
import { longestChain } from './support/longest-chain.ts'
import { adding, replacing } from './support/policy-edits.ts'
import { CUSTOMER, startTenants } from './support/tenants.ts'

const signal = new AbortController().signal

const worlds: DenialWorld[] = []
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.close()))
})

async function begun<World extends DenialWorld>(starting: Promise<World>): Promise<World> {
  const world = await starting
  worlds.push(world)
  return world
}

function codesOf(finding: Finding | undefined): readonly string[] {
  return finding === undefined ? [] : [finding.cause, ...finding.alternatives]
}

function asked(report: DiagnosisReport): readonly string[] {
  return report.probes.map(({ operation }) => operation)
}

function statement(parts: JsonObject): PolicyDocument {
  return { Version: '2012-10-17', Statement: [parts] }
}

const DENIES_ALL = statement({
  Effect: 'Deny',
  Principal: '*',
  Action: ['s3:ListBucket', 's3:GetObject', 's3:PutObject', 's3:DeleteObject'],
  Resource: [`arn:aws:s3:::${BUCKET}`, `arn:aws:s3:::${BUCKET}/*`],
})

async function awsWorld(options?: AwsWorldOptions): Promise<AwsWorld> {
  return begun(startAwsWorld(options))
}

describe('a diagnosis of AWS', () => {
  it('asks no more than the first requests where nothing is wrong', async () => {
    const world = await awsWorld()
    const report = await world.diagnose()
    expect(report).toMatchObject({ verdict: 'ok', findings: [], notes: [] })
    expect(asked(report).toSorted()).toEqual(
      [
        'sts.AssumeRole',
        's3.HeadBucket (unsigned)',
        's3.ListObjectsV2',
        's3.GetObject',
        's3.PutObject',
        's3.CreateMultipartUpload',
        's3.UploadPart',
        's3.CompleteMultipartUpload',
        's3.DeleteObject',
      ].toSorted(),
    )
  })

  it('offers to pay where no reason is given, and knows it by that', async () => {
    const world = await awsWorld({ bucketAccount: STRANGER_ACCOUNT })
    world.aws.configureBucket(BUCKET, { requesterPays: true })
    expect((await world.diagnose()).findings[0]).toMatchObject({ cause: 'aws.requester_pays', certainty: 'strong' })
  })

  it('asks without naming the owner of the bucket, and knows by that that it is another', async () => {
    const world = await awsWorld({ bucketAccount: STRANGER_ACCOUNT })
    const { connections, caller } = world.installation
    await connections.update(caller, 'acme', { settings: { expectedBucketOwner: CUSTOMER } })
    const report = await world.diagnose()
    expect(report.findings[0]).toMatchObject({ cause: 'aws.bucket_foreign', certainty: 'strong' })
  })

  it('reads another object of the folder, and knows by that that the policy names some of them', async () => {
    const world = await awsWorld()
    world.aws.putObject(BUCKET, 'data/b.csv', { body: 'a,b\n3,4\n' })
    world.change('documents.rolePolicies[0]', replacing(`${BUCKET}/data/*`, `${BUCKET}/data/b*`))
    const { diagnoses, caller } = world.installation
    const report = await diagnoses.diagnose(caller, 'acme', {}, signal)
    expect(report.findings[0]).toMatchObject({ cause: 'aws.id.object_arn', alternatives: [], affects: ['read'] })
    expect(report.capabilities).toMatchObject({ list: 'ok', read: 'denied' })
  })

  it('reads the bucket’s policy where it may, and proves by it what denies', async () => {
    const world = await awsWorld()
    world.change('documents.rolePolicies[0]', adding({ Effect: 'Allow', Action: 's3:GetBucketPolicy', Resource: `arn:aws:s3:::${BUCKET}` }))
    world.aws.putBucketPolicy(BUCKET, DENIES_ALL)
    const report = await world.diagnose()
    expect(report.findings[0]).toMatchObject({ cause: 'aws.rp.deny', certainty: 'proved', remedy: { document: 'documents.bucketPolicy' } })
    expect(asked(report)).toContain('s3.GetBucketPolicy')
  })

  it('asks for no document that was given', async () => {
    const world = await awsWorld()
    const bucketPolicy = statement({ Effect: 'Deny', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${BUCKET}/*` })
    world.aws.putBucketPolicy(BUCKET, bucketPolicy)
    const report = await world.diagnose({ documents: { bucketPolicy } })
    expect(report.findings[0]).toMatchObject({ cause: 'aws.rp.deny', certainty: 'proved' })
    expect(asked(report)).not.toContain('s3.GetBucketPolicy')
  })

  it('lists without a prefix, and tells by that a prefix that is left out', async () => {
    const world = await awsWorld()
    world.change('documents.rolePolicies[0]', replacing('"s3:prefix":["data/","data/*"]', '"s3:prefix":["","archive/*"]'))
    const report = await world.diagnose()
    expect(report.findings[0]).toMatchObject({ cause: 'aws.id.list_prefix', affects: ['list'] })
    expect(report.findings[0]?.alternatives).toEqual([])
  })

  it('writes with an encryption header, and tells by that a policy that wants one', async () => {
    const world = await awsWorld()
    world.aws.putBucketPolicy(
      BUCKET,
      statement({
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:PutObject',
        Resource: `arn:aws:s3:::${BUCKET}/*`,
        Condition: { Null: { 's3:x-amz-server-side-encryption': 'true' } },
      }),
    )
    const report = await world.diagnose()
    expect(report.findings[0]).toMatchObject({ cause: 'aws.rp.deny_sse', certainty: 'strong', affects: ['write'] })
    expect(world.aws.listKeys(BUCKET).filter((key) => key.includes('sluice-probe'))).toEqual([])
    expect(world.aws.openUploads(BUCKET)).toEqual([])
  })

  it('names the sessions by which it asks more', async () => {
    const world = await awsWorld()
    world.aws.putBucketPolicy(BUCKET, DENIES_ALL)
    world.installation.lab.requests.clear()
    await world.diagnose()
    const principals = world.installation.lab.requests.entries().filter(({ operation }) => operation === 's3.GetBucketPolicy')
    expect(principals.map(({ principal }) => principal).join()).toMatch(/assumed-role\/[^/]+\/diag-/)
  })

  it('says what it asks for as it goes, in the language of the report', async () => {
    const world = await awsWorld()
    world.aws.putBucketPolicy(BUCKET, DENIES_ALL)
    const { diagnoses, caller } = world.installation
    const told: string[] = []
    for await (const event of diagnoses.follow(caller, 'acme', { language: 'zh' }, signal))
      told.push(event.type === 'report' ? event.report.verdict : event.asks.join(' '))
    expect(told[0]).toMatch(/租约/)
    expect(told.slice(1, -1).join()).toContain('GetBucketPolicy')
    expect(told.at(-1)).toBe('blocked')
  })

  it('says what it left behind', async () => {
    const world = await awsWorld()
    world.change('documents.rolePolicies[0]', replacing('s3:DeleteObject', 's3:GetObjectAcl'))
    const report = await world.diagnose()
    expect(report.capabilities).toMatchObject({ write: 'ok', delete: 'denied' })
    expect(report.notes.join()).toMatch(/Left behind.*s3:\/\/test-bucket-123\/data\/\.sluice-probe-/)
  })

  it('drops the leases that Sluice holds before it blames the customer', async () => {
    const world = await awsWorld()
    const { leases, connections, caller, clock } = world.installation
    const connection = await connections.get(caller, 'acme')
    const [location] = connection.locations
    if (location === undefined) throw new Error('the connection has a location')
    const store = await leases.open(caller, connection, location, ['read'], signal)
    await store.head('data/a.csv', {}, signal)
    clock.advance(1_000)
    const until = new Date(clock.now()).toISOString()
    world.aws.putRolePolicy(
      connection.auth.fields['roleArn'] ?? '',
      'AWSRevokeOlderSessions',
      statement({
        Effect: 'Deny',
        Action: ['*'],
        Resource: ['*'],
        Condition: { DateLessThan: { 'aws:TokenIssueTime': until } },
      }),
    )
    clock.advance(1_000)
    await expect(store.head('data/a.csv', {}, signal)).rejects.toMatchObject({ code: 'denied' })
    expect(await world.diagnose()).toMatchObject({ verdict: 'ok', findings: [] })
    const renewed = await leases.open(caller, connection, location, ['read'], signal)
    await renewed.head('data/a.csv', {}, signal)
  })
})

describe('a diagnosis of Google Cloud', () => {
  it('asks Cloud Storage which permissions it has, and knows a condition by them', async () => {
    const world = await begun(startGcpWorld({ method: 'grant' }))
    const isListing = "resource.type == 'storage.googleapis.com/Bucket'"
    const isElsewhere = `resource.name.startsWith('projects/_/buckets/${GCP_BUCKET}/objects/archive/')`
    const condition = { title: 'archive', expression: `${isListing} || ${isElsewhere}` }
    world.rebind((all) => all.map((one) => (one.members.includes(world.member) ? { ...one, condition } : one)))
    const report = await world.diagnose()
    expect(report.findings[0]).toMatchObject({ cause: 'gcs.cond', certainty: 'consistent' })
    expect(asked(report)).toContain('gcs.buckets.testIamPermissions')
  })

  it('reads the bindings of the bucket where it may, and proves by them what is missing', async () => {
    const world = await begun(startGcpWorld({ method: 'grant' }))
    world.gcp.putCustomRole(PROJECT, {
      id: world.role.split('/').at(-1) ?? '',
      permissions: ['storage.objects.list', 'storage.buckets.getIamPolicy'],
    })
    const report = await world.diagnose()
    expect(codesOf(report.findings[0])).toContain('gcs.perm.missing')
    expect(asked(report)).toContain('gcs.buckets.getIamPolicy')
  })
})

describe('a diagnosis of Azure', () => {
  it('asks what every SAS may ask, and knows by that that nobody comes in from here', async () => {
    const world = await begun(startAzureWorld('sas'))
    const { connections, diagnoses, caller } = world.installation
    const auth = { sasToken: world.containerSas() }
    const { locations } = await connections.get(caller, 'acme')
    const urls = locations.map(({ bucket }) => `azure://${HOST}/${bucket}/`)
    // One that does not read: what reading is answered tells the same.
    await connections.create(caller, { name: 'purging', cloud: 'azure', method: 'sas', auth, locations: urls, purposes: ['purge'] })
    world.azure.configureStorageAccount(ACCOUNT, { firewall: { publicNetworkAccess: 'Disabled' } })
    const report = await diagnoses.diagnose(caller, 'purging', {}, signal)
    expect(report.findings[0]).toMatchObject({ cause: 'azure.net.firewall', alternatives: [] })
    expect(asked(report)).toContain('azure.GetAccountInformation')
  })

  it('asks nothing more of a SAS, which says of itself what it lacks', async () => {
    const world = await begun(startAzureWorld('sas'))
    await world.enter({ sasToken: world.containerSas({ permissions: ContainerSASPermissions.parse('rl') }) })
    const report = await world.diagnose()
    expect(report.findings[0]).toMatchObject({ cause: 'azure.sas.perm', certainty: 'proved' })
    expect(asked(report)).not.toContain('azure.GetAccountInformation')
  })
})

describe('a diagnosis of OSS', () => {
  it('reads the bucket’s policy where it may, and proves by it what denies', async () => {
    const world = await begun(startAliyunWorld())
    const bucket = `acs:oss:*:*:${BUCKET}`
    world.change('documents.ramPolicies[0]', adding({ Effect: 'Allow', Action: ['oss:GetBucketPolicy'], Resource: [bucket] }))
    const denying = {
      Effect: 'Deny',
      Principal: ['*'],
      Action: ['oss:ListObjects', 'oss:GetObject'],
      Resource: [bucket, `${bucket}/data/*`],
    }
    await world.put('documents.bucketPolicy', { Version: '1', Statement: [denying] })
    const report = await world.diagnose()
    expect(report.findings[0]).toMatchObject({ cause: 'oss.bp.deny', certainty: 'proved' })
    expect(asked(report)).toContain('oss.GetBucketPolicy')
  })
})

describe('the table of probes', () => {
  /** Made with any store and lease, by whoever diagnoses. */
  const OF_ANY = ['another-object', 'newer-session']

  it.each([
    ['aws', 'role', { accountId: CUSTOMER }, `s3://${BUCKET}/data/`],
    ['gcp', 'grant', {}, `gs://${GCP_BUCKET}/data/`],
    ['azure', 'managed-identity', {}, `azure://${HOST}/landing/data/`],
    ['aliyun', 'role', { accountId: '9876543210987654' }, `oss://${BUCKET}/data/`],
  ] as const)('of %s has a request for each of its rows, and a row for each of its requests', async (id, method, auth, url) => {
    const installation = await startInstallation()
    try {
      const { connections, deps, caller } = installation
      const { connection } = await connections.create(caller, {
        name: 'acme',
        cloud: id,
        method,
        auth,
        locations: [url],
        purposes: ['backup'],
      })
      const cloud = deps.clouds.find((one) => one.id === id)
      const [location] = connection.locations
      if (cloud === undefined || location === undefined) throw new Error('the installation has the cloud')
      const scope = { location, access: connection.access }
      const lease: Lease = { id: 'lease', scope, narrowed: true, expiresAt: Infinity, secret: { kind: 'anonymous' } }
      const made = [{}, { expectedBucketOwner: CUSTOMER, acl: 'bucket-owner-full-control' }].flatMap((settings) => {
        const subject = { location, lease, refused: ['list', 'read', 'write'], key: 'data/a.csv', writeKey: 'data/.sluice-probe' } as const
        return Object.keys(cloud.diagnostics?.probes({ ...subject, connection: { ...connection, settings } }) ?? {})
      })
      const rows = probePlans(id).map(({ name }) => name)
      expect([...new Set([...made, ...rows.filter((name) => OF_ANY.includes(name))])].toSorted()).toEqual(rows.toSorted())
    } finally {
      await installation.close()
    }
  })
})

describe('the time that probes take', () => {
  const LATENCY_MS = 40
  const MOST_RUNS = 5

  it('is two seconds at most at 40 ms a request, where nothing is told and much is asked', async () => {
    const tenants = await startTenants('one organization')
    try {
      const { lab, acme } = tenants
      lab.aws.createAccount(STRANGER_ACCOUNT)
      lab.aws.createBucket(STRANGER_ACCOUNT, { name: 'foreign-bucket', region: 'eu-central-1' })
      await acme.connections.create({
        name: 'acme',
        cloud: 'aws',
        method: 'role',
        auth: { accountId: CUSTOMER },
        locations: ['s3://foreign-bucket/data/'],
        purposes: ['import', 'export'],
      })
      const setup = await acme.setup.show('acme', { bucketAccountId: STRANGER_ACCOUNT })
      lab.aws.applyTemplate(CUSTOMER, artifactText(setup, 'cloudformation'), {})
      const fault = lab.faults.add({ operation: '*', effect: { kind: 'latency', ms: LATENCY_MS } })
      // A busy machine makes chains longer and never shorter.
      for (let run = 1; ; run++) {
        lab.requests.clear()
        const report = await acme.connections.diagnose('acme', { write: true })
        expect(codesOf(report.findings[0])).toContain('aws.rp.absent')
        const entries = lab.requests.entries()
        const chain = longestChain(entries, LATENCY_MS / 4)
        expect(entries.length).toBeGreaterThan(6)
        expect(chain.length).toBeGreaterThanOrEqual(4)
        if (chain.length * LATENCY_MS > 2_000 && run < MOST_RUNS) continue
        expect(chain.length * LATENCY_MS, chain.map(({ operation }) => operation).join(' ')).toBeLessThanOrEqual(2_000)
        break
      }
      lab.faults.remove(fault)
    } finally {
      await tenants.close()
    }
  })
})
