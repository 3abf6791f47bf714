import { describe, expect, it } from 'vitest'
import { changedCase, diagnosisScenarios, type Expectation, type NamedScenario } from '../../test/diagnosis/scenarios.ts'
import type { JsonObject } from '../json.ts'
import { CAUSES, diagnoseCase } from './index.ts'

const scenarios = diagnosisScenarios()

function check(given: JsonObject, expected: Expectation): void {
  const report = diagnoseCase(given)
  const [first, ...others] = report.findings
  const codes = first === undefined ? [] : [first.cause, ...first.alternatives]
  const told = { codes, certainty: first?.certainty, further: others.map(({ cause }) => cause), findings: report.findings }
  const hint = JSON.stringify(told, undefined, 1)
  if (expected.cause !== undefined) expect(codes[0], hint).toBe(expected.cause)
  if (expected.group !== undefined) expect(codes.toSorted(), hint).toEqual(expected.group.toSorted())
  if (expected.among !== undefined) expect(codes, hint).toEqual(expect.arrayContaining([...expected.among]))
  if (expected.certainty !== undefined) expect(first?.certainty, hint).toBe(expected.certainty)
  if (expected.group !== undefined || expected.among !== undefined) expect(first?.certainty, hint).toBe('group')
  if (expected.document !== undefined) expect(first?.remedy.document, hint).toBe(expected.document)
  if (expected.affects !== undefined) expect(first?.affects, hint).toEqual(expected.affects)
  if (expected.further !== undefined) expect(told.further.toSorted(), hint).toEqual(expected.further.toSorted())
  if (expected.verdict !== undefined) expect(report.verdict, hint).toBe(expected.verdict)
  if (expected.security !== undefined) expect(report.security.map(({ cause }) => cause)).toEqual(expected.security)
  if (expected.capabilities !== undefined) expect(report.capabilities).toMatchObject(expected.capabilities)
  for (const set of expected.cannotTell ?? []) {
    const question = report.cannotTell.find(({ causes }) => JSON.stringify(causes.toSorted()) === JSON.stringify(set.toSorted()))
    expect(question?.settle?.command, `${hint}\n${JSON.stringify(report.cannotTell)}`).toBeTypeOf('string')
  }
}

function healthy(given: JsonObject): void {
  const { verdict, findings } = diagnoseCase(given)
  expect({ verdict, findings }).toEqual({ verdict: 'ok', findings: [] })
}

const title = ({ cloud, name, title: words }: NamedScenario): string => `${cloud}/${name}: ${words}`

describe.each(scenarios.map((scenario) => [title(scenario), scenario] as const))('%s', (_, scenario) => {
  it('comes to what it must', () => check(scenario.case, scenario.expect))
  if (scenario.then !== undefined) {
    const { case: parts, expect: expected } = scenario.then
    it('after the first repair comes to the next', () => check(changedCase(scenario.case, parts), expected))
  }
  const { repaired } = scenario
  if (repaired !== undefined) it('is healthy once repaired', () => healthy(changedCase(scenario.case, repaired)))
})

it('every cause has a scenario', () => {
  const covered = new Set(
    scenarios.flatMap(({ expect: { cause, group = [], among = [], security = [] } }) => [cause, ...group, ...among, ...security]),
  )
  const clouds = new Set(scenarios.map(({ cloud }) => cloud))
  expect(CAUSES.filter((cause) => clouds.has(cause.cloud) && !covered.has(cause.code)).map(({ code }) => code)).toEqual([])
})

it('a scenario names causes that there are', () => {
  const known = new Set(CAUSES.map(({ code }) => code))
  const named = scenarios.flatMap(({ expect: { cause, group = [], among = [] } }) => [
    ...(cause === undefined ? [] : [cause]),
    ...group,
    ...among,
  ])
  expect(named.filter((code) => !known.has(code))).toEqual([])
})
