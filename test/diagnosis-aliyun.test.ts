import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DiagnosisReport, PolicyDocument } from '@sluice/core'
import { type AliyunCredentials, type Lab, startLab } from '@sluice/lab'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readConfig } from '../apps/server/src/config/config.ts'
import { type RunningServer, startServer } from '../apps/server/src/start.ts'
import { applyPatch } from '../packages/core/test/apply-patch.ts'
import { artifactText } from './support/artifacts.ts'
import { commandLineOf } from './support/command-line.ts'
import { BUCKET, PLATFORM_ALIYUN_ACCOUNT, PLATFORM_ALIYUN_USER } from './support/installation.ts'
import { replacing } from './support/policy-edits.ts'

const CUSTOMER = '9876543210987654'
const LOCATION = `oss://${BUCKET}/data/`

let folder: string
let lab: Lab
let server: RunningServer
let own: AliyunCredentials
let sluice: ReturnType<typeof commandLineOf>
let connections = 0

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-aliyun-'))
  lab = await startLab()
  const { aliyun } = lab
  aliyun.putUser(PLATFORM_ALIYUN_ACCOUNT, { name: 'sluice', attached: ['AliyunSTSAssumeRoleAccess'] })
  own = aliyun.createAccessKey(PLATFORM_ALIYUN_ACCOUNT, 'sluice')
  aliyun.createAccount(CUSTOMER, 'customer')
  aliyun.createBucket(CUSTOMER, { name: BUCKET, region: 'cn-beijing' })
  aliyun.putObject(BUCKET, 'data/a.csv', { body: 'a,b\n1,2\n' })
  const environment = {
    SLUICE_DATA_DIR: folder,
    SLUICE_PORT: '0',
    SLUICE_LOG_LEVEL: 'silent',
    SLUICE_SHUTDOWN_SECONDS: '0',
    SLUICE_ALIYUN_PRINCIPAL_ARN: PLATFORM_ALIYUN_USER,
    ALIBABA_CLOUD_ACCESS_KEY_ID: own.accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: own.accessKeySecret,
    SLUICE_ROUTES: `*.aliyuncs.com=${lab.url}`,
  }
  server = await startServer(readConfig(environment))
  sluice = commandLineOf(server)
})
afterAll(async () => {
  await server.close()
  await lab.close()
  await rm(folder, { recursive: true, force: true })
})

/** A connection, and its role as its own setup makes it. */
interface Connected {
  readonly name: string
  readonly roleArn: string
  readonly trust: PolicyDocument
  readonly policy: PolicyDocument
}

let connected: Connected
beforeEach(async () => {
  connections += 1
  const name = `acme-${connections}`
  const purposes = ['--purpose', 'import', '--purpose', 'backup']
  const role = ['--method', 'role', '--account-id', CUSTOMER]
  expect(await sluice(['connection', 'create', name, '--location', LOCATION, ...purposes, ...role])).toMatchObject({ exit: 0 })
  const { artifacts }: { readonly artifacts: readonly { readonly id: string; readonly text: string }[] } = JSON.parse(
    (await sluice(['connection', 'setup', name, '--json'])).out,
  )
  const documentOf = (id: string): PolicyDocument => JSON.parse(artifactText({ artifacts }, id))
  const [trust, policy] = [documentOf('trust-policy'), documentOf('permission-policy')]
  const roleArn = lab.aliyun.putRole(CUSTOMER, { name: `sluice-${name}`, trust, policies: { [name]: policy } })
  connected = { name, roleArn, trust, policy }
})

/** What `sluice connection diagnose NAME` answers to programs. */
async function diagnosed(words: readonly string[] = []): Promise<DiagnosisReport & { readonly exit: number }> {
  const { exit, out } = await sluice(['connection', 'diagnose', connected.name, '--json', ...words])
  const report: DiagnosisReport = JSON.parse(out)
  return { ...report, exit }
}

/** A file as a customer sends it. */
async function evidence(documents: { readonly [name: string]: unknown }): Promise<string> {
  const file = join(folder, `${connected.name}.json`)
  await writeFile(file, JSON.stringify({ cloud: 'aliyun', documents }))
  return file
}

describe('sluice connection diagnose, of a RAM role', () => {
  it('leaves alone what works, and leaves nothing behind', async () => {
    const report = await diagnosed(['--write'])
    expect(report).toMatchObject({
      exit: 0,
      verdict: 'ok',
      findings: [],
      capabilities: { assume: 'ok', list: 'ok', read: 'ok', write: 'ok' },
    })
    expect(lab.aliyun.listKeys(BUCKET)).toEqual(['data/a.csv'])
  })

  it('says what is missing, to people and in their language, and proves the change with the policy', async () => {
    const broken = replacing('"oss:GetObject",', '')(connected.policy)
    lab.aliyun.putPolicy(CUSTOMER, connected.name, broken)
    const { exit, out } = await sluice(['connection', 'diagnose', connected.name])
    expect(exit).toBe(1)
    expect(out).toMatch(/The RAM policies do not allow this +oss\.ram\.missing · the cloud says so/)
    expect(out).toContain('oss:GetObject')
    expect((await sluice(['connection', 'diagnose', connected.name, '--language', 'zh'])).out).toContain('RAM 策略没有允许该操作')

    const inside = await diagnosed(['--evidence', await evidence({ ramPolicies: [broken] })])
    const [finding] = inside.findings
    expect(finding).toMatchObject({ cause: 'oss.ram.missing', certainty: 'proved', remedy: { document: 'documents.ramPolicies[0]' } })
    expect(finding?.remedy.command).toContain('aliyun ram')
    expect(finding?.remedy.terraform).toContain('alicloud_ram_policy')
    lab.aliyun.putPolicy(CUSTOMER, connected.name, applyPatch(broken, finding?.remedy.patch ?? []) as PolicyDocument) // of a policy
    expect(await diagnosed()).toMatchObject({ exit: 0, verdict: 'ok', findings: [] })
  })

  it('is one of a group where STS says no more, and proves which with the trust policy, without telling the external id', async () => {
    const [id = ''] = /sluice-[0-9a-f]{32}/.exec(JSON.stringify(connected.trust)) ?? []
    const broken = replacing(id, 'an-id-of-somebody-else')(connected.trust)
    lab.aliyun.setTrust(connected.roleArn, broken)
    const outside = await diagnosed()
    expect(outside).toMatchObject({ exit: 1, verdict: 'blocked', capabilities: { assume: 'denied' } })
    expect(outside.findings[0]).toMatchObject({ cause: 'oss.trust', certainty: 'group', alternatives: ['oss.extid'] })
    expect(outside.cannotTell[0]?.settle?.command).toContain('aliyun ram GetRole')

    const inside = await diagnosed(['--evidence', await evidence({ trustPolicy: broken })])
    expect(inside.findings[0]).toMatchObject({ cause: 'oss.extid', certainty: 'proved' })
    expect(JSON.stringify(outside)).not.toContain(id)
    // The change itself has to say it.
    expect(JSON.stringify(inside).replace(JSON.stringify(inside.findings[0]?.remedy.patch), '')).not.toContain(id)
    for (const report of [outside, inside]) expect(JSON.stringify(report)).not.toContain(own.accessKeySecret)
  })

  it('tells a policy of the bucket from one of the role', async () => {
    const denying = {
      Version: '1',
      Statement: [{ Effect: 'Deny', Principal: ['*'], Action: ['oss:PutObject'], Resource: [`acs:oss:*:*:${BUCKET}/*`] }],
    }
    lab.aliyun.putBucketPolicy(BUCKET, denying)
    try {
      expect(await diagnosed()).toMatchObject({ exit: 0, capabilities: { write: 'skipped' } })
      const inside = await diagnosed(['--write', '--evidence', await evidence({ bucketPolicy: denying, ramPolicies: [connected.policy] })])
      expect(inside.findings[0]).toMatchObject({
        cause: 'oss.bp.deny',
        certainty: 'proved',
        affects: ['write'],
        remedy: { who: 'data-owner' },
      })
    } finally {
      lab.aliyun.putBucketPolicy(BUCKET, undefined)
    }
  })
})

describe('sluice connection diagnose, of an AccessKey', () => {
  it('says that it is disabled, and nothing of its secret', async () => {
    const { aliyun } = lab
    aliyun.putUser(CUSTOMER, { name: 'reader', policies: { reader: connected.policy } })
    const key = aliyun.createAccessKey(CUSTOMER, 'reader')
    const keyed = ['--method', 'keys', '--access-key-id', key.accessKeyId, '--access-key-secret', '-']
    const made = await sluice(
      ['connection', 'create', 'keyed', '--location', LOCATION, '--purpose', 'import', ...keyed],
      key.accessKeySecret,
    )
    expect(made).toMatchObject({ exit: 0 })
    expect(await sluice(['connection', 'diagnose', 'keyed'])).toMatchObject({ exit: 0 })
    aliyun.setAccessKeyStatus(key.accessKeyId, 'Inactive')
    const { exit, out } = await sluice(['connection', 'diagnose', 'keyed'])
    expect([exit, out]).toEqual([1, expect.stringMatching(/oss\.key · the cloud says so/)])
    expect(out).not.toContain(key.accessKeySecret)
  })
})
