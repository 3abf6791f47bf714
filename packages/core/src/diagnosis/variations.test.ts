import { describe, expect, it } from 'vitest'
import { ALIBABA_VARIATIONS } from '../../test/diagnosis/alibaba-variations.ts'
import { AZURE_VARIATIONS } from '../../test/diagnosis/azure-variations.ts'
import { GOOGLE_VARIATIONS } from '../../test/diagnosis/google-variations.ts'
import { diceOf } from '../../test/diagnosis/random.ts'
import { changedCase, diagnosisScenarios, type NamedScenario } from '../../test/diagnosis/scenarios.ts'
import { AWS_VARIATIONS } from '../../test/diagnosis/variations.ts'
import type { Variations, Vary } from '../../test/diagnosis/varying.ts'
import type { JsonObject } from '../json.ts'
import { diagnoseCase } from './index.ts'

const SEED = 20_261_122

/** Which kinds each cloud's scenarios are varied by, and how many of each kind there are of one scenario on the whole: enough for two thousand. */
const CLOUDS: readonly (readonly [cloud: string, variations: Variations, times: number])[] = [
  ['aws', AWS_VARIATIONS, 1.25],
  ['gcp', GOOGLE_VARIATIONS, 5],
  ['azure', AZURE_VARIATIONS, 4],
  ['aliyun', ALIBABA_VARIATIONS, 5],
]

/** Which share of each kind must still come to the cause, or to a group that has it; of the others all must. What is left says less, and may leave more open. */
const SHARES: { readonly [kind: string]: number } = {
  'another wrapping': 0.98,
  'another wrapping, and neither code nor status apart': 0.93,
  'log lines around it, colours and other line ends': 0.97,
  'texts cut off': 0.75,
  'a document less': 0.8,
  'a request less': 0.65,
}

/** All causes that a scenario comes to, however sure. */
function known(given: JsonObject): ReadonlySet<string> {
  return new Set(diagnoseCase(given).findings.flatMap(({ cause, alternatives }) => [cause, ...alternatives]))
}

/** Everything that is the matter with a scenario: what shows at first, and what shows once that is repaired. */
function faultsOf({ case: given, then }: NamedScenario): ReadonlySet<string> {
  return new Set([...known(given), ...(then === undefined ? [] : known(changedCase(given, then.case)))])
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
      ? verdict === expected.verdict || expected.verdict === undefined
      : first !== undefined && [first.cause, ...first.alternatives].some((code) => wanted.includes(code))
  return { right, wrong }
}

describe.each(CLOUDS)('variations of the scenarios of %s', (cloud, variations, times) => {
  const scenarios = diagnosisScenarios().filter((scenario) => scenario.cloud === cloud)
  const allowed = new Map(scenarios.map((scenario) => [scenario, faultsOf(scenario)]))
  let made = 0

  it.each(Object.entries(variations).map(([kind, vary]): readonly [string, Vary] => [kind, vary]))('%s', (kind, vary) => {
    const failed: string[] = []
    const missed: string[] = []
    let count = 0
    for (const [place, scenario] of scenarios.entries())
      for (let time = (place % 4) / 4; time < times; time++) {
        const dice = diceOf(SEED + place * 1000 + Math.floor(time) * 17 + kind.length)
        const varied = scenario.expect.verdict === 'ok' && kind.endsWith(' less') ? undefined : vary(scenario.case, dice)
        if (varied === undefined) continue
        const { right, wrong } = outcomeOf(scenario, allowed.get(scenario) ?? new Set(), varied)
        count += 1
        if (!right) missed.push(scenario.name)
        if (wrong.length > 0) failed.push(`${scenario.name}: ${wrong.join(', ')}\n${JSON.stringify(varied)}`)
      }
    made += count
    expect(failed).toEqual([])
    expect((count - missed.length) / count, missed.join(', ')).toBeGreaterThanOrEqual(SHARES[kind] ?? 1)
  })

  it('are more than two thousand', () => expect(made).toBeGreaterThan(2_000))
})
