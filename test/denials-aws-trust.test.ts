import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { applyPatch } from '../packages/core/test/apply-patch.ts'
import { testDenials } from './support/denials.ts'
import { ROLE, TOKENS, TRUST } from './support/aws-denials/trust.ts'
import { type AwsWorld, startAwsWorld } from './support/denials-aws.ts'
import { replacing } from './support/policy-edits.ts'

testDenials('a role of AWS that we cannot assume', () => startAwsWorld(), ROLE)
testDenials('a role of AWS that does not take our tokens', () => startAwsWorld({ method: 'oidc' }), TOKENS)

describe('a role of AWS that takes any external id', () => {
  let world: AwsWorld
  beforeEach(async () => {
    world = await startAwsWorld()
  })
  afterEach(() => world.close())

  const CONDITION = /,"Condition":\{"StringEquals":\{"sts:ExternalId":"[^"]+"\}\}/
  it.each([
    ['no condition', CONDITION, ''],
    ['a wildcard', CONDITION, ',"Condition":{"StringLike":{"sts:ExternalId":"*"}}'],
    ['IfExists', '"StringEquals"', '"StringEqualsIfExists"'],
    ['ForAllValues', '"StringEquals"', '"ForAllValues:StringEquals"'],
  ])('is told of, works, and is closed by the patch: %s', async (_, from, to) => {
    world.change(TRUST, replacing(from, to))
    const report = await world.diagnose({ documents: world.documents() })
    expect(report).toMatchObject({ verdict: 'ok', findings: [] })
    const [notice] = report.security
    expect(notice).toMatchObject({ cause: 'aws.sts.no_external_id', remedy: { document: TRUST } })
    expect((await world.allowed()).filter((request) => request.includes('through us'))).not.toEqual([])
    await world.put(TRUST, applyPatch(world.document(TRUST), notice?.remedy.patch ?? []))
    expect(await world.diagnose({ documents: world.documents() })).toMatchObject({ verdict: 'ok', findings: [], security: [] })
    expect((await world.allowed()).filter((request) => request.includes('through us'))).toEqual([])
  })
})
