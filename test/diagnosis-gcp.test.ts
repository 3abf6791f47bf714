import { isAccessError, type DiagnosisReport, type Json, type Report } from '@sluice/core'
import { afterEach, describe, expect, it } from 'vitest'
import { BUCKET, type GcpWorld, type GcpWorldOptions, PROJECT, startGcpWorld } from './support/denials-gcp.ts'

const NAME = 'acme'
const signal = new AbortController().signal
const ALL = ['objects.list', 'objects.get', 'objects.create', 'objects.delete']

let world: GcpWorld
afterEach(() => world.close())

async function begin(options: GcpWorldOptions): Promise<void> {
  world = await startGcpWorld(options)
}

/** Without the consent to write that a scenario of denial has. */
function diagnose(
  options: { readonly write?: boolean; readonly evidence?: Json; readonly language?: 'zh' } = {},
): Promise<DiagnosisReport> {
  const { diagnoses, caller, clock } = world.installation
  clock.advance(61_000)
  return diagnoses.diagnose(caller, NAME, options, signal)
}

async function validate(): Promise<Report> {
  const { validations, caller } = world.installation
  for await (const event of validations.validate(caller, NAME, { waitSeconds: 0 }, signal)) if (event.type === 'report') return event.report
  throw new Error('a validation ends with its report')
}

function hold(permissions: readonly string[]): void {
  world.gcp.putCustomRole(PROJECT, { id: world.role.split('/').at(-1) ?? '', permissions: permissions.map((name) => `storage.${name}`) })
}

const told = ({ findings: [finding] }: DiagnosisReport): readonly string[] =>
  finding === undefined ? [] : [finding.cause, ...finding.alternatives]

describe.each<GcpWorldOptions>([
  { method: 'federation' },
  { method: 'federation', impersonates: true },
  { method: 'grant' },
  { method: 'grant', impersonates: true },
  { method: 'service-account-key' },
])('a connection to Google by $method, impersonating: $impersonates', (options) => {
  it('that works is left alone, whatever is shown of it', async () => {
    await begin(options)
    const fine = { verdict: 'ok', findings: [] }
    expect(await diagnose()).toMatchObject({ ...fine, capabilities: { assume: 'ok', list: 'ok', read: 'ok', write: 'skipped' } })
    const evidence = { documents: world.documents(), observations: [...(world.observations?.() ?? [])] }
    expect(await diagnose({ evidence })).toMatchObject(fine)
    expect(await diagnose({ write: true, evidence })).toMatchObject({ ...fine, capabilities: { write: 'ok', delete: 'ok' } })
  })

  it('that lost its grant is told so by what Cloud Storage says that it may, and proved with the bindings', async () => {
    await begin(options)
    world.rebind((bindings) => bindings.filter(({ members }) => !members.includes(world.member)))
    const outside = await diagnose()
    expect(outside).toMatchObject({ verdict: 'blocked', capabilities: { assume: 'ok', list: 'denied', read: 'denied' } })
    expect(outside.findings[0]).toMatchObject({ cause: 'gcs.perm.list', certainty: 'group' })
    expect(outside.cannotTell.length).toBeGreaterThan(0)
    const inside = await diagnose({ evidence: { documents: world.documents(), observations: [...(world.observations?.() ?? [])] } })
    expect(inside.findings[0]).toMatchObject({ cause: 'gcs.perm.list', certainty: 'proved', remedy: { document: 'documents.bindings' } })
    expect(inside.findings[0]?.remedy.command).toContain(`gcloud storage buckets add-iam-policy-binding gs://${BUCKET}`)
    expect(inside.findings[0]?.remedy.command).toContain(world.member)
    expect(inside.findings[0]?.remedy.terraform).toContain('google_storage_bucket_iam_member')
  })

  it('says nothing of its tokens, its key or its assertion', async () => {
    await begin(options)
    hold(['objects.list'])
    for (const broken of [() => undefined, () => world.gcp.deleteBucket(BUCKET), () => world.skewBy(-3_600_000)]) {
      broken()
      const text = JSON.stringify(await diagnose({ write: true }))
      expect(text).not.toMatch(/ya29\.|eyJ[A-Za-z0-9_-]{8}|PRIVATE KEY|Bearer [A-Za-z0-9]/)
    }
  })
})

describe('a diagnosis of a connection to Google', () => {
  it('only reads unless it is let write, and leaves nothing behind where it is', async () => {
    await begin({ method: 'federation' })
    const { requests } = world.installation.lab
    hold(['objects.list', 'objects.create', 'objects.delete'])
    const before = requests.entries().length
    await diagnose()
    const asked = new Set(
      requests
        .entries()
        .slice(before)
        .map(({ operation }) => operation),
    )
    expect([...asked].filter((name) => /insert|delete|patch|resumable|set/i.test(name))).toEqual([])
    await diagnose({ write: true })
    expect(world.gcp.listKeys(BUCKET)).toEqual(['data/a.csv', 'other/secret.csv'])
  })

  it('logs each of its probes with the id that Google knows it by', async () => {
    await begin({ method: 'grant' })
    const { probes } = await diagnose()
    expect(probes.length).toBeGreaterThan(2)
    for (const probe of probes) expect(probe.requestId, probe.operation).toMatch(/\w+/)
  })

  it('tells what works from what does not', async () => {
    await begin({ method: 'service-account-key' })
    hold(ALL.filter((name) => name !== 'objects.create'))
    const report = await diagnose({ write: true })
    expect(report).toMatchObject({ verdict: 'degraded', capabilities: { assume: 'ok', list: 'ok', read: 'ok', write: 'denied' } })
    expect(report.findings[0]).toMatchObject({ cause: 'gcs.perm.missing', affects: ['write'] })
    expect(report.findings[0]?.title).toContain('storage.objects.create')
    expect(report.findings[0]?.evidence.for).toContain(
      'Asked what the caller may do with the bucket, Cloud Storage says: storage.objects.list, storage.objects.get, storage.objects.delete.',
    )
  })

  it('knows that the grant leaves out this object where Cloud Storage says that the bucket gives it', async () => {
    await begin({ method: 'federation' })
    const expression =
      "resource.type == 'storage.googleapis.com/Bucket' || resource.name.startsWith('projects/_/buckets/acme-lake/objects/Data/')"
    world.rebind((bindings) =>
      bindings.map((one) => (one.members.includes(world.member) ? { ...one, condition: { title: 'sluice', expression } } : one)),
    )
    expect((await diagnose()).findings[0]).toMatchObject({ cause: 'gcs.cond', certainty: 'consistent', affects: ['read'] })
    const evidence = { documents: world.documents(), observations: [...(world.observations?.() ?? [])] }
    const [shown] = (await diagnose({ write: true, evidence })).findings
    expect(shown?.evidence.for.join(' ')).toContain('/objects/Data/')
    // The role that the setup made is given again, for the right folder: it is no more than what was asked for.
    expect(shown?.remedy.patch).toMatchObject([{ op: 'add', value: { role: world.role, members: [world.member] } }])
  })

  it('reads the bindings by itself where it may, and proves it without being shown anything', async () => {
    await begin({ method: 'federation' })
    world.rebind(() => [{ role: 'roles/storage.legacyBucketOwner', members: [world.member] }])
    const [finding] = (await diagnose()).findings
    expect(finding).toMatchObject({ cause: 'gcs.perm.missing', certainty: 'proved', affects: ['read'] })
    expect(finding?.remedy.patch).toHaveLength(1)
  })

  it('names the identifier by which a perimeter’s refusal is found in the log', async () => {
    await begin({ method: 'grant' })
    world.gcp.guardProject(PROJECT, { perimeter: { ingress: [] } })
    const [finding] = (await diagnose()).findings
    expect(finding).toMatchObject({ cause: 'gcs.vpcsc', certainty: 'strong', remedy: { who: 'organization' } })
    expect(finding?.meaning).toMatch(/Unique identifier: [\w-]{20,}\./)
    expect(JSON.stringify(finding?.settle)).toContain('VpcServiceControlAuditMetadata')
  })

  it('says whose service agent the key needs, not ours', async () => {
    await begin({ method: 'federation' })
    const defaultKmsKeyName = world.gcp.putKmsKey(PROJECT, { location: 'europe-west3', keyRing: 'ring', id: 'key' })
    world.gcp.configureBucket(BUCKET, { defaultKmsKeyName })
    const report = await diagnose({ write: true })
    expect(report.findings[0]).toMatchObject({ cause: 'gcs.cmek', certainty: 'strong', affects: ['write'], remedy: { who: 'cloud-admin' } })
    expect(report.findings[0]?.meaning).toContain('service agent')
  })

  it('takes a grant on a managed folder for one that works, though the bucket’s bindings do not show it', async () => {
    await begin({ method: 'federation' })
    const { gcp, member, role } = world
    world.rebind((bindings) => bindings.filter(({ members }) => !members.includes(member)))
    gcp.addBinding({ on: { bucket: BUCKET, managedFolder: 'data/' }, role, member })
    const evidence = { documents: world.documents(), observations: [...(world.observations?.() ?? [])] }
    expect(await diagnose({ write: true, evidence })).toMatchObject({ verdict: 'ok', findings: [] })
    gcp.setPolicy({ bucket: BUCKET, managedFolder: 'data/' }, { bindings: [] })
    gcp.addBinding({ on: { bucket: BUCKET, managedFolder: 'elsewhere/' }, role, member })
    expect(told(await diagnose())).toContain('gcs.perm.list')
  })

  it('takes a role on the project for one that works', async () => {
    await begin({ method: 'service-account-key' })
    const { gcp, member } = world
    world.rebind((bindings) => bindings.filter(({ members }) => !members.includes(member)))
    gcp.addBinding({ on: { project: PROJECT }, role: 'roles/storage.objectUser', member })
    const evidence = { documents: world.documents(), observations: [...(world.observations?.() ?? [])] }
    expect(await diagnose({ write: true })).toMatchObject({ verdict: 'ok', findings: [] })
    expect(await diagnose({ write: true, evidence })).toMatchObject({ verdict: 'ok', findings: [] })
  })

  it('drops what it held before it blames anybody: a repair shows at once', async () => {
    await begin({ method: 'service-account-key' })
    expect((await diagnose()).verdict).toBe('ok')
    world.gcp.setKeyDisabled(`sluice-acme@${PROJECT}.iam.gserviceaccount.com`, world.keyId ?? '', true)
    expect((await diagnose()).verdict).toBe('blocked')
    world.gcp.setKeyDisabled(`sluice-acme@${PROJECT}.iam.gserviceaccount.com`, world.keyId ?? '', false)
    expect((await diagnose()).verdict).toBe('ok')
  })

  it('speaks Chinese where it is asked to, with Google’s own names as they are', async () => {
    await begin({ method: 'federation' })
    world.gcp.guardProject(PROJECT, { billing: 'closed' })
    const [finding] = (await diagnose({ language: 'zh' })).findings
    expect(finding).toMatchObject({ cause: 'gcs.billing', title: expect.stringMatching(/[\u4e00-\u9fff]/) })
    expect(finding?.remedy.where).toContain('Google Cloud 控制台')
  })

  it('tells what is behind a validation that fails, and behind a query that is refused', async () => {
    await begin({ method: 'federation' })
    const { stages, sql, caller } = world.installation
    const healthy = await validate()
    expect(healthy).toMatchObject({ verdict: 'passed' })
    expect(healthy.diagnosis).toBeUndefined()
    await stages.create(caller, { name: 'files', connection: NAME, url: `gs://${BUCKET}/data/` }, 'create')
    world.gcp.guardProject(PROJECT, { perimeter: { ingress: [] } })
    expect((await validate()).diagnosis?.findings[0]).toMatchObject({ cause: 'gcs.vpcsc' })
    const rows = async (text: string): Promise<void> => {
      for await (const result of sql.run(caller, { sql: text }, signal)) void result
    }
    world.installation.clock.advance(61_000)
    const error: unknown = await rows("SELECT * FROM @files (FILE_FORMAT => 'csv')").catch((thrown: unknown) => thrown)
    if (!isAccessError(error)) throw error
    expect(error.context['cause']).toBe('gcs.vpcsc')
  })
})
