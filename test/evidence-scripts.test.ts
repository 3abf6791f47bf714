import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  caseOfFile,
  connectionSubject,
  evidenceScript,
  type DiagnosisReport,
  type EvidenceSubject,
  type JsonObject,
  type PolicyDocument,
} from '@sluice/core'
import type { ConnectionInput } from '@sluice/service'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fakeCommand } from '../packages/clouds/test/support/fake-command.ts'
import { ABOUT, HEALTHY } from '../packages/core/test/evidence/recorded.ts'
import { aliyunOf, azOf, gcloudOf, type Client } from './support/evidence-clients.ts'
import {
  AZURE_TENANT,
  ISSUER,
  type Installation,
  PLATFORM_ALIYUN_USER,
  PLATFORM_GCP_ACCOUNT,
  startInstallation,
} from './support/installation.ts'

const signal = new AbortController().signal

let folder: string
const open: { close(): Promise<void> }[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-evidence-'))
  mkdirSync(join(folder, 'bin'))
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()))
  rmSync(folder, { recursive: true, force: true })
})

async function client(name: string, answers: Client): Promise<void> {
  open.push(await fakeCommand(join(folder, 'bin'), name, (words) => Promise.resolve(answers(words))))
}

/** Runs the script of a subject, and gives what it wrote; nothing else may be left behind. */
async function run(subject: EvidenceSubject, shell = '/bin/sh'): Promise<string> {
  const before = readdirSync(folder)
  const script = evidenceScript(subject)
  await new Promise<void>((resolve, reject) => {
    const child = execFile(shell, ['-s'], { cwd: folder, env: { PATH: `${folder}/bin:/usr/bin:/bin` } }, (error, _, errors) =>
      error === null ? resolve() : reject(new Error(errors, { cause: error })),
    )
    child.stdin?.end(script)
  })
  const [left = '', ...others] = readdirSync(folder).filter((name) => !before.includes(name))
  expect(others).toEqual([])
  expect(statSync(join(folder, left)).mode & 0o777).toBe(0o600)
  return readFileSync(join(folder, left), 'utf8')
}

async function installed(input: ConnectionInput): Promise<Installation> {
  const installation = await startInstallation()
  open.push(installation)
  await installation.connections.create(installation.caller, input)
  return installation
}

async function diagnosed({ diagnoses, caller }: Installation, evidence?: JsonObject): Promise<DiagnosisReport> {
  return await diagnoses.diagnose(caller, 'acme', evidence === undefined ? {} : { evidence }, signal)
}

describe('the script for AWS', () => {
  it('makes every read that the answers lead to, in the words that are looked for', async () => {
    const answers = new Map(HEALTHY.map(({ command, status = 0, text }) => [command.slice('aws '.length), { status, text }]))
    const asked: string[] = []
    await client('aws', (words) => {
      asked.push(words.join(' '))
      return answers.get(words.join(' ')) ?? { status: 252, text: 'aws: error: unknown' }
    })
    expect(caseOfFile(await run(ABOUT), undefined)).toMatchObject({ notes: [], documents: { rolePolicies: [{}, {}] } })
    expect(asked.toSorted()).toEqual([...answers.keys()].toSorted())
  })

  it('quotes whatever it is asked about', async () => {
    const hostile = `s3://bucket/$(touch ${folder}/hit)'"\`touch ${folder}/hit\`/x;touch ${folder}/hit`
    await client('aws', (words) => ({ status: 0, text: JSON.stringify(words, undefined, 4) }))
    const text = await run({ ...ABOUT, location: hostile, roleArn: `${ABOUT.roleArn}'$(touch ${folder}/hit)` })
    expect(readdirSync(folder)).not.toContain('hit')
    expect(text).toContain(`word --key=$(touch`)
  })

  it('says that nobody is signed in, and leaves nothing', async () => {
    await client('aws', () => ({
      status: 253,
      text: 'Unable to locate credentials. You can configure credentials by running "aws configure".',
    }))
    await expect(run(ABOUT)).rejects.toThrow(/Unable to locate credentials[\s\S]*Nobody is signed in to the AWS CLI/)
    expect(readdirSync(folder)).toEqual(['bin'])
  })

  it('says that the client is missing', async () => {
    await expect(run({ cloud: 'aliyun', location: 'oss://acme-lake/' })).rejects.toThrow('Alibaba Cloud CLI (aliyun) is not here')
    expect(readdirSync(folder)).toEqual(['bin'])
  })
})

describe('the script for Google Cloud', () => {
  const bucket = 'acme-lake'
  const project = { id: 'acme-data', number: '123456789012' }
  const input: ConnectionInput = {
    name: 'acme',
    cloud: 'gcp',
    method: 'grant',
    auth: {},
    locations: [`gs://${bucket}/data/`],
    purposes: ['import'],
  }
  const subject: EvidenceSubject = {
    cloud: 'gcp',
    method: 'grant',
    principal: PLATFORM_GCP_ACCOUNT,
    location: `gs://${bucket}/data/`,
    access: ['list', 'read'],
  }

  it('proves what the bindings of the bucket lack', async () => {
    const installation = await installed(input)
    const { gcp } = installation.lab
    gcp.createProject(project.id, project.number)
    gcp.createBucket(project.id, { name: bucket, location: 'EUROPE-WEST3' })
    gcp.putObject(bucket, 'data/a.csv', { body: 'a,b\n1,2\n' })
    const role = gcp.putCustomRole(project.id, { id: 'lister', permissions: ['storage.objects.list'] })
    gcp.addBinding({ on: { bucket }, role, member: `serviceAccount:${PLATFORM_GCP_ACCOUNT}` })
    await client('gcloud', gcloudOf(installation.lab, project))
    const evidence = caseOfFile(await run(subject), subject)
    expect(evidence['notes']).toEqual([expect.stringContaining('service-accounts describe')])
    const report = await diagnosed(installation, evidence)
    expect(report.findings[0]).toMatchObject({ cause: 'gcs.perm.missing', certainty: 'proved' })
  })

  it('proves the deny policy that takes away what a binding gives', async () => {
    const installation = await installed(input)
    const { gcp } = installation.lab
    gcp.createProject(project.id, project.number)
    gcp.createBucket(project.id, { name: bucket, location: 'EUROPE-WEST3' })
    gcp.putObject(bucket, 'data/a.csv', { body: 'a,b\n1,2\n' })
    gcp.addBinding({ on: { bucket }, role: 'roles/storage.objectViewer', member: `serviceAccount:${PLATFORM_GCP_ACCOUNT}` })
    const deniedPermissions = ['storage.googleapis.com/objects.get']
    gcp.guardProject(project.id, { denyRules: [{ deniedPrincipals: ['principalSet://goog/public:all'], deniedPermissions }] })
    await client('gcloud', gcloudOf(installation.lab, project))
    const report = await diagnosed(installation, caseOfFile(await run(subject), subject))
    expect(report.findings[0]).toMatchObject({ cause: 'gcs.deny_policy', certainty: 'proved', affects: ['read'] })
  })
})

describe('the script for Azure', () => {
  const [account, container] = ['lakedata', 'landing']
  const location = `https://${account}.blob.core.windows.net/${container}/data/`

  it('proves that the identity has no role for data', async () => {
    const installation = await startInstallation()
    open.push(installation)
    const { azure } = installation.lab
    azure.createStorageAccount({ name: account, tenantId: AZURE_TENANT })
    azure.createContainer(account, container)
    azure.putBlob(account, container, 'data/a.csv', { body: 'a,b\n1,2\n' })
    const { clientId, objectId } = azure.createApplication({ name: 'sluice', tenantId: AZURE_TENANT })
    const { connection } = await installation.connections.create(installation.caller, {
      name: 'acme',
      cloud: 'azure',
      method: 'federation',
      auth: { tenantId: AZURE_TENANT, clientId },
      locations: [location],
      purposes: ['import'],
    })
    azure.putFederatedCredential(clientId, {
      name: 'sluice',
      issuer: ISSUER,
      subject: connectionSubject(connection),
      audiences: ['api://AzureADTokenExchange'],
    })
    azure.assignRole({ principalId: objectId, role: 'Reader', scope: { account } })
    await client('az', azOf(installation.lab, { [clientId]: objectId }))
    const subject: EvidenceSubject = { cloud: 'azure', method: 'federation', clientId, location, access: ['list', 'read'] }
    const evidence = caseOfFile(await run(subject), subject)
    expect((await diagnosed(installation, evidence)).findings[0]).toMatchObject({ cause: 'azure.rbac.data_role', certainty: 'proved' })
    expect(evidence).toMatchObject({
      documents: { accountSettings: { isHnsEnabled: false }, roles: [{ principalId: objectId }] },
      notes: [],
    })
  })
})

describe('the script for Alibaba Cloud', () => {
  const account = '9876543210987654'
  const bucket = 'acme-lake'
  const roleArn = `acs:ram::${account}:role/sluice-acme`
  const trust: PolicyDocument = {
    Version: '1',
    Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { RAM: [PLATFORM_ALIYUN_USER] } }],
  }

  it('proves what the policies of the role lack', async () => {
    const installation = await installed({
      name: 'acme',
      cloud: 'aliyun',
      method: 'role',
      auth: { roleArn, withoutExternalId: 'true' },
      locations: [`oss://${bucket}/data/`],
      purposes: ['import'],
    })
    const { aliyun } = installation.lab
    aliyun.createAccount(account, 'customer')
    aliyun.createBucket(account, { name: bucket, region: 'cn-beijing' })
    aliyun.putObject(bucket, 'data/a.csv', { body: 'a,b\n1,2\n' })
    aliyun.putPolicy(account, 'sluice-acme', {
      Version: '1',
      Statement: [{ Effect: 'Allow', Action: ['oss:ListObjects', 'oss:GetBucketInfo'], Resource: `acs:oss:*:*:${bucket}` }],
    })
    aliyun.putRole(account, { name: 'sluice-acme', trust })
    aliyun.attachRolePolicy(roleArn, { type: 'Custom', name: 'sluice-acme' })
    await client('aliyun', aliyunOf(installation.lab, account))
    const subject: EvidenceSubject = {
      cloud: 'aliyun',
      method: 'role',
      roleArn,
      location: `oss://${bucket}/data/`,
      access: ['list', 'read'],
    }
    const evidence = caseOfFile(await run(subject), subject)
    expect(evidence).toMatchObject({
      notes: [],
      documents: { bucketPolicy: { Statement: [] }, ramPolicies: [{ Version: '1' }], trustPolicy: trust },
    })
    const report = await diagnosed(installation, evidence)
    expect(report.findings[0]).toMatchObject({ cause: 'oss.ram.missing', certainty: 'proved' })
  })

  it('does not take another account’s word about the role', async () => {
    const installation = await startInstallation()
    open.push(installation)
    await client('aliyun', aliyunOf(installation.lab, '1111222233334444'))
    const subject: EvidenceSubject = { cloud: 'aliyun', roleArn, location: `oss://${bucket}/` }
    expect(caseOfFile(await run(subject), subject)['notes']).toContainEqual(
      expect.stringContaining('This was read in account 1111222233334444'),
    )
  })
})
