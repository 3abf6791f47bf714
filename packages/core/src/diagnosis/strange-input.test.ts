import fc from 'fast-check'
import { expect, it } from 'vitest'
import { diceOf, type Dice } from '../../test/diagnosis/random.ts'
import { diagnosisScenarios } from '../../test/diagnosis/scenarios.ts'
import type { Json, JsonObject } from '../json.ts'
import { diagnoseCase, diagnoseText } from './index.ts'
import { isObject } from '../policy/shapes.ts'

const scenarios = diagnosisScenarios()
const STRANGE: readonly Json[] = [
  null,
  true,
  0,
  -1,
  1e21,
  '',
  ' ',
  '{',
  '<Error>',
  '\u0000',
  'x'.repeat(3000),
  [],
  {},
  [[]],
  [null],
  { Statement: 'x' },
  { Statement: [{}] },
  { a: { b: [] } },
]

/** The value with something else in the place of one of its parts. */
function spoilt(value: Json, dice: Dice): Json {
  if (dice.roll() < 0.15) return dice.pick(STRANGE)
  if (Array.isArray(value)) {
    const at = Math.floor(dice.roll() * value.length)
    return value.map((one, index) => (index === at ? spoilt(one, dice) : one))
  }
  if (typeof value !== 'object' || value === null) return dice.pick(STRANGE)
  const names = Object.keys(value)
  if (names.length === 0) return dice.pick(STRANGE)
  const gone = dice.pick(names)
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, name === gone ? spoilt(one, dice) : one]))
}

it('takes whatever stands in a case', () => {
  for (const [place, scenario] of scenarios.entries())
    for (let time = 0; time < 6; time++) {
      const dice = diceOf(place * 100 + time)
      const given = spoilt(spoilt(scenario.case, dice), dice)
      expect(() => diagnoseCase(given), JSON.stringify(given)).not.toThrow()
    }
})

it('takes what nests deeper than it can look', () => {
  const deep = `${'{"a":'.repeat(100_000)}[]${'}'.repeat(100_000)}`
  const policy: Json = JSON.parse(deep)
  for (const cloud of ['aws', 'gcp', 'azure', 'aliyun']) {
    for (const documents of [
      { rolePolicies: [policy] },
      { bindings: [policy], roles: policy },
      { bucketPolicy: deep, trustPolicy: policy },
    ])
      expect(diagnoseCase({ cloud, documents }).findings).toEqual([])
    expect(diagnoseCase({ cloud, observations: [{ operation: 'GetRole', ok: true, message: deep }, policy] }).findings).toEqual([])
  }
})

it('takes any JSON, and any text', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (value, text) => {
      // fc.jsonValue makes JSON.
      expect(diagnoseCase(value as Json).verdict).toBeTypeOf('string')
      expect(diagnoseText(text).verdict).toBeTypeOf('string')
    }),
    { seed: 7, numRuns: 300 },
  )
})

const EXTERNAL_ID = 'an-external-id-that-nobody-may-read'
const SIGNATURE = 'fe5f80f77d5fa3beca038a248ff027d0445342fe2855ddc963176630326f1024'
const TOKEN = 'IQoJb3JpZ2luX2VjEXAMPLETOKENEXAMPLETOKEN'

/** A case in whose texts there is all that must not come out again. */
function withSecrets(given: JsonObject): JsonObject {
  const url = `https://acme-data.s3.amazonaws.com/mydata/a?X-Amz-Signature=${SIGNATURE}&X-Amz-Security-Token=${TOKEN}&X-Amz-Credential=AKIAEXAMPLE`
  const said = `GET ${url} external id[${EXTERNAL_ID}] "sts:ExternalId": "${EXTERNAL_ID}" aws_secret_access_key=${SIGNATURE}`
  const { connection, observations } = given
  return {
    ...given,
    connection: { ...(isObject(connection) ? connection : {}), externalId: EXTERNAL_ID },
    observations: (Array.isArray(observations) ? observations : []).map((one: Json, index: number) => {
      if (!isObject(one)) return one
      const { message = '' } = one
      return { ...one, message: `${said}\n${typeof message === 'string' ? message : ''}`, ...(index % 2 === 0 ? { target: url } : {}) }
    }),
  }
}

it('says no secret, no signature and no external id again, but for the id in the patch that sets it', () => {
  for (const scenario of scenarios)
    for (const language of ['en', 'zh'] as const) {
      const report = diagnoseCase(withSecrets(scenario.case), language)
      const text = JSON.stringify(report, (name, value: unknown) => (name === 'patch' ? undefined : value))
      for (const secret of [EXTERNAL_ID, SIGNATURE, TOKEN]) expect(text, scenario.name).not.toContain(secret)
      expect(JSON.stringify(report)).not.toContain(SIGNATURE)
      expect(JSON.stringify(report)).not.toContain(TOKEN)
    }
})

it('never repeats the external ids of a trust policy', () => {
  for (const { case: given, name } of scenarios) {
    const ids = [...JSON.stringify(given['documents'] ?? {}).matchAll(/"sts:ExternalId":"([^"*?]{4,})"/g)].map(([, id = '']) => id)
    const text = JSON.stringify(diagnoseCase(given), (field, value: unknown) => (field === 'patch' ? undefined : value))
    for (const id of ids) expect(text, name).not.toContain(id)
  }
})
