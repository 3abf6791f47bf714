import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  caseOfAnswers,
  diagnoseCase,
  evidenceScript,
  LANGUAGES,
  type EvidenceSubject,
  type JsonObject,
  type PolicyDocument,
} from '@sluice/core'
import { type Lab, type LabCredentials, startLab } from '@sluice/lab'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runClient } from '../apps/cli/src/evidence/client-run.ts'
import { readWithClient } from '../apps/cli/src/evidence/read-with-client.ts'
import { commandLineOf } from './support/command-line.ts'

const PLATFORM = '123456789012'
const CUSTOMER = '987654321987'
const BUCKET = 'test-bucket-123'
const REGION = 'us-west-2'
const ASSUMER = `arn:aws:iam::${PLATFORM}:role/sluice`
const ROLE = `arn:aws:iam::${CUSTOMER}:role/data/acme`
const ADMIN = 'arn:aws:iam::aws:policy/AdministratorAccess'

const SUBJECT: EvidenceSubject = {
  cloud: 'aws',
  method: 'role',
  principal: ASSUMER,
  roleArn: ROLE,
  location: `s3://${BUCKET}/data/`,
  access: ['list', 'read'],
}

const policy = (...statements: readonly JsonObject[]): PolicyDocument => ({ Version: '2012-10-17', Statement: statements })
const TRUST = policy({ Effect: 'Allow', Principal: { AWS: ASSUMER }, Action: 'sts:AssumeRole' })
const READS = policy(
  { Effect: 'Allow', Action: 's3:ListBucket', Resource: `arn:aws:s3:::${BUCKET}` },
  { Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::${BUCKET}/data/*` },
)

const DENY = policy({ Effect: 'Deny', Principal: { AWS: ROLE }, Action: 's3:GetObject', Resource: `arn:aws:s3:::${BUCKET}/*` })
/** The client takes a second to start, and is started once for every read. */
const SLOW = { timeout: 300_000 }

let lab: Lab
let admin: LabCredentials
let key: string
let folder: string
beforeEach(async () => {
  lab = await startLab()
  const { aws } = lab
  aws.createAccount(PLATFORM)
  aws.putRole(PLATFORM, {
    name: 'sluice',
    trust: policy({ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }),
  })
  aws.putUser(CUSTOMER, { name: 'admin', attached: [ADMIN] })
  admin = aws.createAccessKey(CUSTOMER, 'admin')
  key = aws.putKey({ accountId: CUSTOMER, region: REGION })
  aws.createBucket(CUSTOMER, { name: BUCKET, region: REGION })
  apply()
  folder = mkdtempSync(join(tmpdir(), 'sluice-evidence-'))
  mkdirSync(join(folder, 'bin'))
  // The client of Debian does not read the endpoint from the environment.
  writeFileSync(join(folder, 'bin/aws'), `#!/bin/sh\nexec /usr/bin/aws --endpoint-url ${lab.url} "$@"\n`)
  chmodSync(join(folder, 'bin/aws'), 0o755)
})
afterEach(async () => {
  await lab.close()
  rmSync(folder, { recursive: true, force: true })
})

function apply(trust = TRUST, reads = READS): void {
  lab.aws.putRole(CUSTOMER, {
    name: 'acme',
    path: '/data/',
    trust,
    attached: [lab.aws.putPolicy(CUSTOMER, { name: 'reads', document: reads })],
  })
}

const environment = (credentials: LabCredentials) => ({
  PATH: `${folder}/bin:/usr/bin:/bin`,
  HOME: folder,
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  AWS_DEFAULT_REGION: REGION,
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_MAX_ATTEMPTS: '1',
})

/** Runs the script as a customer does, and gives the file that it leaves. */
async function runScript(credentials = admin, subject = SUBJECT): Promise<{ readonly text: string; readonly told: string }> {
  const path = join(folder, 'read.sh')
  writeFileSync(path, evidenceScript(subject))
  const told = await new Promise<string>((resolve, reject) => {
    execFile('/bin/sh', [path], { cwd: folder, env: environment(credentials) }, (error, out, errors) =>
      error === null ? resolve(out + errors) : reject(new Error(errors, { cause: error })),
    )
  })
  const left = readdirSync(folder).filter((name) => name.startsWith('sluice-evidence'))
  expect(left).toHaveLength(1)
  const file = join(folder, left[0] ?? '')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const text = readFileSync(file, 'utf8')
  rmSync(file)
  return { text, told }
}

/** `sluice diagnose --case FILE` of what the script wrote. */
async function diagnosed(text: string) {
  const path = join(folder, 'given.txt')
  writeFileSync(path, text)
  const sluice = commandLineOf({ url: 'http://127.0.0.1:9', token: '' })
  return JSON.parse((await sluice(['diagnose', '--case', path, '--json'])).out)
}

describe('the script with the AWS CLI', () => {
  it('shows that nothing is wrong with what is right, and writes down no secret', SLOW, async () => {
    const { text, told } = await runScript()
    expect(await diagnosed(text)).toMatchObject({
      verdict: 'ok',
      findings: [],
      notes: [expect.stringContaining('s3control get-public-access-block')],
    })
    expect(told).toContain('aws iam get-role --role-name=acme')
    expect(text + told).not.toContain(admin.secretAccessKey)
  })

  it('proves a trust policy that names another, and a bucket policy that denies', SLOW, async () => {
    apply(policy({ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${CUSTOMER}:user/admin` }, Action: 'sts:AssumeRole' }))
    lab.aws.putBucketPolicy(BUCKET, DENY)
    const { findings } = await diagnosed((await runScript()).text)
    expect(findings).toMatchObject([
      { cause: 'aws.sts.trust_principal', certainty: 'proved' },
      { cause: 'aws.rp.deny', certainty: 'proved' },
    ])
  })

  it('proves an attached policy that lacks its last star, and a key policy that lets nobody in', SLOW, async () => {
    const buckets = [`arn:aws:s3:::${BUCKET}`, `arn:aws:s3:::${BUCKET}/data`]
    apply(TRUST, policy({ Effect: 'Allow', Action: ['s3:ListBucket', 's3:GetObject'], Resource: buckets }))
    lab.aws.putRolePolicy(ROLE, 'key', policy({ Effect: 'Allow', Action: 'kms:Decrypt', Resource: key }))
    lab.aws.deleteBucket(BUCKET)
    lab.aws.createBucket(CUSTOMER, { name: BUCKET, region: REGION, encryption: { algorithm: 'aws:kms', kmsKeyArn: key } })
    const admins = { AWS: `arn:aws:iam::${CUSTOMER}:user/admin` }
    lab.aws.setKeyPolicy(key, policy({ Effect: 'Allow', Principal: admins, Action: 'kms:*', Resource: '*' }))
    const { text } = await runScript()
    const { findings } = await diagnosed(text)
    expect(findings[0]).toMatchObject({ cause: 'aws.id.object_arn', certainty: 'proved' })
    // After its repair, the second.
    apply()
    lab.aws.putRolePolicy(ROLE, 'key', policy({ Effect: 'Allow', Action: 'kms:Decrypt', Resource: key }))
    const again = await diagnosed((await runScript()).text)
    expect(again.findings[0]).toMatchObject({ cause: 'aws.kms.key_policy', certainty: 'proved' })
  })

  it('does not take another account’s word about the role', SLOW, async () => {
    lab.aws.putUser('111122223333', { name: 'auditor', attached: [ADMIN] })
    const { text } = await runScript(lab.aws.createAccessKey('111122223333', 'auditor'))
    const report = await diagnosed(text)
    expect(report.findings).toEqual([])
    expect(report.notes.join('\n')).toContain('This was read in account 111122223333')
  })

  it('takes that the role is not there as an answer, and goes on where reads are refused', SLOW, async () => {
    lab.aws.deleteRole(ROLE)
    lab.aws.putUser(CUSTOMER, { name: 'half', policies: { half: policy({ Effect: 'Allow', Action: 'iam:*', Resource: '*' }) } })
    const report = await diagnosed((await runScript(lab.aws.createAccessKey(CUSTOMER, 'half'))).text)
    expect(report.notes.join('\n')).toMatch(/refused: aws s3api get-bucket-policy .*AccessDenied/)
    expect(report.findings).toMatchObject([{ cause: 'aws.sts.role_missing', certainty: 'strong' }])
  })
})

describe('the scripts', () => {
  const subjects: readonly EvidenceSubject[] = [
    { ...SUBJECT, keys: ['arn:aws:kms:us-west-2:987654321987:key/1234abcd'], location: `s3://${BUCKET}/it's "one" object` },
    { cloud: 'aws', principal: `arn:aws:iam::${CUSTOMER}:user/them`, location: `s3://${BUCKET}/` },
    { cloud: 'aws', accessKeyId: 'AKIAIOSFODNN7EXAMPLE', location: 'arn:aws:s3:us-west-2:987654321987:accesspoint/lake' },
    { cloud: 'gcp', principal: 'loader@acme-data.iam.gserviceaccount.com', location: 'gs://acme-lake/data/' },
    { cloud: 'azure', clientId: '22222222-2222-4222-8222-222222222222', location: 'https://lakedata.blob.core.windows.net/landing/a b/c/' },
    { cloud: 'aliyun', roleArn: 'acs:ram::9876543210987654:role/acme', location: 'oss://acme-lake/data/', region: 'cn-beijing' },
    { cloud: 'aliyun', principal: 'acs:ram::9876543210987654:user/them' },
  ]

  it.each(subjects.flatMap((one) => LANGUAGES.map((language) => [one.cloud, language, one] as const)))(
    'for %s in %s are as shellcheck wants them',
    async (_, language, subject) => {
      const path = join(folder, 'read.sh')
      writeFileSync(path, evidenceScript(subject, language))
      const words = ['shellcheck', '--shell=sh', '--enable=all', '--exclude=SC2250,SC2310,SC2312', path]
      const { PATH } = environment(admin)
      expect(await runClient(words, { PATH }, new AbortController().signal)).toEqual({ status: 0, text: '' })
    },
  )
})

describe('the client on this machine', () => {
  it('reads with a profile what the script reads', SLOW, async () => {
    lab.aws.putBucketPolicy(BUCKET, DENY)
    mkdirSync(join(folder, '.aws'))
    writeFileSync(
      join(folder, '.aws/credentials'),
      `[audit]\naws_access_key_id = ${admin.accessKeyId}\naws_secret_access_key = ${admin.secretAccessKey}\n`,
    )
    const { PATH, HOME, AWS_DEFAULT_REGION } = environment(admin)
    const told: string[] = []
    const deps = { environment: { PATH, HOME, AWS_DEFAULT_REGION }, run: runClient, tell: (line: string) => void told.push(line) }
    const answers = await readWithClient(SUBJECT, { profile: 'audit' }, deps, new AbortController().signal)
    expect(diagnoseCase(caseOfAnswers(SUBJECT, answers)).findings[0]).toMatchObject({ cause: 'aws.rp.deny', certainty: 'proved' })
    expect(told.join('')).toContain('read  aws s3api get-bucket-policy')
    const nobody = readWithClient(SUBJECT, { profile: 'nobody' }, deps, new AbortController().signal)
    await expect(nobody).rejects.toMatchObject({ reason: 'evidence.not_signed_in' })
  })

  it('reads as a role of the customer’s, its session in the environment alone', SLOW, async () => {
    const auditor = lab.aws.putRole(CUSTOMER, {
      name: 'auditor',
      trust: policy({ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${CUSTOMER}:user/admin` }, Action: 'sts:AssumeRole' }),
      attached: [ADMIN],
    })
    const run: typeof runClient = (words, env, signal) => {
      expect(words.join(' ')).not.toContain(env['AWS_SECRET_ACCESS_KEY'])
      return runClient(words, env, signal)
    }
    const deps = { environment: environment(admin), run, tell: () => undefined }
    const answers = await readWithClient(SUBJECT, { role: auditor }, deps, new AbortController().signal)
    expect([...answers.values()].find(({ text }) => text.includes('assumed-role/auditor'))).toBeDefined()
    expect(diagnoseCase(caseOfAnswers(SUBJECT, answers)).verdict).toBe('ok')
  })
})
