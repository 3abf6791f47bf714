import { isAccessError, type DiagnosisReport, type Json, type PolicyDocument, type Report, type Setup } from '@sluice/core'
import type { ConnectionInput } from '@sluice/service'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BUCKET, CUSTOMER_ACCOUNT, type Installation, startInstallation } from './support/installation.ts'

const ROLE = 'sluice-acme'
const signal = new AbortController().signal

const DRAFT: ConnectionInput = {
  name: 'acme',
  cloud: 'aws',
  method: 'role',
  auth: { accountId: CUSTOMER_ACCOUNT, roleName: ROLE },
  locations: [`s3://${BUCKET}/data/`],
  purposes: ['import'],
}

interface World {
  readonly installation: Installation
  readonly trust: PolicyDocument
  readonly policy: PolicyDocument
}

let world: World
beforeEach(async () => {
  const installation = await startInstallation()
  const { lab, connections, setups, caller } = installation
  lab.aws.createAccount(CUSTOMER_ACCOUNT, 'customer')
  lab.aws.createBucket(CUSTOMER_ACCOUNT, { name: BUCKET, region: 'us-west-2' })
  lab.aws.putObject(BUCKET, 'data/a.csv', { body: 'a,b\n1,2\n' })
  await connections.create(caller, DRAFT)
  const setup = await setups.forConnection(caller, DRAFT.name, {})
  world = { installation, trust: documentOf(setup, 'trust-policy'), policy: documentOf(setup, 'permission-policy') }
  apply(world.trust, world.policy)
})
afterEach(() => world.installation.close())

function documentOf(setup: Setup, id: string): PolicyDocument {
  const document: PolicyDocument = JSON.parse(setup.artifacts.find((artifact) => artifact.id === id)?.text ?? '{}')
  return document
}

function apply(trust: PolicyDocument, policy: PolicyDocument): void {
  world.installation.lab.aws.putRole(CUSTOMER_ACCOUNT, { name: ROLE, trust, policies: { [ROLE]: policy } })
}

function diagnose(options: { readonly write?: boolean; readonly evidence?: Json } = {}): Promise<DiagnosisReport> {
  const { diagnoses, caller } = world.installation
  return diagnoses.diagnose(caller, DRAFT.name, options, signal)
}

async function validate(): Promise<Report> {
  const { validations, caller } = world.installation
  for await (const event of validations.validate(caller, DRAFT.name, { waitSeconds: 0 }, signal))
    if (event.type === 'report') return event.report
  throw new Error('a validation ends with its report')
}

function changed(document: PolicyDocument, from: string | RegExp, to: string): PolicyDocument {
  const text = JSON.stringify(document)
  const after = text.replace(from, to)
  expect(after).not.toBe(text)
  return JSON.parse(after)
}

describe('a connection by role', () => {
  it('that works is left alone', async () => {
    const report = await diagnose()
    expect(report).toMatchObject({ verdict: 'ok', findings: [], capabilities: { assume: 'ok', list: 'ok', read: 'ok', write: 'skipped' } })
    expect(report.probes.length).toBeGreaterThan(2)
  })

  it('that may not list is told which folder to allow', async () => {
    apply(world.trust, changed(world.policy, 's3:ListBucket', 's3:GetBucketAcl'))
    const { findings } = await diagnose()
    expect(findings[0]?.remedy.summary).toMatch(/s3:prefix limited to data\/\*/)
  })

  it('is probed a few times in a minute at most', async () => {
    for (let time = 0; time < 6; time++) await diagnose()
    await expect(diagnose()).rejects.toMatchObject({ code: 'limited', reason: 'diagnosis.too_often' })
    world.installation.clock.advance(60_000)
    await diagnose()
  })

  it('says nothing of its external id or its session', async () => {
    const id = /sluice-[0-9a-f]{32}/.exec(JSON.stringify(world.trust))?.[0] ?? ''
    expect(id).not.toBe('')
    apply(changed(world.trust, id, 'another-id-1'), world.policy)
    const report = await diagnose()
    expect(JSON.stringify(report)).not.toContain(id)
    expect(JSON.stringify(report)).not.toMatch(/X-Amz-(Signature|Security-Token)/i)
  })

  it('tells what is behind a validation that fails, and nothing of one that holds', async () => {
    const healthy = await validate()
    expect(healthy.verdict).toBe('passed')
    expect(healthy.diagnosis).toBeUndefined()
    apply(world.trust, changed(world.policy, `${BUCKET}/data/*`, `${BUCKET}/data`))
    const broken = await validate()
    expect(broken).toMatchObject({ verdict: 'failed', diagnosis: { verdict: 'degraded', capabilities: { list: 'ok', read: 'denied' } } })
    expect(broken.diagnosis?.findings[0]?.affects).toEqual(['read'])
    const { validations, caller } = world.installation
    expect(await validations.history(caller, DRAFT.name, 1)).toEqual([broken])
  })

  it('leaves room for those who ask, however often its validation fails', async () => {
    apply(world.trust, changed(world.policy, 's3:GetObject', 's3:GetObjectAcl'))
    const explained: boolean[] = []
    for (let time = 0; time < 5; time++) explained.push((await validate()).diagnosis !== undefined)
    expect(explained).toEqual([true, true, true, false, false])
    expect((await diagnose()).verdict).toBe('degraded')
  })

  it.each([
    ['by probing', 0],
    ['by the answer alone where it was probed often enough', 6],
  ])('tells what is behind a query that is refused, %s', async (_, probed) => {
    const { stages, sql, caller, lab } = world.installation
    await stages.create(caller, { name: 'files', connection: DRAFT.name, url: `s3://${BUCKET}/data/` }, 'create')
    for (let time = 0; time < probed; time++) await diagnose()
    lab.aws.putBucketPolicy(BUCKET, {
      Version: '2012-10-17',
      Statement: [{ Sid: 'NoStrangers', Effect: 'Deny', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${BUCKET}/*` }],
    })
    const rows = async (text: string) => {
      for await (const result of sql.run(caller, { sql: text }, signal)) void result
    }
    const error: unknown = await rows("SELECT * FROM @files (FILE_FORMAT => 'csv')").catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'denied', context: { line: 1 } })
    if (!isAccessError(error)) throw error
    expect([error.context['cause'], ...String(error.context['alternatives'] ?? '').split(' ')]).toContain('aws.rp.deny')
    expect(error.remedy).toContain(`sluice connection diagnose ${DRAFT.name}`)
  })

  it('keeps no secret that was given for a name', async () => {
    const { diagnoses, store, caller } = world.installation
    const pasted = 'AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
    await expect(diagnoses.diagnose(caller, pasted, {}, signal)).rejects.toMatchObject({ code: 'not_found' })
    expect(JSON.stringify(await store.audit.list(caller.project, { limit: 50 }))).not.toContain(pasted)
  })
})
