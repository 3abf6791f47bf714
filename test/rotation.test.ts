import { createRotations, type Rotation, type RotationRequest } from '@sluice/service'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BUCKET, CUSTOMER_ACCOUNT, type Installation, startInstallation } from './support/installation.ts'

const signal = new AbortController().signal
const USER = 'sluice-legacy'
let installation: Installation

beforeEach(async () => {
  installation = await startInstallation()
  const { aws } = installation.lab
  aws.createBucket(CUSTOMER_ACCOUNT, { name: BUCKET, region: 'us-west-2' })
  aws.putObject(BUCKET, 'data/a.csv', { body: 'a,b\n1,2\n' })
  aws.putUser(CUSTOMER_ACCOUNT, { name: USER, policies: { all: policy(['s3:ListBucket', 's3:GetObject']) } })
  const { connections, stages, caller } = installation
  const input = { name: 'legacy', cloud: 'aws', method: 'keys', locations: [`s3://${BUCKET}/data/`], purposes: ['import'] } as const
  await connections.create(caller, { ...input, auth: newKeys() })
  await stages.create(caller, { name: 'files', connection: 'legacy', url: `s3://${BUCKET}/data/` }, 'create')
})
afterEach(() => installation.close())

function policy(actions: readonly string[]) {
  return { Version: '2012-10-17' as const, Statement: [{ Effect: 'Allow' as const, Action: [...actions], Resource: '*' }] }
}

function newKeys(user = USER) {
  const { accessKeyId, secretAccessKey } = installation.lab.aws.createAccessKey(CUSTOMER_ACCOUNT, user)
  return { accessKeyId, secretAccessKey }
}

async function rotate(request: RotationRequest): Promise<Rotation> {
  const { deps, leases, caller } = installation
  for await (const event of createRotations(deps, leases).rotate(caller, 'legacy', request, signal))
    if (event.type === 'rotation') return event.rotation
  throw new Error('no rotation')
}

async function cells(): Promise<unknown> {
  const results = []
  for await (const { rows } of installation.sql.run(installation.caller, { sql: 'SELECT a, b FROM @files/a.csv' }, signal))
    results.push(rows)
  return results
}

describe('the keys of a connection', () => {
  it('are replaced by new ones that pass, and queries go on', async () => {
    const keys = newKeys()
    expect(await cells()).toEqual([[[1, 2]]])
    expect(await rotate({ auth: keys })).toMatchObject({
      outcome: 'switched',
      connection: { auth: { fields: { accessKeyId: keys.accessKeyId } } },
    })
    expect(await cells()).toEqual([[[1, 2]]])
  })

  it('stay when the new ones may not read, until they may', async () => {
    const { aws } = installation.lab
    aws.putUser(CUSTOMER_ACCOUNT, { name: 'other', policies: { list: policy(['s3:ListBucket']) } })
    const rotation = await rotate({ auth: newKeys('other') })
    expect(rotation.outcome).toBe('kept')
    expect(rotation.report.checks.find((check) => check.status === 'failed')).toMatchObject({ name: 'reads-object' })
    expect(await cells()).toEqual([[[1, 2]]])
    aws.putUser(CUSTOMER_ACCOUNT, { name: 'other', policies: { all: policy(['s3:ListBucket', 's3:GetObject']) } })
    expect((await rotate({})).outcome).toBe('switched')
    expect(await cells()).toEqual([[[1, 2]]])
  })

  it('stay when the new ones were copied wrongly', async () => {
    const rotation = await rotate({ auth: { ...newKeys(), secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' } })
    expect(rotation.report.checks.find((check) => check.status === 'failed')).toMatchObject({ name: 'trust-accepts-us' })
    expect(JSON.stringify(rotation)).not.toContain('wJalrXUtnFEMI')
    expect(await cells()).toEqual([[[1, 2]]])
  })
})
