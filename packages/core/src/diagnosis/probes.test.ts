import { describe, expect, it } from 'vitest'
import { diagnosisScenarios, type NamedScenario } from '../../test/diagnosis/scenarios.ts'
import type { Json, JsonObject } from '../json.ts'
import { isObject } from '../policy/shapes.ts'
import { causesLeft, CAUSES, diagnoseCase, nextProbes, type ProbeOutcome, type ProbePlan, probePlans } from './index.ts'

const CLOUDS = ['aws', 'gcp', 'azure', 'aliyun']

/** Scenarios of each cloud that come to several causes which look alike. */
const open = diagnosisScenarios().flatMap((scenario) => {
  const report = diagnoseCase(scenario.case)
  const [first] = report.findings
  return first?.certainty === 'group' ? [{ scenario, report, codes: [first.cause, ...first.alternatives] }] : []
})

/** Every way in which a probe could tell apart what a scenario leaves open. */
const ways = open.flatMap(({ scenario, report, codes }) =>
  probePlans(scenario.cloud)
    .filter(({ reads }) => reads === undefined || documentsOf(scenario.case)[reads] === undefined)
    .filter((plan) => nextProbes(report, [plan]).length > 0)
    .flatMap((plan) => plan.outcomes.map((outcome) => ({ scenario, codes, plan, outcome }))),
)

function documentsOf(given: JsonObject): JsonObject {
  return isObject(given['documents']) ? given['documents'] : {}
}

function observationsOf(given: JsonObject): readonly JsonObject[] {
  const list = given['observations']
  return Array.isArray(list) ? list.filter((one: Json) => isObject(one)) : []
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}

/** The case after a probe went this way. */
function after({ case: given }: NamedScenario, outcome: ProbeOutcome, plan: ProbePlan): JsonObject {
  const before = observationsOf(given)
  const refused = before.filter((one) => Number(one['status']) >= 400 && !/assume|token|head/i.test(text(one['operation'])))
  const wanted = plan.about.length === 1 ? refused.findLast((one) => capability(text(one['operation'])) === plan.about[0]) : undefined
  const last = wanted ?? refused[0]
  const connection = isObject(given['connection']) ? given['connection'] : {}
  const [, bucket = '', prefix = ''] = /^\w+:\/\/([^/]+)\/?(.*)$/.exec(text(connection['location'])) ?? []
  const principal = text(connection['principal'])
  const values: { readonly [name: string]: string } = {
    operation: text(last?.['operation']),
    target: text(last?.['target']),
    message: text(last?.['message']),
    role: text(connection['roleArn']),
    account: text(connection['roleArn']).split(':')[4] ?? '',
    member: principal.includes('@') ? `serviceAccount:${principal.replace(/^serviceAccount:/, '')}` : principal,
    bucket,
    prefix,
  }
  const filled = (value: Json): Json => {
    if (typeof value === 'string') return value.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
    if (Array.isArray(value)) return value.map(filled)
    return isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, filled(one)])) : value
  }
  const sent = isObject(last?.['headers']) ? last['headers'] : {}
  const answers = outcome.answers.map((answer): Json => {
    const headers = { ...(answer['operation'] === '{operation}' ? sent : {}), ...(isObject(answer['headers']) ? answer['headers'] : {}) }
    return filled({ ...answer, headers: Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== '')) })
  })
  return { ...given, observations: [...before, ...answers] }
}

function capability(operation: string): string {
  return /list/i.test(operation) ? 'list' : /get/i.test(operation) ? 'read' : 'write'
}

describe('what a probe tells', () => {
  it.each(ways.map((one) => [`${one.scenario.cloud}/${one.scenario.name} ${one.plan.name}: ${one.outcome.shows.en}`, one] as const))(
    '%s',
    (_, { scenario, codes, plan, outcome }) => {
      const left = causesLeft(outcome, codes)
      // That way it cannot go: none of what is open would answer so.
      if (left.length === 0) return
      const [first] = diagnoseCase(after(scenario, outcome, plan)).findings
      const now = first === undefined ? [] : [first.cause, ...first.alternatives]
      expect(codes.filter((code) => now.includes(code) && !left.includes(code))).toEqual([])
      expect(now.filter((code) => left.includes(code))).not.toEqual([])
    },
  )

  it.each(CLOUDS)('is about causes that %s has', (cloud) => {
    const known = new Set(CAUSES.filter((cause) => cause.cloud === cloud).map(({ code }) => code))
    const named = probePlans(cloud).flatMap(({ outcomes }) =>
      outcomes.flatMap(({ tells }) => ('leaves' in tells ? tells.leaves : tells.excludes)),
    )
    expect(named.filter((code) => !known.has(code))).toEqual([])
  })

  it.each(CLOUDS)('has a name of its own on %s', (cloud) => {
    const names = probePlans(cloud).map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
  })

  it('is something in a scenario at least', () => {
    const used = new Set(ways.map(({ scenario, plan }) => `${scenario.cloud} ${plan.name}`))
    const all = CLOUDS.flatMap((cloud) => probePlans(cloud).map(({ name }) => `${cloud} ${name}`))
    expect(all.filter((one) => !used.has(one))).toEqual([])
  })
})

describe('what is probed next', () => {
  it('is nothing where nothing is wrong, and where one cause is sure', () => {
    for (const scenario of diagnosisScenarios()) {
      const report = diagnoseCase(scenario.case)
      const isOpen = report.findings[0]?.certainty === 'group' || (report.findings.length === 0 && report.verdict === 'inconclusive')
      if (!isOpen) expect(nextProbes(report, probePlans(scenario.cloud))).toEqual([])
    }
  })

  it('is what costs least', () => {
    for (const { scenario } of open) {
      const plans = probePlans(scenario.cloud)
      const next = nextProbes(diagnoseCase(scenario.case), plans)
      const [cost] = next.map((plan) => plan.cost)
      for (const plan of next) expect(plan.cost).toBe(cost)
    }
  })
})
