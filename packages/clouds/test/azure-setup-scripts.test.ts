import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Connection, type Setup, type SetupOptions, parseSas } from '@sluice/core'
import { type Lab, startLab } from '@sluice/lab'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { setupAzure } from '../src/azure/setup/index.ts'
import { PLATFORM, SUBSCRIPTION, blob, connectionOf, folder } from './support/azure-setup-cases.ts'
import { type FakeAz, fakeAz } from './support/fake-az.ts'

const TENANT = '11111111-1111-4111-8111-111111111111'
const OWNER = 'Sluice connection conn_a2c4e6g2i4k6m2o4q6s2'

let work = ''
let lab: Lab
let az: FakeAz
beforeEach(async () => {
  work = mkdtempSync(join(tmpdir(), 'sluice-setup-'))
  lab = await startLab()
  lab.azure.createStorageAccount({ name: 'lakedata' })
  lab.azure.createStorageAccount({ name: 'other' })
  for (const [account, container] of [
    ['lakedata', 'landing'],
    ['lakedata', 'backups'],
    ['other', 'landing'],
  ] as const)
    lab.azure.createContainer(account, container)
  az = await fakeAz(work, lab.azure, { tenantId: TENANT, subscriptionId: SUBSCRIPTION, resourceGroup: 'lake' })
})
afterEach(async () => {
  await az.close()
  await lab.close()
  rmSync(work, { recursive: true, force: true })
})

function setupOf(changes: Partial<Connection> = {}, options: SetupOptions = {}): Setup {
  return setupAzure(connectionOf(changes), PLATFORM, options)
}

/** Runs a script of the setup with the stand-in for the Azure CLI. */
function run(
  setup: Setup,
  id: 'azure-cli' | 'remove-script',
): Promise<{ readonly status: number; readonly out: string; readonly error: string }> {
  const file = join(work, 'script.sh')
  writeFileSync(file, setup.artifacts.find((artifact) => artifact.id === id)?.text ?? '')
  return new Promise((resolve) => {
    execFile('bash', [file], { cwd: work, env: { PATH: `${work}:${process.env['PATH']}`, TMPDIR: work } }, (failure, out, error) =>
      resolve({ status: failure === null ? 0 : Number(failure.code), out, error }),
    )
  })
}

const assignments = () =>
  lab.azure.roleAssignments().map(({ name, scope, roleDefinitionName, condition }) => ({
    role: roleDefinitionName,
    at: scope.replace(/^.*storageAccounts\//, ''),
    limited: condition !== undefined,
    owner: az.state.descriptions.get(name),
  }))

describe('the script for federation', () => {
  it('registers an application that trusts us, gives it roles, and again changes nothing', async () => {
    const setup = setupOf({ access: ['list', 'read', 'write'] })
    for (let time = 0; time < 3; time++) expect(await run(setup, 'azure-cli')).toMatchObject({ status: 0, error: '' })
    expect([...az.state.applications.values()]).toMatchObject([{ name: 'sluice-lake conn_a2c4e6g2i4k6m2o4q6s2', hasPrincipal: true }])
    const [application] = az.state.applications.values()
    const credential = setup.artifacts.find(({ id }) => id === 'federated-credential')?.document
    expect([...(application?.credentials.values() ?? [])]).toEqual([credential])
    expect(assignments()).toEqual([
      { role: 'Storage Blob Delegator', at: 'lakedata', limited: false, owner: OWNER },
      {
        role: 'sluice-lake conn_a2c4e6g2i4k6m2o4q6s2',
        at: 'lakedata/blobServices/default/containers/landing',
        limited: true,
        owner: OWNER,
      },
    ])
    expect([...az.state.roles.values()]).toMatchObject([
      {
        scopes: [`/subscriptions/${SUBSCRIPTION}/resourceGroups/lake`],
        dataActions: [expect.stringMatching(/read$/), expect.stringMatching(/write$/)],
      },
    ])
  })

  it('prints what Sluice must be told, and leaves no file behind', async () => {
    const { out } = await run(setupOf(), 'azure-cli')
    const [clientId] = az.state.applications.keys()
    expect(out).toContain(`Tenant id: ${TENANT}\nClient id: ${clientId}\n`)
    expect(out).toContain(`sluice connection update lake --tenant-id ${TENANT} --client-id ${clientId}`)
    expect(readdirSync(work).sort()).toEqual(['az', 'script.sh'])
  })

  it('brings roles up to date where the connection changed', async () => {
    await run(setupOf(), 'azure-cli')
    await run(setupOf({ locations: [folder('landing', 'other/')] }), 'azure-cli')
    const conditions = lab.azure.roleAssignments().flatMap(({ condition }) => condition ?? [])
    expect(conditions).toHaveLength(1)
    expect(conditions[0]).toContain("StringStartsWith 'other/'")
  })

  it('covers several accounts, containers and hostile names', async () => {
    const setup = setupOf({
      access: ['list', 'read', 'delete'],
      locations: [folder('landing', 'a "b" $(c) `d`/'), blob('backups', '100% é'), folder('landing', '', 'other')],
    })
    expect(await run(setup, 'azure-cli')).toMatchObject({ status: 0, error: '' })
    expect(assignments().map(({ at, limited }) => [at, limited])).toEqual([
      ['lakedata', false],
      ['other', false],
      ['lakedata/blobServices/default/containers/landing', true],
      ['lakedata/blobServices/default/containers/backups', true],
      ['other/blobServices/default/containers/landing', false],
    ])
    expect(lab.azure.roleAssignments().flatMap(({ condition }) => condition ?? [])[0]).toContain('\'a "b" $(c) `d`/\'')
  })

  it('changes nothing where a container is missing', async () => {
    lab.azure.deleteContainer('lakedata', 'landing')
    expect(await run(setupOf(), 'azure-cli')).toMatchObject({ status: 1, error: expect.stringContaining('does not exist') })
    expect(assignments()).toEqual([])
    expect(az.state.applications.size).toBe(0)
  })

  it('touches no role of somebody else’s', async () => {
    az.state.roles.set('theirs', { id: 'x', description: 'Ours', dataActions: [], scopes: [] })
    const setup = setupOf({}, { customRoleId: 'theirs' })
    expect(await run(setup, 'azure-cli')).toMatchObject({ status: 1, error: expect.stringContaining('not for this connection') })
    expect(await run(setup, 'remove-script')).toMatchObject({ status: 0 })
    expect(az.state.roles.has('theirs')).toBe(true)
  })

  it('is taken back whole by the other, again and again', async () => {
    const setup = setupOf({ access: ['write'] })
    await run(setup, 'azure-cli')
    for (let time = 0; time < 2; time++) expect(await run(setup, 'remove-script')).toMatchObject({ status: 0, error: '' })
    expect(assignments()).toEqual([])
    expect([az.state.applications.size, az.state.roles.size]).toEqual([0, 0])
  })

  it('leaves an application that was chosen, and takes back only its credential', async () => {
    const setup = setupOf({}, { applicationName: 'Data platform' })
    await run(setup, 'azure-cli')
    await run(setup, 'remove-script')
    expect([...az.state.applications.values()]).toMatchObject([{ name: 'Data platform', credentials: new Map() }])
  })

  it('stops in another tenant or subscription before it changes anything', async () => {
    const auth = { method: 'federation', fields: { tenantId: '99999999-9999-4999-8999-999999999999', clientId: TENANT } }
    expect(await run(setupOf({ auth }), 'azure-cli')).toMatchObject({ status: 1, error: expect.stringContaining('az login --tenant') })
    const elsewhere = setupOf({}, { subscriptionId: TENANT })
    expect(await run(elsewhere, 'azure-cli')).toMatchObject({ status: 1, error: expect.stringContaining('az account set') })
    expect(new Set(az.state.calls)).toEqual(new Set(['account show']))
  })
})

describe('the script for the managed identity', () => {
  it('gives roles to ours, and takes back all but what others need', async () => {
    const setup = setupOf({ auth: { method: 'managed-identity', fields: {} } })
    for (let time = 0; time < 2; time++) expect(await run(setup, 'azure-cli')).toMatchObject({ status: 0, error: '' })
    expect(lab.azure.roleAssignments().map(({ principalId }) => principalId)).toEqual([PLATFORM.azure?.objectId, PLATFORM.azure?.objectId])
    expect(await run(setup, 'remove-script')).toMatchObject({ status: 0, error: '' })
    expect(assignments().map(({ role }) => role)).toEqual(['Storage Blob Delegator'])
  })
})

describe('the template', () => {
  const granted = () =>
    lab.azure
      .roleAssignments()
      .map(({ roleDefinitionName, scope, condition }) => ({ roleDefinitionName, scope, condition }))
      .toSorted((one, other) => one.scope.localeCompare(other.scope))

  it.each<[string, Partial<Connection>, SetupOptions]>([
    ['reads a folder', {}, {}],
    ['backs up', { access: ['list', 'read', 'write', 'delete'], locations: [folder('landing', ''), folder('backups', 'a [b]/')] }, {}],
    ['writes into two accounts', { access: ['write'], locations: [folder('landing', 'x/'), folder('landing', '', 'other')] }, {}],
    ['has a role of a chosen name', {}, { customRoleId: '[mine] é' }],
  ])('gives what the script gives, where the connection %s', async (_what, changes, options) => {
    const setup = setupOf(changes, options)
    expect(await run(setup, 'azure-cli')).toMatchObject({ status: 0, error: '' })
    const byScript = granted()
    for (const { name } of lab.azure.roleAssignments()) lab.azure.removeRole(name)
    const template = setup.artifacts.find(({ id }) => id === 'arm-template')?.text ?? ''
    const outputs = lab.azure.applyTemplate(template, {}, { subscriptionId: SUBSCRIPTION, resourceGroup: 'lake' })
    expect(outputs).toEqual({ tenantId: TENANT, clientId: expect.stringMatching(/^[0-9a-f-]{36}$/) })
    expect(granted()).toEqual(byScript)
  })
})

describe('the script for a SAS', () => {
  it.each<[string, Partial<Connection>, object]>([
    ['a container', {}, { kind: 'service', resource: 'c', permissions: 'rl' }],
    [
      'one blob',
      { locations: [blob('landing', "it's [1] 100%.csv")], access: ['read'] },
      { kind: 'service', resource: 'b', permissions: 'r' },
    ],
    [
      'several containers',
      { locations: [folder('landing', ''), folder('backups', '')], access: ['list', 'read', 'write', 'delete'] },
      { kind: 'account', services: 'b', resourceTypes: 'co', permissions: 'rwdl' },
    ],
  ])('prints one for %s, and nothing else', async (_what, changes, expected) => {
    const { status, out, error } = await run(setupOf({ auth: { method: 'sas', fields: {} }, ...changes }), 'azure-cli')
    expect({ status, error }).toEqual({ status: 0, error: expect.stringContaining('whoever has it') })
    const parsed = parseSas(out.trim())
    expect(parsed).toMatchObject({ ok: true, sas: { protocol: 'https', ...expected } })
    const days = ((parsed.ok ? (parsed.sas.expiresAt ?? 0) : 0) - Date.now()) / 86_400_000
    expect(days).toBeGreaterThan(89)
    expect(days).toBeLessThan(91)
  })
})

it('the script for an account key prints the key', async () => {
  const { out } = await run(setupOf({ auth: { method: 'account-key', fields: { accountName: 'lakedata' } } }), 'azure-cli')
  expect(out.trim()).toBe(lab.azure.accountKeys('lakedata')[0])
})
