import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Connection, IamPolicy, Setup, SetupOptions } from '@sluice/core'
import { type Lab, startLab } from '@sluice/lab'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { setupGcp } from '../src/gcp/setup/index.ts'
import { type FakeGcloud, fakeGcloud } from './support/fake-gcloud.ts'
import { ACCOUNT, GCP_PLATFORM, PROVIDER, SUBJECT, gcpConnectionOf, gcpFolder } from './support/gcp-setup-cases.ts'

const PROJECT = 'acme-data'
const OWNER = `Sluice connection ${gcpConnectionOf().id}`
const PRINCIPAL = `principal://iam.googleapis.com/${PROVIDER.replace('/providers/sluice', '')}/subject/${SUBJECT}`
const OURS = 'sluice-analytics@sluice-platform.iam.gserviceaccount.com'

let work = ''
let lab: Lab
let gcloud: FakeGcloud
beforeEach(async () => {
  work = mkdtempSync(join(tmpdir(), 'sluice-setup-'))
  lab = await startLab()
  lab.gcp.createProject(PROJECT, '123456789012')
  lab.gcp.addBinding({ on: { project: PROJECT }, role: 'roles/owner', member: 'user:admin@acme.example' })
  lab.gcp.addBinding({ on: { project: PROJECT }, role: 'roles/storage.admin', member: 'user:admin@acme.example' })
  lab.gcp.createBucket(PROJECT, { name: 'acme-lake' })
  lab.gcp.putServiceAccount('sluice-platform', { id: 'sluice-analytics' })
  const token = lab.gcp.issueToken({ kind: 'user', email: 'admin@acme.example' })
  gcloud = await fakeGcloud(work, { url: lab.url, token, project: PROJECT })
})
afterEach(async () => {
  await gcloud.close()
  await lab.close()
  rmSync(work, { recursive: true, force: true })
})

function setupOf(changes: Partial<Connection> = {}, options: SetupOptions = {}): Setup {
  return setupGcp(gcpConnectionOf(changes), GCP_PLATFORM, options)
}

function textOf(setup: Setup, id: string): string {
  const found = setup.artifacts.find((artifact) => artifact.id === id)
  if (found === undefined) throw new Error(`no artifact ${id}`)
  return found.text
}

/** Runs a script of the setup with the stand-in for gcloud. */
function run(
  setup: Setup,
  id: 'gcloud' | 'remove-script',
  ...words: readonly string[]
): Promise<{ readonly status: number; readonly out: string; readonly error: string }> {
  const file = join(work, 'script.sh')
  writeFileSync(file, textOf(setup, id))
  return new Promise((resolve) => {
    execFile(
      'bash',
      [file, ...words],
      { cwd: work, env: { PATH: `${work}:${process.env['PATH']}`, TMPDIR: work } },
      (failure, out, error) => resolve({ status: failure === null ? 0 : Number(failure.code), out, error }),
    )
  })
}

/** The bindings that somebody has on the bucket. */
function bindingsOf(member: string): IamPolicy['bindings'] {
  return lab.gcp.getPolicy({ bucket: 'acme-lake' }).bindings.filter(({ members }) => members.includes(member))
}

const CONDITION = { title: 'sluice', description: OWNER, expression: expect.stringContaining("objects/data/')") }

describe('the gcloud script', () => {
  it('makes pool, provider, role and grant, and again changes nothing, as often as one likes', async () => {
    const setup = setupOf({}, { projectId: PROJECT })
    for (let time = 0; time < 3; time++)
      expect(await run(setup, 'gcloud')).toMatchObject({ status: 0, error: '', out: `Done. Workload identity provider: ${PROVIDER}\n` })
    expect(bindingsOf(PRINCIPAL)).toEqual([{ role: `projects/${PROJECT}/roles/sluice_lake`, members: [PRINCIPAL], condition: CONDITION }])
  })

  it('works in the project that it is told, or that gcloud is set to, while none is known', async () => {
    const setup = setupOf({ auth: { method: 'federation', fields: {} }, locations: [gcpFolder('acme-lake', '')] })
    expect(await run(setup, 'gcloud')).toMatchObject({ status: 0, out: expect.stringContaining(PROVIDER) })
    expect(await run(setup, 'gcloud', PROJECT)).toMatchObject({ status: 0, out: expect.stringContaining(PROVIDER) })
    expect(await run(setup, 'gcloud', 'no-such-project')).toMatchObject({ status: 1 })
  })

  it('leaves no file behind', async () => {
    await run(setupOf(), 'gcloud', PROJECT)
    expect(readdirSync(work).sort()).toEqual(['gcloud', 'script.sh'])
  })

  it('stops in a project of another number before it changes anything', async () => {
    lab.gcp.createProject('acme-other', '999999999999')
    lab.gcp.addBinding({ on: { project: 'acme-other' }, role: 'roles/owner', member: 'user:admin@acme.example' })
    expect(await run(setupOf({}, { projectId: 'acme-other' }), 'gcloud')).toMatchObject({
      status: 1,
      error: expect.stringContaining('has the number 999999999999'),
    })
    expect(gcloud.calls).toEqual(['projects describe acme-other'])
  })

  it('leaves alone what is not this connection’s', async () => {
    lab.gcp.putCustomRole(PROJECT, { id: 'sluice_lake', permissions: ['storage.objects.get'], description: 'somebody else’s' })
    expect(await run(setupOf({}, { projectId: PROJECT }), 'gcloud')).toMatchObject({
      status: 1,
      error: expect.stringContaining('exists, but not for this connection'),
    })
    expect(bindingsOf(PRINCIPAL)).toEqual([])
  })

  it('says what is missing where the bucket takes no conditions', async () => {
    lab.gcp.configureBucket('acme-lake', { uniformAccess: false })
    expect(await run(setupOf({}, { projectId: PROJECT }), 'gcloud')).toMatchObject({
      status: 1,
      error: expect.stringContaining('--uniform-bucket-level-access'),
    })
  })

  it('makes the account that is impersonated, and lets us act as it', async () => {
    const setup = setupOf({ auth: { method: 'grant', fields: { serviceAccount: ACCOUNT } } })
    for (let time = 0; time < 2; time++) expect(await run(setup, 'gcloud')).toMatchObject({ status: 0, error: '' })
    const { bindings } = lab.gcp.getPolicy({ serviceAccount: ACCOUNT })
    expect(bindings.map(({ role, members }) => [role, [...new Set(members)]])).toContainEqual([
      'roles/iam.serviceAccountTokenCreator',
      [`serviceAccount:${OURS}`],
    ])
    expect(bindingsOf(`serviceAccount:${ACCOUNT}`)).toHaveLength(1)
  })

  it('makes one key where there is none, readable by nobody else, and never a second', async () => {
    lab.gcp.putServiceAccount(PROJECT, { id: 'loader' })
    const auth = { method: 'service-account-key', fields: { clientEmail: ACCOUNT, privateKeyId: 'a' }, secretId: 'secret_a' }
    const setup = setupOf({ auth }, { projectId: PROJECT })
    expect(await run(setup, 'gcloud')).toMatchObject({ status: 0, out: expect.stringContaining('sluice-key.json') })
    expect(JSON.parse(readFileSync(join(work, 'sluice-key.json'), 'utf8'))).toMatchObject({ client_email: ACCOUNT })
    expect(await run(setup, 'gcloud')).toMatchObject({ status: 0, out: expect.stringContaining('no other was made') })
  })

  it('prints the role that deletes', async () => {
    const setup = setupOf({ access: ['list', 'delete'] }, { projectId: PROJECT })
    expect((await run(setup, 'gcloud')).out).toContain(`Role that deletes: projects/${PROJECT}/roles/sluice_lake_delete\n`)
  })
})

describe('the removal script', () => {
  it.each([
    ['a principal of a pool', {}, PRINCIPAL],
    ['our own account', { auth: { method: 'grant', fields: {} } }, `serviceAccount:${OURS}`],
    ['an account that we act as', { auth: { method: 'grant', fields: { serviceAccount: ACCOUNT } } }, `serviceAccount:${ACCOUNT}`],
    ['a connection that only deletes', { access: ['list', 'delete'] }, PRINCIPAL],
  ] as const)('takes the access of %s away again, twice is no harm, and it can be given anew', async (_name, changes, member) => {
    const setup = setupOf(changes, { projectId: PROJECT })
    expect(await run(setup, 'gcloud')).toMatchObject({ status: 0, error: '' })
    expect(bindingsOf(member)).toHaveLength(1)
    for (let time = 0; time < 2; time++) expect(await run(setup, 'remove-script')).toMatchObject({ status: 0, error: '' })
    expect(bindingsOf(member)).toEqual([])
    expect(await run(setup, 'gcloud')).toMatchObject({ status: 0, error: '' })
    expect(bindingsOf(member)).toHaveLength(1)
  })

  it('leaves an account that the customer had before', async () => {
    lab.gcp.putServiceAccount(PROJECT, { id: 'loader' })
    const setup = setupOf({ auth: { method: 'grant', fields: { serviceAccount: ACCOUNT } } })
    await run(setup, 'gcloud')
    expect(await run(setup, 'remove-script')).toMatchObject({ status: 0, error: '' })
    expect(lab.gcp.createKey(ACCOUNT).client_email).toBe(ACCOUNT)
    expect(lab.gcp.getPolicy({ serviceAccount: ACCOUNT }).bindings).toEqual([])
  })
})
