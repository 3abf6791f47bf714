import { describe, expect, it } from 'vitest'
import { diceOf } from '../../test/diagnosis/random.ts'
import { diagnosisScenarios, type NamedScenario } from '../../test/diagnosis/scenarios.ts'
import { AWS_VARIATIONS, type Vary } from '../../test/diagnosis/variations.ts'
import type { JsonObject } from '../json.ts'
import { diagnoseCase } from './index.ts'

const SEED = 20_261_122
/** Of each scenario, so many of each kind. */
const TIMES = 2

/** Which share of each kind must still come to the cause, or to a group that has it. What is left says less, and may leave more open. */
const SHARES: { readonly [kind: string]: number } = {
  'statements and policies in another order': 1,
  'statements that do not matter': 1,
  'other names': 1,
  'one value as text or list, one statement as object or list': 1,
  'another wrapping': 0.99,
  'another wrapping, and neither code nor status apart': 0.95,
  'log lines around it, colours and other line ends': 0.98,
  'texts cut off': 0.9,
  'requests in another order': 1,
  'unknown fields and headers in other case': 1,
  'a document less': 0.9,
  'a request less': 0.75,
}

const scenarios = diagnosisScenarios().filter(({ cloud }) => cloud === 'aws')

/** All causes that a scenario comes to, however sure. */
function known(given: JsonObject): ReadonlySet<string> {
  return new Set(diagnoseCase(given).findings.flatMap(({ cause, alternatives }) => [cause, ...alternatives]))
}

interface Outcome {
  readonly right: boolean
  /** Causes that were stated with certainty and are none of the scenario's. */
  readonly wrong: readonly string[]
}

function outcomeOf({ expect: expected }: NamedScenario, allowed: ReadonlySet<string>, varied: JsonObject): Outcome {
  const { findings, verdict } = diagnoseCase(varied)
  const wrong = findings
    .filter(({ certainty, cause }) => certainty !== 'group' && !allowed.has(cause))
    .map(({ cause, certainty }) => `${certainty} ${cause}`)
  const wanted = [expected.cause, ...(expected.group ?? []), ...(expected.among ?? [])].filter((code) => code !== undefined)
  const [first] = findings
  const right =
    wanted.length === 0
      ? verdict === expected.verdict
      : first !== undefined && [first.cause, ...first.alternatives].some((code) => wanted.includes(code))
  return { right, wrong }
}

describe('variations of the scenarios', () => {
  const allowed = new Map(scenarios.map((scenario) => [scenario, known(scenario.case)]))
  let made = 0

  it.each(Object.entries(AWS_VARIATIONS).map(([kind, vary]): readonly [string, Vary] => [kind, vary]))('%s', (kind, vary) => {
    const failed: string[] = []
    let count = 0
    let right = 0
    for (const [place, scenario] of scenarios.entries())
      for (let time = 0; time < TIMES; time++) {
        const dice = diceOf(SEED + place * 1000 + time * 17 + kind.length)
        const varied = scenario.expect.verdict === 'ok' && kind.endsWith(' less') ? undefined : vary(scenario.case, dice)
        if (varied === undefined) continue
        const { right: isRight, wrong } = outcomeOf(scenario, allowed.get(scenario) ?? new Set(), varied)
        count += 1
        if (isRight) right += 1
        if (wrong.length > 0) failed.push(`${scenario.name}: ${wrong.join(', ')}\n${JSON.stringify(varied)}`)
      }
    made += count
    expect(failed).toEqual([])
    expect(right / count).toBeGreaterThanOrEqual(SHARES[kind] ?? 1)
  })

  it('are more than two thousand', () => expect(made).toBeGreaterThan(2_000))
})
