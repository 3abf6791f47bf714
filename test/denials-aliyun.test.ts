import { CAUSES, type JsonObject } from '@sluice/core'
import { describe, expect, it } from 'vitest'
import { ossRequest } from '../packages/lab/test/aliyun-raw.ts'
import { BUCKET_DENY, RAM_EXPLICIT, RAM_MISSING } from './support/aliyun-denials/policies.ts'
import { PROGRAMS } from './support/aliyun-denials/programs.ts'
import { CONDITIONS, CREDENTIALS, KEYS, NETWORKS, OBJECTS, ORGANIZATIONS, PLACES } from './support/aliyun-denials/requests.ts'
import { EXTERNAL_IDS, SESSIONS, TOKENS, TRUST_ALONE } from './support/aliyun-denials/trust.ts'
import { type AliyunWorld, HOLDER, REGION, ROLE_ARN, startAliyunWorld } from './support/denials-aliyun.ts'
import { BUCKET } from './support/installation.ts'
import { adding, replacing } from './support/policy-edits.ts'

const RAM = 'documents.ramPolicies[0]'
const POLICIES = [RAM_MISSING, RAM_EXPLICIT, BUCKET_DENY, CONDITIONS, ORGANIZATIONS]
const TRUSTS = [EXTERNAL_IDS, SESSIONS, TOKENS, TRUST_ALONE]
const REQUESTS = [CREDENTIALS, KEYS, NETWORKS, OBJECTS, PLACES, PROGRAMS]

/** What is no refusal to repair: it is tried below. */
const TRIED_HERE = {
  'oss.propagation': 'It is over by itself, and seen only where the same request came again.',
  'oss.trust.open': 'Nothing is refused.',
  'oss.ram.broad': 'Nothing is refused.',
  'oss.public': 'Nothing is refused.',
} as const

it('every cause of OSS is provoked', () => {
  const provoked = new Set([...[POLICIES, TRUSTS, REQUESTS].flat(2).map(({ cause }) => cause), ...Object.keys(TRIED_HERE)])
  expect(CAUSES.filter(({ cloud, code }) => cloud === 'aliyun' && !provoked.has(code)).map(({ code }) => code)).toEqual([])
})

describe('what works and should not', () => {
  it.each([
    ['oss.trust.open', withoutExternalId],
    ['oss.ram.broad', (world: AliyunWorld) => world.change(RAM, adding({ Effect: 'Allow', Action: 'oss:*', Resource: '*' }))],
    ['oss.public', openToAll],
  ] as const)('%s is told, and is gone once it is undone', async (cause, open) => {
    const world = await startAliyunWorld()
    try {
      const documents = world.documents()
      expect(await world.diagnose({ documents })).toMatchObject({ verdict: 'ok', findings: [], security: [] })
      open(world)
      const told = await world.diagnose({ documents: world.documents() })
      expect(told).toMatchObject({ verdict: 'ok', findings: [], security: [{ cause, certainty: 'proved' }] })
      world.setUp()
      world.aliyun.putBucketPolicy(BUCKET, undefined)
      expect(await world.diagnose({ documents: world.documents() })).toMatchObject({ verdict: 'ok', security: [] })
    } finally {
      await world.close()
    }
  })
})

describe('a change of RAM that has not arrived yet', () => {
  it('is told from one that is missing where the same request is served later', async () => {
    const world = await startAliyunWorld()
    const { aliyun, installation } = world
    try {
      aliyun.detachRolePolicy(ROLE_ARN, HOLDER)
      aliyun.setRamDelay(30_000)
      aliyun.attachRolePolicy(ROLE_ARN, { type: 'Custom', name: HOLDER })
      const refused = await read(world)
      installation.clock.advance(60_000)
      const served = await read(world)
      expect([refused['ok'], served['ok']]).toEqual([false, true])
      const report = await world.diagnose({ observations: [refused, served], documents: world.documents() })
      expect(report.findings.map(({ cause }) => cause)).toEqual(['oss.propagation'])
      expect(await world.diagnose({ observations: [await read(world)] })).toMatchObject({ verdict: 'ok', findings: [] })
    } finally {
      await world.close()
    }
  })
})

/** The role's session reads an object, as an observation of a case. */
async function read({ aliyun, installation, now }: AliyunWorld): Promise<JsonObject> {
  const path = '/data/a.csv'
  const asked = { region: REGION, now: now() }
  const { status, text } = await ossRequest(installation.lab, aliyun.issueSession(ROLE_ARN), { method: 'GET', path }, asked)
  const target = `https://${BUCKET}.oss-${REGION}.aliyuncs.com${path}`
  return { operation: 'GetObject', target, status, ok: status < 300, ...(status < 300 ? {} : { message: text }) }
}

function withoutExternalId(world: AliyunWorld): void {
  world.change('documents.trustPolicy', replacing(/,"Condition":\{"StringEquals":\{"sts:ExternalId":"[^"]+"\}\}/, ''))
}

function openToAll({ aliyun }: AliyunWorld): void {
  aliyun.configureBucket(BUCKET, { blockPublicAccess: false })
  const open = { Effect: 'Allow', Principal: ['*'], Action: ['oss:GetObject'], Resource: [`acs:oss:*:*:${BUCKET}/data/*`] }
  aliyun.putBucketPolicy(BUCKET, { Version: '1', Statement: [open] })
}
