import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ContainerSASPermissions, generateBlobSASQueryParameters, StorageSharedKeyCredential } from '@azure/storage-blob'
import { isAccessError, type DiagnosisReport } from '@sluice/core'
import { type Lab, startLab } from '@sluice/lab'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readConfig } from '../apps/server/src/config/config.ts'
import { type RunningServer, startServer } from '../apps/server/src/start.ts'
import { artifactText } from './support/artifacts.ts'
import { commandLineOf } from './support/command-line.ts'
import { startAzureWorld } from './support/denials-azure.ts'
import { AZURE_TENANT, ISSUER } from './support/installation.ts'

const ACCOUNT = 'lakedata'
const CONTAINER = 'landing'
const LOCATION = `azure://${ACCOUNT}.blob.core.windows.net/${CONTAINER}/data/`
const TARGET = { tenantId: AZURE_TENANT, subscriptionId: '22222222-2222-4222-8222-222222222222', resourceGroup: 'lake' }
const signal = new AbortController().signal

let folder: string
let lab: Lab
let server: RunningServer
let sluice: ReturnType<typeof commandLineOf>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-azure-'))
  lab = await startLab()
  lab.azure.createStorageAccount({ name: ACCOUNT, tenantId: AZURE_TENANT })
  lab.azure.createContainer(ACCOUNT, CONTAINER)
  lab.azure.putBlob(ACCOUNT, CONTAINER, 'data/a.csv', { body: 'a,b\n1,2\n' })
  const environment = {
    SLUICE_DATA_DIR: folder,
    SLUICE_PORT: '0',
    SLUICE_LOG_LEVEL: 'silent',
    SLUICE_SHUTDOWN_SECONDS: '0',
    SLUICE_ISSUER_URL: ISSUER,
    SLUICE_ROUTES: `*.blob.core.windows.net=${lab.url},login.microsoftonline.com=${lab.url}`,
  }
  server = await startServer(readConfig(environment))
  sluice = commandLineOf(server)
})
afterAll(async () => {
  await server.close()
  await lab.close()
  await rm(folder, { recursive: true, force: true })
})

async function create(name: string, words: readonly string[], secret = ''): Promise<void> {
  const purposes = ['--purpose', 'import', '--purpose', 'backup']
  const made = await sluice(['connection', 'create', name, '--location', LOCATION, ...purposes, ...words], secret)
  expect(made).toMatchObject({ exit: 0 })
}

/** What `sluice connection diagnose NAME` answers to programs. */
async function diagnosed(name: string, words: readonly string[] = []): Promise<DiagnosisReport & { readonly exit: number }> {
  const { exit, out } = await sluice(['connection', 'diagnose', name, '--json', ...words])
  const report: DiagnosisReport = JSON.parse(out)
  return { ...report, exit }
}

function sasFor(letters: string): string {
  const permissions = ContainerSASPermissions.parse(letters)
  const key = new StorageSharedKeyCredential(ACCOUNT, lab.azure.accountKeys(ACCOUNT)[0])
  return generateBlobSASQueryParameters(
    { containerName: CONTAINER, permissions, expiresOn: new Date(Date.now() + 86_400_000) },
    key,
  ).toString()
}

describe('sluice connection diagnose, of a SAS', () => {
  it('says which letter it lacks, to people and in their language, and nothing of its signature', async () => {
    const sas = sasFor('rwd')
    await create('narrow', ['--method', 'sas', '--sas-token', '-'], sas)
    const { exit, out } = await sluice(['connection', 'diagnose', 'narrow', '--write'])
    expect(exit).toBe(1)
    expect(out).toMatch(/The SAS does not have this permission +azure\.sas\.perm · proved/)
    expect(out).toContain('sp is rwd; this takes l.')
    expect(out).toContain('az storage container generate-sas')
    expect((await sluice(['connection', 'diagnose', 'narrow', '--language', 'zh'])).out).toContain('SAS 缺少此权限')
    expect(out).not.toContain(/sig=([^&]+)/.exec(sas)?.[1])
    const report = await diagnosed('narrow')
    expect(report).toMatchObject({ verdict: 'degraded', capabilities: { list: 'denied', read: 'ok' } })
  })

  it('says of a new one that it works', async () => {
    await sluice(['connection', 'update', 'narrow', '--sas-token', '-'], sasFor('rwdl'))
    expect(await diagnosed('narrow', ['--write'])).toMatchObject({ exit: 0, verdict: 'ok', findings: [] })
  })
})

describe('sluice connection diagnose, of an account key', () => {
  it('says when keys are not taken any more, and what to come by instead', async () => {
    await create('keyed', ['--method', 'account-key', '--account-name', ACCOUNT, '--account-key', '-'], lab.azure.accountKeys(ACCOUNT)[0])
    expect(await diagnosed('keyed')).toMatchObject({ exit: 0, verdict: 'ok', security: [{ cause: 'azure.key.whole_account' }] })
    lab.azure.configureStorageAccount(ACCOUNT, { allowSharedKeyAccess: false })
    const { exit, out } = await sluice(['connection', 'diagnose', 'keyed'])
    expect([exit, out]).toEqual([1, expect.stringMatching(/azure\.sharedkey_off · the cloud says so/)])
    expect(out).toContain('Come by federation')
    lab.azure.configureStorageAccount(ACCOUNT, { allowSharedKeyAccess: true })
  })
})

describe('sluice connection diagnose, of a federated identity', () => {
  it('is one of a group from outside, and with the roles proves the assignment that repairs it', async () => {
    await create('federated', ['--method', 'federation'])
    const keys: Parameters<Lab['trustIssuer']>[1] = JSON.parse(await (await fetch(`${server.url}/.well-known/jwks.json`)).text())
    lab.trustIssuer(ISSUER, keys)
    const setup = await sluice(['connection', 'setup', 'federated', '--json'])
    const { artifacts }: { readonly artifacts: readonly { readonly id: string; readonly text: string }[] } = JSON.parse(setup.out)
    const template = artifactText({ artifacts }, 'arm-template')
    const { clientId = '', tenantId = '' } = lab.azure.applyTemplate(template, {}, TARGET)
    await sluice(['connection', 'update', 'federated', '--tenant-id', tenantId, '--client-id', clientId])
    expect(await diagnosed('federated', ['--write'])).toMatchObject({ exit: 0, verdict: 'ok', findings: [] })

    const data = lab.azure.roleAssignments().find(({ scope }) => scope.endsWith(CONTAINER))
    lab.azure.removeRole(data?.name ?? '')
    const outside = await diagnosed('federated')
    expect(outside).toMatchObject({ exit: 1, verdict: 'blocked', findings: [{ cause: 'azure.rbac.data_role', certainty: 'group' }] })
    expect(outside.cannotTell[0]?.settle?.command).toContain('az role assignment list')

    const evidence = join(folder, 'evidence.json')
    const documents = { roles: lab.azure.roleAssignments(), accountSettings: lab.azure.storageAccount(ACCOUNT) }
    await writeFile(evidence, JSON.stringify({ documents }))
    const { out } = await sluice(['connection', 'diagnose', 'federated', '--evidence', evidence])
    expect(out).toMatch(/The identity has no role on the data +azure\.rbac\.data_role · proved/)
    expect(out).toContain(`az role assignment create --assignee-object-id ${data?.principalId}`)
    expect(out).toContain('azurerm_role_assignment')
  })
})

describe('what is behind a query that is refused', () => {
  it('is told with it', async () => {
    const world = await startAzureWorld('sas')
    const { stages, sql, caller } = world.installation
    await stages.create(caller, { name: 'files', connection: 'acme', url: LOCATION }, 'create')
    await world.enter({ sasToken: world.containerSas({ permissions: ContainerSASPermissions.parse('wdl') }) })
    const rows = async (text: string) => {
      for await (const result of sql.run(caller, { sql: text }, signal)) void result
    }
    const error: unknown = await rows("SELECT * FROM @files (FILE_FORMAT => 'csv')").catch((thrown: unknown) => thrown)
    expect(isAccessError(error) && error.context).toMatchObject({ cause: 'azure.sas.perm', certainty: 'proved' })
    await world.close()
  })
})
