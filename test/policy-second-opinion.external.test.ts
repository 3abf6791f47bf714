import { type S3Call, expandS3Call } from '@sluice/core'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call, scenario } from './support/gateway/arbitrary.ts'
import { DIFFERENCES, type Difference } from './support/gateway/differences.ts'
import { BUCKET, EVERYTHING, type Question, type Scenario, isAllowed, questionsOf } from './support/gateway/question.ts'
import { type GatewayWorld, KEYS, startGatewayWorld } from './support/gateway/world.ts'

const SCENARIOS = 250
const CALLS_EACH = 8

let world: GatewayWorld
beforeAll(async () => {
  world = await startGatewayWorld()
})
afterAll(() => world?.close())

type Verdict = 'allowed' | 'denied'
const verdict = (allowed: boolean): Verdict => (allowed ? 'allowed' : 'denied')

/** What our evaluator says to a call: allowed when every permission that it needs is. */
function ours(scenario: Scenario, call: S3Call): Verdict {
  return verdict(questionsOf(scenario, call, Date.now()).every(isAllowed))
}

/** What it says under the rules of the gateway: AWS's, but for these differences. */
function oursAsGateway(scenario: Scenario, call: S3Call, differences: readonly Difference[]): Verdict {
  return verdict(
    questionsOf(scenario, call, Date.now()).every((asked) => {
      const question = differences.reduce<Question | 'granted'>(
        (each, { asGateway }) => (each === 'granted' ? each : asGateway(each)),
        asked,
      )
      return question === 'granted' || isAllowed(question)
    }),
  )
}

/** Whether the gateway's answer to a call can be foretold from documents at all: see below. */
function isComparable({ session }: Scenario, { operation }: S3Call): boolean {
  return operation !== 'CopyObject' || session === undefined
}

describe('our policy evaluator and the RADOS gateway', () => {
  it('give the same answer to some thousand generated calls, but for the differences listed', async () => {
    const scenarios = fc.sample(fc.tuple(scenario, fc.array(call, { minLength: CALLS_EACH, maxLength: CALLS_EACH })), {
      numRuns: SCENARIOS,
      seed: 20_261_122,
    })
    const count = { asked: 0, allowed: 0, agreed: 0 }
    const unexplained: string[] = []
    for (const [given, calls] of scenarios) {
      const ask = await world.enter(given)
      for (const each of calls.filter((one) => isComparable(given, one))) {
        const expected = oursAsGateway(given, each, DIFFERENCES)
        let theirs = verdict(await ask(each))
        // Just after a change the gateway may still know the role as it was.
        if (theirs !== expected) theirs = verdict(await ask(each))
        const mine = ours(given, each)
        count.asked += 1
        if (theirs === 'allowed') count.allowed += 1
        if (mine === theirs) count.agreed += 1
        if (theirs !== expected) unexplained.push(JSON.stringify({ ...given, call: each, needs: expandS3Call(each), ours: mine, theirs }))
      }
    }
    expect(unexplained).toEqual([])
    // The comparison is worth something only where both answers occur and few of them need a difference.
    expect(count.asked).toBeGreaterThan(SCENARIOS * CALLS_EACH * 0.9)
    expect(count.allowed).toBeGreaterThan(count.asked / 5)
    expect(count.allowed).toBeLessThan((count.asked * 3) / 4)
    expect(count.agreed).toBeGreaterThan(count.asked * 0.9)
  }, 240_000)

  describe('cannot be compared on', () => {
    const copy: S3Call = { operation: 'CopyObject', bucket: BUCKET, key: 'data/copy.csv', source: { bucket: BUCKET, key: KEYS[0] } }

    it('sessions of another account’s roles: the gateway looks for every bucket in that account', async () => {
      const ask = await world.enter({ caller: 'visitor' })
      await expect(ask({ operation: 'GetObject', bucket: BUCKET, key: KEYS[0] })).rejects.toThrowError('NoSuchBucket')
    })

    it('copies under a session policy: what the bucket policy grants is lost on the gateway then', async () => {
      const bucket: Scenario['bucket'] = [{ Effect: 'Allow', Principal: '*', Action: ['s3:*'], Resource: [`arn:aws:s3:::${BUCKET}/*`] }]
      const scenario: Scenario = { caller: 'reader', session: EVERYTHING, bucket }
      expect(isComparable(scenario, copy)).toBe(false)
      expect(ours(scenario, copy)).toBe('allowed')
      expect(await (await world.enter(scenario))(copy)).toBe(false)
    })
  })

  describe('differ in that the gateway', () => {
    it.each(DIFFERENCES)('$name', async ({ asGateway, example, ...difference }) => {
      const { scenario, call, aws } = example
      expect(ours(scenario, call)).toBe(aws)
      const theirs = verdict(await (await world.enter(scenario))(call))
      expect(theirs).not.toBe(aws)
      expect(oursAsGateway(scenario, call, [{ asGateway, example, ...difference }])).toBe(theirs)
    })
  })
})
