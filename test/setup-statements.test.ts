import type { CheckName, Report, Setup } from '@sluice/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { collect } from './support/collect.ts'
import { BUCKET, CUSTOMER_ACCOUNT, type Installation, startInstallation } from './support/installation.ts'

const REGION = 'us-west-2'
const signal = new AbortController().signal

let installation: Installation
let key: string

beforeEach(async () => {
  installation = await startInstallation()
  const { aws } = installation.lab
  key = aws.putKey({ accountId: CUSTOMER_ACCOUNT, region: REGION })
  aws.createBucket(CUSTOMER_ACCOUNT, { name: BUCKET, region: REGION })
  aws.configureBucket(BUCKET, { encryption: { algorithm: 'aws:kms', kmsKeyArn: key } })
  for (const name of ['data/a.csv', 'other/b.csv']) aws.putObject(BUCKET, name, { body: 'a,b\n1,2\n' })
})
afterEach(() => installation.close())

type Template = {
  readonly Resources: { readonly [id: string]: { readonly Properties: { readonly PolicyDocument?: { Statement: Statement[] } } } }
}
type Statement = { readonly Sid: string; readonly Action: readonly string[] }

/** Makes a connection that may do everything in a folder under a key, and has its template applied as it is changed; then validates. */
async function validate(method: string, change: (template: Template) => Template): Promise<Report> {
  const { connections, setups, validations, caller, lab } = installation
  const auth = method === 'keys' ? {} : { accountId: CUSTOMER_ACCOUNT }
  const settings = { region: REGION, kmsReadKeys: [key], kmsWriteKeys: [key] }
  const locations = [`s3://${BUCKET}/data/`]
  await connections.create(caller, { name: 'acme', cloud: 'aws', method, auth, locations, purposes: ['backup'], settings })
  lab.aws.applyTemplate(CUSTOMER_ACCOUNT, JSON.stringify(change(templateOf(await setups.forConnection(caller, 'acme', {})))), {}, REGION)
  if (method === 'keys') {
    const { accessKeyId, secretAccessKey } = lab.aws.createAccessKey(CUSTOMER_ACCOUNT, 'sluice-acme')
    await connections.update(caller, 'acme', { auth: { accessKeyId, secretAccessKey } })
  }
  const events = await collect(validations.validate(caller, 'acme', { waitSeconds: 0 }, signal))
  const last = events.at(-1)
  if (last?.type !== 'report') throw new Error('no report')
  return last.report
}

function templateOf(setup: Setup): Template {
  return JSON.parse(setup.artifacts.find(({ id }) => id === 'cloudformation')?.text ?? '')
}

/** The template with its permission policy as `change` leaves it. */
const permitting = (change: (statements: readonly Statement[]) => readonly Statement[]) => (template: Template) => {
  const document = template.Resources['Policy']?.Properties.PolicyDocument
  if (document === undefined) throw new Error('the template has no policy')
  const before = JSON.stringify(document.Statement)
  document.Statement = [...change(document.Statement)]
  expect(JSON.stringify(document.Statement)).not.toBe(before)
  return template
}

const without = (sid: string) => permitting((statements) => statements.filter(({ Sid }) => Sid !== sid))
const withoutAction = (action: string) =>
  permitting((statements) => statements.map((statement) => ({ ...statement, Action: statement.Action.filter((one) => one !== action) })))

const failedOf = (report: Report): readonly CheckName[] =>
  report.checks.flatMap((check) => (check.status === 'failed' && check.severity === 'required' ? [check.name] : []))

describe.each(['role', 'oidc', 'keys'])('the template for %s', (method) => {
  it('is all that a validation needs', async () => {
    const report = await validate(method, (template) => template)
    expect(report.checks.filter(({ status }) => status === 'failed' || status === 'inconclusive')).toEqual([])
    expect(report.verdict).toBe('passed')
  })

  it.each<[string, CheckName]>([
    ['List', 'lists-under-prefix'],
    ['ReadWriteDeleteObjects', 'reads-object'],
    ['EncryptObjects', 'encryption-key-usable'],
  ])('without its statement %s fails %s', async (sid, name) => {
    expect(failedOf(await validate(method, without(sid)))).toEqual([name])
  })

  it.each<[string, CheckName]>([
    ['s3:GetObject', 'reads-object'],
    ['s3:PutObject', 'writes-object'],
    ['s3:DeleteObject', 'deletes-object'],
    ['kms:Decrypt', 'encryption-key-usable'],
    ['kms:GenerateDataKey', 'encryption-key-usable'],
  ])('without the action %s fails %s', async (action, name) => {
    expect(failedOf(await validate(method, withoutAction(action)))).toEqual([name])
  })

  it('without the right to abort an upload passes with a note, for the upload is completed instead', async () => {
    const report = await validate(method, withoutAction('s3:AbortMultipartUpload'))
    expect(report.verdict).toBe('passed')
    expect(report.checks.find(({ name }) => name === 'writes-object')).toMatchObject({
      note: expect.stringContaining('s3:AbortMultipartUpload'),
    })
    expect(installation.lab.aws.openUploads(BUCKET)).toEqual([])
  })

  it('names the region for whoever asks, which we do not: we learn it without leave', async () => {
    expect((await validate(method, without('LocateBuckets'))).verdict).toBe('passed')
  })
})

/** The template as text, with one thing in it written otherwise. */
const rewritten = (from: string | RegExp, to: string) => (template: Template) => {
  const before = JSON.stringify(template)
  const after = before.replace(from, to)
  expect(after).not.toBe(before)
  return JSON.parse(after)
}

describe('the trust in a template', () => {
  it.each<[string, string, string | RegExp, string, CheckName]>([
    [
      'role',
      'with another external id',
      /"StringEquals":\{"sts:ExternalId":\{"Ref":"ExternalId"\}\}/,
      '"StringEquals":{"sts:ExternalId":"another"}',
      'trust-accepts-us',
    ],
    [
      'role',
      'without its condition',
      '"sts:ExternalId":{"Ref":"ExternalId"}',
      '"aws:SecureTransport":"true"',
      'trust-refuses-missing-external-id',
    ],
    ['oidc', 'without the identity provider', '"Default":"yes"', '"Default":"no"', 'trust-accepts-us'],
    ['oidc', 'for another subject', '"Ref":"TokenSubject"', '"Fn::Sub":"${TokenSubject}2"', 'trust-accepts-us'],
    ['oidc', 'without the subject', /,"sluice\.example\.com:sub":\{"Ref":"TokenSubject"\}/, '', 'trust-refuses-wrong-subject'],
    [
      'oidc',
      'for another audience',
      /"sluice\.example\.com:aud":\{"Ref":"TokenAudience"\}/,
      '"sluice.example.com:aud":"another"',
      'trust-accepts-us',
    ],
  ])('of a %s %s fails', async (method, _how, from, to, name) => {
    expect(failedOf(await validate(method, rewritten(from, to)))).toEqual([name])
  })
})
