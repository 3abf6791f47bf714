import { isList, isObject } from '../policy/shapes.ts'
import { describe, expect, it } from 'vitest'
import { diagnosisScenarios, type NamedScenario } from '../../test/diagnosis/scenarios.ts'
import type { Json, JsonObject } from '../json.ts'
import { diagnoseCase } from './index.ts'

const scenarios = diagnosisScenarios().filter(({ cloud, expect: { cause } }) => cloud !== 'aws' && cause !== undefined)

/** The same case with each refusal's text printed otherwise. */
function printed(given: JsonObject, print: (message: string) => string): JsonObject {
  const { observations } = given
  if (!isList(observations)) return given
  const others = observations.map((one): Json => {
    if (!isObject(one) || typeof one['message'] !== 'string' || Number(one['status']) < 400) return one
    return { ...one, message: print(one['message']) }
  })
  return { ...given, observations: others }
}

const PRINTS: readonly (readonly [string, (message: string) => string])[] = [
  ['behind a word', (message) => `Error: ${message}`],
  ['among the lines of a log', (message) => `2026-06-01T10:00:00Z ERROR failed\n${message}\n    at run (index.js:1:1)`],
  ['with the line ends of another system', (message) => message.replaceAll('\n', '\r\n')],
  ['in colours', (message) => `\u001B[31m${message}\u001B[0m`],
]

function surely({ case: given, expect: expected }: NamedScenario, print: (message: string) => string): void {
  const [first] = diagnoseCase(printed(given, print)).findings
  if (first === undefined || first.certainty === 'group') return
  expect([expected.cause, ...(expected.group ?? []), ...(expected.among ?? []), ...(expected.further ?? [])]).toContain(first.cause)
}

describe.each(PRINTS)('a message %s', (_, print) => {
  it.each(scenarios.map((scenario) => [`${scenario.cloud}/${scenario.name}`, scenario] as const))(
    'gives no certain wrong cause: %s',
    (_name, scenario) => surely(scenario, print),
  )
})

it('no report repeats a signature', () => {
  for (const { case: given } of scenarios) expect(JSON.stringify(diagnoseCase(given))).not.toMatch(/k3Zt|sig=[^*&"]/)
})
