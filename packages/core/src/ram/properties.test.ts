import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { JsonObject } from '../json.ts'
import type { NamedPolicy, RequestContext } from '../policy/types.ts'
import { acsMatches, acsPattern } from './acs.ts'
import { compileRam } from './compile.ts'
import { evaluateRam } from './evaluate.ts'
import type { RamDecision, RamPolicySet, RamPrincipal, RamQuestion, RamRule } from './types.ts'

const OWNER = '9876543210987654'
const OTHER = '1234567890123456'

const actions = fc.constantFrom('oss:GetObject', 'oss:PutObject', 'oss:Get*', 'OSS:*', '*', 'kms:Decrypt', 'oss:?etObject')
const resources = fc.constantFrom('*', 'acs:oss:*:*:b', 'acs:oss:*:*:b/*', `acs:oss:*:${OWNER}:b/data/*`, 'acs:oss:oss-cn-beijing:*:*')
const bucketPrincipals = fc.constantFrom('*', OWNER, OTHER, '200', `arn:sts::${OWNER}:assumed-role/lake/*`, 'arn:sts::*:*/*/*')
const trustPrincipals = fc.constantFrom(
  `acs:ram::${OWNER}:root`,
  `acs:ram::${OTHER}:root`,
  `acs:ram::${OTHER}:user/alice`,
  `acs:ram::${OWNER}:role/lake`,
)
const conditions = fc.option(
  fc.dictionary(
    fc.constantFrom('StringEquals', 'StringNotEquals', 'StringLike', 'StringNotLike'),
    fc.dictionary(
      fc.constantFrom('oss:Prefix', 'acs:SourceVpc'),
      fc.array(fc.constantFrom('a', 'b*', '*'), { minLength: 1, maxLength: 2 }),
      {
        minKeys: 1,
        maxKeys: 2,
      },
    ),
    { minKeys: 1, maxKeys: 2 },
  ),
  { nil: undefined },
)

type Kind = 'identity' | 'bucket' | 'trust'

function statements(effect: fc.Arbitrary<string>, kind: Kind): fc.Arbitrary<JsonObject> {
  return fc
    .record({
      effect,
      not: fc.record({ action: fc.boolean(), resource: fc.boolean(), principal: fc.boolean() }),
      action: fc.array(kind === 'trust' ? fc.constantFrom('sts:AssumeRole', 'oss:GetObject', '*') : actions, {
        minLength: 1,
        maxLength: 2,
      }),
      resource: fc.array(resources, { minLength: 1, maxLength: 2 }),
      principal: fc.array(kind === 'trust' ? trustPrincipals : bucketPrincipals, { minLength: 1, maxLength: 2 }),
      condition: conditions,
    })
    .map(({ effect, not, action, resource, principal, condition }) => ({
      Effect: effect,
      [not.action ? 'NotAction' : 'Action']: action,
      ...(kind === 'trust' ? {} : { [not.resource ? 'NotResource' : 'Resource']: resource }),
      ...(kind === 'identity' ? {} : { [not.principal ? 'NotPrincipal' : 'Principal']: kind === 'trust' ? { RAM: principal } : principal }),
      ...(condition ? { Condition: condition } : {}),
    }))
}

const effects = fc.constantFrom('Allow', 'Allow', 'Deny')
const lists = (kind: Kind): fc.Arbitrary<readonly JsonObject[]> => fc.array(statements(effects, kind), { maxLength: 3 })

const principals = fc.constantFrom<RamPrincipal>(
  { kind: 'anonymous' },
  { kind: 'root', accountId: OWNER },
  { kind: 'root', accountId: OTHER },
  { kind: 'user', accountId: OWNER, userName: 'bob', userId: '200' },
  { kind: 'user', accountId: OTHER, userName: 'alice', userId: '201' },
  { kind: 'role-session', accountId: OWNER, roleName: 'lake', sessionName: 's' },
  { kind: 'role-session', accountId: OTHER, roleName: 'x', sessionName: 's' },
  { kind: 'service', service: 'ecs.aliyuncs.com' },
)

interface Scene {
  readonly principal: RamPrincipal
  readonly action: string
  readonly resource: string
  readonly context: RequestContext
  readonly rule: RamRule
  readonly identity: readonly JsonObject[]
  readonly session: readonly JsonObject[] | undefined
  readonly bucket: readonly JsonObject[]
  readonly trust: readonly JsonObject[]
}

const scenes: fc.Arbitrary<Scene> = fc.record({
  principal: principals,
  action: fc.constantFrom('oss:GetObject', 'oss:PutObject', 'sts:AssumeRole'),
  resource: fc.constantFrom(`acs:oss:oss-cn-hangzhou:${OWNER}:b`, `acs:oss:oss-cn-hangzhou:${OWNER}:b/data/x`),
  context: fc.dictionary(fc.constantFrom('oss:Prefix', 'acs:SourceVpc'), fc.constantFrom('a', 'bc', '')),
  rule: fc.constantFrom<RamRule>('bucket', 'trust', 'none'),
  identity: lists('identity'),
  session: fc.option(lists('identity'), { nil: undefined }),
  bucket: lists('bucket'),
  trust: lists('trust'),
})

function policy(name: string, list: readonly JsonObject[]): NamedPolicy {
  return { name, document: { Version: '1', Statement: list } }
}

function questionOf(scene: Scene, change: Partial<RamPolicySet> = {}): RamQuestion {
  const resource = scene.rule === 'trust' ? policy('trust', scene.trust) : policy('bucket', scene.bucket)
  return {
    principal: scene.principal,
    action: scene.action,
    resource: scene.resource,
    resourceAccount: OWNER,
    context: scene.context,
    rule: scene.rule,
    policies: {
      identity: [policy('identity', scene.identity)],
      ...(scene.session ? { session: policy('session', scene.session) } : {}),
      resource,
      ...change,
    },
  }
}

function decide(scene: Scene, change: Partial<RamPolicySet> = {}): RamDecision {
  return evaluateRam(questionOf(scene, change))
}

it('never allows more because of a further Deny', () => {
  fc.assert(
    fc.property(scenes, statements(fc.constant('Deny'), 'identity'), (scene, deny) => {
      const before = decide(scene)
      if (decide({ ...scene, identity: [...scene.identity, deny] }).allowed) expect(before.allowed).toBe(true)
      if (scene.session && decide({ ...scene, session: [...scene.session, deny] }).allowed) expect(before.allowed).toBe(true)
    }),
  )
})

it('never allows less because of a further Allow', () => {
  fc.assert(
    fc.property(scenes, statements(fc.constant('Allow'), 'identity'), statements(fc.constant('Allow'), 'bucket'), (scene, own, bucket) => {
      if (!decide(scene).allowed) return
      expect(decide({ ...scene, identity: [...scene.identity, own] }).allowed).toBe(true)
      expect(decide({ ...scene, bucket: [...scene.bucket, bucket] }).allowed).toBe(true)
    }),
  )
})

it('gives a session no more than its role has', () => {
  fc.assert(
    fc.property(scenes, (scene) => {
      const { session: _without, ...rest } = questionOf(scene).policies
      if (decide(scene).allowed) expect(evaluateRam({ ...questionOf(scene), policies: rest }).allowed).toBe(true)
    }),
  )
})

it('does not care for the order of statements, nor in how many policies they stand', () => {
  fc.assert(
    fc.property(scenes, (scene) => {
      const { allowed, effect } = decide(scene)
      const reversed = {
        ...scene,
        identity: scene.identity.toReversed(),
        bucket: scene.bucket.toReversed(),
        trust: scene.trust.toReversed(),
      }
      expect(decide(reversed)).toMatchObject({ allowed, effect })
      const split = scene.identity.map((statement, index) => policy(`p${index}`, [statement]))
      expect(decide(scene, { identity: split })).toMatchObject({ allowed, effect })
    }),
  )
})

it('does not care for the letter case of the action', () => {
  fc.assert(
    fc.property(scenes, (scene) => {
      expect(decide({ ...scene, action: scene.action.toUpperCase() })).toEqual(decide(scene))
    }),
  )
})

it('answers alike with policies that were prepared', () => {
  fc.assert(
    fc.property(scenes, (scene) => {
      const { identity = [], session, resource } = questionOf(scene).policies
      const kind = scene.rule === 'trust' ? 'trust' : 'bucket'
      const prepared = {
        identity: identity.map((one) => compileRam(one, 'identity')),
        ...(session ? { session: compileRam(session, 'identity') } : {}),
        ...(resource ? { resource: compileRam(resource, kind) } : {}),
      }
      expect(decide(scene, prepared)).toEqual(decide(scene))
    }),
  )
})

it('allows nobody anything without a statement that says so, but the owner his own', () => {
  fc.assert(
    fc.property(scenes, (scene) => {
      const decision = decide({ ...scene, identity: [], bucket: [], trust: [], session: undefined })
      const isOwner = scene.principal.kind === 'root' && scene.principal.accountId === OWNER && scene.rule !== 'trust'
      expect(decision.allowed).toBe(isOwner)
    }),
  )
})

it('explains every answer: what decided matches, and an implicit deny has no Allow that matches where one was needed', () => {
  fc.assert(
    fc.property(scenes, (scene) => {
      const { explanation = [], decidedBy, effect, layer } = evaluateRam(questionOf(scene), { explain: true })
      if (decidedBy)
        expect(
          explanation.find((one) => one.layer === decidedBy.layer && one.policy === decidedBy.policy && one.index === decidedBy.index)
            ?.matches,
        ).toBe(true)
      if (effect === 'implicit-deny')
        expect(explanation.filter((one) => one.layer === layer && one.effect === 'Allow' && one.matches)).toEqual([])
    }),
  )
})

it('matches resource names as a plain reading of the pattern does', () => {
  const field = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '/'), maxLength: 5 })
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 5 })
  const escape = (pattern: string): string => pattern.replaceAll('*', '.*').replaceAll('?', '.')
  fc.assert(
    fc.property(fc.tuple(field, field, field), fc.tuple(text, text, text), (patterns, texts) => {
      const pattern = acsPattern(`acs:oss:${patterns.join(':')}`)
      const plain = patterns.every((one, index) => new RegExp(`^${escape(one)}$`, 's').test(texts[index] ?? ''))
      expect(pattern && acsMatches(pattern, `acs:oss:${texts.join(':')}`)).toBe(plain)
    }),
  )
})
