import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Json, JsonObject } from '../json.ts'
import { evaluate } from './evaluate.ts'
import { OPERATORS } from './operators.ts'
import { parsePolicy } from './parse.ts'
import type { ParsedPolicy, ParsedPrincipal } from './parsed.ts'
import type { AccessQuestion, Decision, NamedPolicy, PolicySet, Principal, RequestContext } from './types.ts'

const ACCOUNT = '987654321987'
const ROLE = `arn:aws:iam::${ACCOUNT}:role/lake-test`

const actions = fc.constantFrom('s3:GetObject', 's3:PutObject', 's3:Get*', 's3:*', '*', 'kms:Decrypt', 's3:?etObject')
const resources = fc.constantFrom('*', 'arn:aws:s3:::b', 'arn:aws:s3:::b/*', 'arn:aws:s3:::b/data/*', 'arn:aws:s3:::b/${aws:username}/*')
const awsPrincipals = fc.constantFrom(
  '*',
  ACCOUNT,
  ROLE,
  `arn:aws:sts::${ACCOUNT}:assumed-role/lake-test/s`,
  `arn:aws:iam::${ACCOUNT}:user/alice`,
  '123456789012',
)
const conditions = fc.option(
  fc.oneof(
    fc.dictionary(
      fc.constantFrom('StringEquals', 'StringNotLike', 'ForAllValues:StringLike', 'ForAnyValue:StringNotEquals', 'StringLikeIfExists'),
      fc.dictionary(
        fc.constantFrom('x:team', 'aws:username', 'x:none'),
        fc.array(fc.constantFrom('a', 'b*', 'alice', '${x:team}', '*'), { minLength: 1, maxLength: 2 }),
        { minKeys: 1, maxKeys: 2 },
      ),
      { minKeys: 1, maxKeys: 2 },
    ),
    fc.constant({ Null: { 'x:team': ['true'] } }),
    fc.constant({ NumericLessThan: { 'x:size': ['10'] } }),
  ),
  { nil: undefined },
)

const statements = (effect: fc.Arbitrary<string>, named: boolean): fc.Arbitrary<JsonObject> =>
  fc
    .record({
      effect,
      not: fc.record({ action: fc.boolean(), resource: fc.boolean(), principal: fc.boolean() }),
      action: fc.array(actions, { minLength: 1, maxLength: 2 }),
      resource: fc.array(resources, { minLength: 1, maxLength: 2 }),
      principal: fc.array(awsPrincipals, { minLength: 1, maxLength: 2 }),
      condition: conditions,
    })
    .map(({ effect, not, action, resource, principal, condition }) => ({
      Effect: effect,
      [not.action ? 'NotAction' : 'Action']: action,
      [not.resource ? 'NotResource' : 'Resource']: resource,
      ...(named ? { [not.principal ? 'NotPrincipal' : 'Principal']: { AWS: principal } } : {}),
      ...(condition ? { Condition: condition } : {}),
    }))

const effects = fc.constantFrom('Allow', 'Allow', 'Deny')
const lists = (named: boolean): fc.Arbitrary<readonly JsonObject[]> => fc.array(statements(effects, named), { maxLength: 3 })
const versions = fc.constantFrom('2012-10-17', '2008-10-17')

const principals: fc.Arbitrary<Principal> = fc.constantFrom<Principal>(
  { kind: 'anonymous' },
  { kind: 'root', accountId: ACCOUNT },
  { kind: 'user', arn: `arn:aws:iam::${ACCOUNT}:user/alice` },
  { kind: 'role-session', roleArn: ROLE, sessionName: 's' },
  { kind: 'role-session', roleArn: 'arn:aws:iam::123456789012:role/x', sessionName: 's' },
  { kind: 'service', service: 'cloudtrail.amazonaws.com' },
)

interface Scene {
  readonly principal: Principal
  readonly action: string
  readonly resource: string
  readonly context: RequestContext
  readonly rule: 'ordinary' | 'kms-key' | 'trust'
  readonly version: string
  readonly identity: readonly JsonObject[]
  readonly bucket: readonly JsonObject[]
  readonly boundary: readonly JsonObject[] | undefined
  readonly session: readonly JsonObject[] | undefined
  readonly scp: readonly JsonObject[] | undefined
}

const scenes: fc.Arbitrary<Scene> = fc.record({
  principal: principals,
  action: fc.constantFrom('s3:GetObject', 's3:PutObject', 's3:ListBucket'),
  resource: fc.constantFrom('arn:aws:s3:::b', 'arn:aws:s3:::b/data/x', 'arn:aws:s3:::b/alice/x', 'arn:aws:s3:::c/x'),
  context: fc.oneof(
    fc.constant({}),
    fc.record({ 'x:team': fc.constantFrom('a', 'b', 'bc'), 'x:size': fc.constantFrom('9', '10') }),
    fc.record({ 'x:team': fc.array(fc.constantFrom('a', 'b'), { maxLength: 2 }) }),
  ),
  rule: fc.constantFrom<'ordinary' | 'kms-key'>('ordinary', 'ordinary', 'kms-key'),
  version: versions,
  identity: lists(false),
  bucket: lists(true),
  boundary: fc.option(lists(false), { nil: undefined }),
  session: fc.option(lists(false), { nil: undefined }),
  scp: fc.option(lists(false), { nil: undefined }),
})

function named(name: string, version: string, statement: readonly JsonObject[]): NamedPolicy {
  return { name, document: { Version: version, Statement: statement } }
}

function ask(scene: Scene, change: (policies: PolicySet) => PolicySet = (policies) => policies): Decision {
  const { version } = scene
  const question: AccessQuestion = {
    principal: scene.principal,
    action: scene.action,
    resource: scene.resource,
    resourceAccount: ACCOUNT,
    context: scene.context,
    policies: change({
      identity: [named('identity', version, scene.identity)],
      resource: named('bucket', version, scene.bucket),
      resourceRule: scene.rule,
      ...(scene.boundary ? { boundary: named('boundary', version, scene.boundary) } : {}),
      ...(scene.session ? { session: [named('session', version, scene.session)] } : {}),
      ...(scene.scp ? { scps: [[named('scp', version, scene.scp)]] } : {}),
    }),
  }
  return evaluate(question)
}

type Layer = 'identity' | 'bucket' | 'boundary' | 'session' | 'scp'
const layers = fc.constantFrom<Layer>('identity', 'bucket', 'boundary', 'session', 'scp')
const additions = (effect: string): fc.Arbitrary<readonly [Layer, JsonObject]> =>
  layers.chain((layer) => fc.tuple(fc.constant(layer), statements(fc.constant(effect), layer === 'bucket')))

function add(scene: Scene, layer: Layer, statement: JsonObject): Scene {
  const present = scene[layer]
  // A policy that was not there at all is a limit of its own once it is: only what there is may grow.
  return present ? { ...scene, [layer]: [...present, statement] } : scene
}

const RUNS = { numRuns: 1000 }

it('an Allow more never takes access away', () => {
  fc.assert(
    fc.property(scenes, additions('Allow'), (scene, [layer, statement]) => {
      if (ask(scene).allowed) expect(ask(add(scene, layer, statement)).allowed).toBe(true)
    }),
    RUNS,
  )
})

it('a Deny more never gives access', () => {
  fc.assert(
    fc.property(scenes, additions('Deny'), (scene, [layer, statement]) => {
      if (!ask(scene).allowed) expect(ask(add(scene, layer, statement)).allowed).toBe(false)
    }),
    RUNS,
  )
})

it('a limit more never gives access', () => {
  fc.assert(
    fc.property(scenes, lists(false), (scene, limit) => {
      if (ask(scene).allowed) return
      if (!scene.boundary) expect(ask({ ...scene, boundary: limit }).allowed).toBe(false)
      if (!scene.session) expect(ask({ ...scene, session: limit }).allowed).toBe(false)
      if (!scene.scp) expect(ask({ ...scene, scp: limit }).allowed).toBe(false)
    }),
    RUNS,
  )
})

it('the order of statements does not matter', () => {
  fc.assert(
    fc.property(scenes, (scene) => {
      const turned = { ...scene, identity: scene.identity.toReversed(), bucket: scene.bucket.toReversed() }
      expect({ ...ask(turned), decidedBy: undefined }).toEqual({ ...ask(scene), decidedBy: undefined })
    }),
    RUNS,
  )
})

it('a policy says the same in one piece and in several, in any order', () => {
  fc.assert(
    fc.property(scenes, (scene) => {
      const split = (policies: PolicySet): PolicySet => ({
        ...policies,
        identity: scene.identity.map((statement, index) => named(`${index}`, scene.version, [statement])).toReversed(),
      })
      expect({ ...ask(scene, split), decidedBy: undefined }).toEqual({ ...ask(scene), decidedBy: undefined })
    }),
    RUNS,
  )
})

it('letter case of condition keys and actions does not matter', () => {
  fc.assert(
    fc.property(scenes, (scene) => {
      const upper: RequestContext = Object.fromEntries(Object.entries(scene.context).map(([key, value]) => [key.toUpperCase(), value]))
      expect(ask({ ...scene, context: upper, action: scene.action.toUpperCase() })).toEqual(ask(scene))
    }),
    RUNS,
  )
})

const values: { readonly [family: string]: fc.Arbitrary<string> } = {
  string: fc.constantFrom('a', 'A', 'ab', 'a*', '*', ''),
  numeric: fc.constantFrom('1', '1.0', '2', '-3'),
  date: fc.constantFrom('2024-01-01T00:00:00Z', '1704067200', '2025-01-01'),
  ip: fc.constantFrom('10.0.0.0/8', '10.1.2.3', '0.0.0.0/0', '2001:db8::/32'),
  arn: fc.constantFrom('arn:aws:s3:::b', 'arn:aws:s3:::*', 'arn:*:s3:::b', '*'),
}

function holds(operator: string, expected: readonly string[], actual: string | readonly string[] | undefined): boolean {
  const document = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: '*', Resource: '*', Condition: { [operator]: { 'x:key': expected } } }],
  }
  return evaluate({
    principal: { kind: 'role-session', roleArn: ROLE, sessionName: 's' },
    action: 's3:GetObject',
    resource: 'arn:aws:s3:::b/x',
    resourceAccount: ACCOUNT,
    context: actual === undefined ? {} : { 'x:key': actual },
    policies: { identity: [{ name: 'p', document }] },
  }).allowed
}

const NEGATIONS = OPERATORS.filter(({ negated }) => negated).map(({ name }) => [name.replace('Not', ''), name] as const)

it.each(NEGATIONS)('%s is the opposite of %s', (positive, negative) => {
  const family = OPERATORS.find(({ name }) => name === positive)?.comparison.family ?? ''
  const some = values[family] ?? fc.constant('')
  fc.assert(
    fc.property(fc.array(some, { minLength: 1, maxLength: 3 }), fc.option(some, { nil: undefined }), (expected, actual) => {
      expect(holds(negative, expected, actual)).toBe(!holds(positive, expected, actual))
    }),
  )
})

it('for all values not is not for any value', () => {
  const some = fc.constantFrom('a', 'b', 'c')
  fc.assert(
    fc.property(fc.array(some, { minLength: 1 }), fc.array(some), (expected, actual) => {
      expect(holds('ForAllValues:StringNotEquals', expected, actual)).toBe(!holds('ForAnyValue:StringEquals', expected, actual))
      expect(holds('ForAllValues:StringEquals', expected, actual)).toBe(!holds('ForAnyValue:StringNotEquals', expected, actual))
    }),
  )
})

it('a condition with IfExists is the condition, or no key', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('a', 'b'), { minLength: 1 }),
      fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined }),
      (expected, actual) => {
        expect(holds('StringEqualsIfExists', expected, actual)).toBe(actual === undefined || holds('StringEquals', expected, actual))
        expect(holds('StringNotEqualsIfExists', expected, actual)).toBe(actual === undefined || holds('StringNotEquals', expected, actual))
      },
    ),
  )
})

const selection = (name: string, chosen: { readonly not: boolean; readonly values: Json } | undefined): JsonObject =>
  chosen ? { [chosen.not ? `Not${name}` : name]: chosen.values } : {}

/** Writes a parsed policy as a document again. */
function written(policy: ParsedPolicy): JsonObject {
  return {
    Version: policy.version,
    Statement: policy.statements.map((statement) => ({
      Effect: statement.effect,
      ...(statement.principal ? selection('Principal', { not: statement.principal.not, values: { AWS: awsOf(statement.principal) } }) : {}),
      ...selection('Action', statement.action),
      ...selection('Resource', statement.resource),
      ...(statement.conditions.length > 0 ? { Condition: conditionsOf(statement.conditions) } : {}),
    })),
  }
}

function awsOf({ entries }: ParsedPrincipal): readonly string[] {
  return entries.map((entry) =>
    entry.kind === 'everyone' ? '*' : entry.kind === 'account' ? entry.accountId : entry.kind === 'arn' ? entry.arn : '',
  )
}

function conditionsOf(conditions: ParsedPolicy['statements'][number]['conditions']): JsonObject {
  const block: { [operator: string]: { [key: string]: Json } } = {}
  for (const { written, key, values } of conditions) block[written] = { ...block[written], [key]: values }
  return block
}

it('a parsed policy written again parses to the same', () => {
  fc.assert(
    fc.property(versions, fc.array(statements(effects, true), { maxLength: 4 }), (version, list) => {
      const first = parsePolicy({ Version: version, Statement: list })
      if (!first.ok) throw new Error(JSON.stringify(first.problems))
      expect(parsePolicy(written(first.policy))).toEqual(first)
      // One value alone means the list of it.
      const single = list.map((statement) =>
        Object.fromEntries(
          Object.entries(statement).map(([key, value]) => [key, Array.isArray(value) && value.length === 1 ? value[0] : value]),
        ),
      )
      expect(parsePolicy({ Version: version, Statement: single })).toEqual(first)
    }),
    RUNS,
  )
})

/** Whether a pointer leads to a part of the document, its last step excepted: that may be what is missing. */
function reaches(document: JsonObject, pointer: string): boolean {
  let at: Json | undefined = document
  for (const step of pointer.split('/').slice(1, -1)) {
    if (typeof at !== 'object' || at === null) return false
    at = Object.entries(at).find(([key]) => key === step.replaceAll('~1', '/').replaceAll('~0', '~'))?.[1]
  }
  return at !== undefined && (pointer === '' || pointer.startsWith('/'))
}

it('any JSON is either a policy or a list of problems, each within the document', () => {
  const json = fc.json({ maxDepth: 1 }).map((text): Json => JSON.parse(text))
  const element = fc.constantFrom('Version', 'Statement', 'Effect', 'Action', 'Resource', 'Principal', 'Condition', 'x')
  const some = { maxKeys: 4 }
  const tree = fc.oneof(
    json,
    fc.dictionary(element, fc.oneof(json, fc.dictionary(element, json, some)), some),
    fc.array(fc.dictionary(element, json, some), { maxLength: 3 }),
  )
  fc.assert(
    fc.property(fc.dictionary(element, tree, some), (document) => {
      const result = parsePolicy(document)
      if (result.ok) return
      expect(result.problems.length).toBeGreaterThan(0)
      for (const { pointer } of result.problems) expect(reaches(document, pointer)).toBe(true)
    }),
    { numRuns: 200 },
  )
})

it('a policy made of hostile patterns is decided in no time', () => {
  const hostile = `arn:aws:s3:::${'*a'.repeat(500)}*b`
  const document = {
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: 's3:*', Resource: hostile, Condition: { StringLike: { 'x:key': '*a'.repeat(500) + 'b' } } },
  }
  const begin = performance.now()
  const { allowed } = evaluate({
    principal: { kind: 'user', arn: `arn:aws:iam::${ACCOUNT}:user/a` },
    action: 's3:GetObject',
    resource: `arn:aws:s3:::${'a'.repeat(1024)}`,
    resourceAccount: ACCOUNT,
    context: { 'x:key': 'a'.repeat(2000) },
    policies: { identity: [{ name: 'p', document }] },
  })
  expect(allowed).toBe(false)
  expect(performance.now() - begin).toBeLessThan(1000)
})
