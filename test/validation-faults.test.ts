import type { Check, Report } from '@sluice/core'
import type { FaultEffect } from '@sluice/lab'
import { afterEach, describe, expect, it } from 'vitest'
import { BUCKET, CUSTOMER_ACCOUNT, type Installation, type InstallationOptions, startInstallation } from './support/installation.ts'

const ROLE = 'sluice-acme'
const signal = new AbortController().signal

let installation: Installation
afterEach(() => installation.close())

/** A connection that may do everything, set up as asked; `open` lets the role be assumed without any id. */
async function start(options: InstallationOptions = {}, open = false): Promise<void> {
  installation = await startInstallation(options)
  const { connections, setups, caller, lab } = installation
  lab.aws.createBucket(CUSTOMER_ACCOUNT, { name: BUCKET, region: 'us-west-2' })
  lab.aws.putObject(BUCKET, 'data/a.csv', { body: 'a,b\n1,2\n' })
  await connections.create(caller, {
    name: 'acme',
    cloud: 'aws',
    method: 'role',
    auth: { accountId: CUSTOMER_ACCOUNT, roleName: ROLE },
    locations: [`s3://${BUCKET}/data/`],
    purposes: ['import', 'backup'],
  })
  const setup = await setups.forConnection(caller, 'acme', {})
  const trust = JSON.parse(setup.artifacts.find((artifact) => artifact.id === 'trust-policy')?.text ?? '')
  if (open) for (const statement of trust.Statement) delete statement.Condition
  lab.aws.putRole(CUSTOMER_ACCOUNT, {
    name: ROLE,
    trust,
    policies: { [ROLE]: JSON.parse(setup.artifacts.find((artifact) => artifact.id === 'permission-policy')?.text ?? '') },
  })
}

async function validate(): Promise<Report> {
  for await (const event of installation.validations.validate(installation.caller, 'acme', { waitSeconds: 0 }, signal))
    if (event.type === 'report') return event.report
  throw new Error('no report')
}

function row(report: Report, name: string): Check {
  const found = report.checks.find((check) => check.name === name)
  if (found === undefined) throw new Error(`no check ${name}`)
  return found
}

/** Every request a validation makes, and the checks that rest on it. */
const PROBES: readonly (readonly [operation: string, checks: readonly string[]])[] = [
  ['sts.GetCallerIdentity', ['platform-identity-works']],
  ['sts.AssumeRole', ['trust-accepts-us']],
  ['s3.HeadBucket', ['bucket-is-the-expected-one', 'region-matches']],
  ['s3.ListObjectsV2', ['lists-under-prefix', 'lease-refuses-listing-outside']],
  ['s3.GetObject', ['reads-object', 'lease-refuses-reading-outside']],
  ['s3.PutObject', ['writes-object']],
  ['s3.CreateMultipartUpload', ['writes-object']],
  ['s3.UploadPart', ['writes-object', 'lease-refuses-writing-outside']],
  ['s3.AbortMultipartUpload', ['writes-object']],
  ['s3.DeleteObject', ['deletes-object']],
]

const EFFECTS: readonly (readonly [name: string, effect: FaultEffect])[] = [
  ['503 SlowDown', { kind: 'error', status: 503, code: 'SlowDown' }],
  ['500 InternalError', { kind: 'error', status: 500, code: 'InternalError' }],
  ['a reset', { kind: 'reset' }],
  ['a time-out', { kind: 'hang' }],
  ['403 for the clock', { kind: 'error', status: 403, code: 'RequestTimeTooSkewed' }],
  ['403 for the account', { kind: 'error', status: 403, code: 'AllAccessDisabled' }],
]

/** Only what never answers has to be waited for; everything else has all the time a busy machine takes. */
const patience = (effect: FaultEffect): InstallationOptions => ({ transport: { responseTimeoutMs: effect.kind === 'hang' ? 400 : 10_000 } })

describe.each(EFFECTS)('%s', (_, effect) => {
  it.each(PROBES)('at %s is inconclusive, never passed, never failed', async (operation, checks) => {
    await start(patience(effect))
    installation.lab.faults.add({ operation, effect })
    const report = await validate()
    expect(report.checks.filter((check) => check.status === 'failed')).toEqual([])
    for (const name of checks) expect({ [name]: row(report, name).status }).not.toEqual({ [name]: 'passed' })
    expect(report.checks.some((check) => check.status === 'inconclusive')).toBe(true)
    expect(report.verdict).toBe('inconclusive')
    expect(await installation.connections.get(installation.caller, 'acme')).not.toMatchObject({ state: 'ready' })
  })
})

describe('a refusal that is none', () => {
  it.each(EFFECTS)('%s at the attempts without and with a wrong id does not pass for one', async (_, effect) => {
    await start(patience(effect), true)
    // The first two assume the role as they should: the trust check and the lease.
    let seen = 0
    installation.lab.faults.add({
      operation: 'sts.AssumeRole',
      effect,
      when: () => {
        seen += 1
        return seen > 2
      },
    })
    const report = await validate()
    expect(row(report, 'trust-accepts-us').status).toBe('passed')
    expect(row(report, 'trust-refuses-missing-external-id').status).toBe('inconclusive')
    expect(row(report, 'trust-refuses-wrong-external-id').status).toBe('skipped')
  })

  it.each(EFFECTS)('%s outside the prefix does not pass for one', async (_, effect) => {
    await start(patience(effect))
    installation.lab.faults.add({ operation: 's3.*', effect, keyPrefix: 'sluice-outside' })
    const report = await validate()
    expect(row(report, 'lease-refuses-reading-outside').status).toBe('inconclusive')
    expect(row(report, 'lease-refuses-writing-outside').status).toBe('inconclusive')
    expect(row(report, 'reads-object').status).toBe('passed')
  })
})

it('takes a name that does not resolve for inconclusive', async () => {
  await start({
    withoutRoutes: true,
    transport: { resolve: (host, done) => done(Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' }), []) },
  })
  const report = await validate()
  expect(report.checks.filter((check) => check.status === 'failed')).toEqual([])
  expect(row(report, 'trust-accepts-us').status).toBe('inconclusive')
  expect(report.verdict).toBe('inconclusive')
})

it('takes a body that ends too early for inconclusive', async () => {
  await start()
  installation.lab.faults.add({ operation: 's3.ListObjectsV2', effect: { kind: 'truncate', afterBytes: 20 } })
  const report = await validate()
  expect(row(report, 'lists-under-prefix').status).toBe('inconclusive')
  expect(report.checks.filter((check) => check.status === 'failed')).toEqual([])
})
