import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '../json.ts'
import type { NamedPolicy, PolicyDocument, RequestContext } from '../policy/types.ts'
import { evaluateRam } from './evaluate.ts'
import { expandOssCall, type OssCall } from './oss-call.ts'
import { parseRamPolicy } from './parse.ts'
import type { RamPolicyKind } from './parsed.ts'
import type { RamPrincipal, RamQuestion, RamRule } from './types.ts'

/** A policy as the case files write it: its statements alone. */
type WrittenPolicy = readonly JsonObject[]
interface SeveralPolicies {
  readonly policies: { readonly [name: string]: WrittenPolicy }
}

interface Case {
  readonly name: string
  readonly note: string
  /** A resource name (`<role> as <session>` for a session), `anonymous` or `service:…`. */
  readonly principal: string
  /** UID of the user. */
  readonly userId?: string
  readonly action: string
  readonly on: string
  readonly owner: string
  readonly rule: RamRule
  readonly context?: RequestContext
  readonly identity?: WrittenPolicy | SeveralPolicies
  readonly session?: WrittenPolicy
  readonly bucketPolicy?: WrittenPolicy
  readonly trustPolicy?: WrittenPolicy
  /** `allow`, or `explicit-deny by <layer>`, `implicit-deny by <layer>`. */
  readonly expect: string
}

/** One condition, and the values of its key for which it holds and does not; null: the key is absent. */
interface GridRow {
  readonly operator: string
  readonly key: string
  readonly values: Json
  readonly holds: readonly (string | null)[]
  readonly fails: readonly (string | null)[]
}

interface CaseFile {
  readonly topic: string
  readonly defaults?: Partial<Case>
  readonly cases?: readonly Case[]
  readonly grid?: readonly GridRow[]
  readonly documents?: readonly {
    readonly name: string
    readonly document: PolicyDocument
    readonly kind: RamPolicyKind
    readonly pointers: readonly string[]
  }[]
  readonly calls?: readonly { readonly name: string; readonly call: OssCall; readonly needs: readonly string[] }[]
}

const folder = new URL('../../testdata/ram/', import.meta.url)
const files = readdirSync(folder).map((name): CaseFile => JSON.parse(readFileSync(new URL(name, folder), 'utf8')))

function named(name: string, statements: WrittenPolicy): NamedPolicy {
  return { name, document: { Version: '1', Statement: statements } }
}

function several(written: WrittenPolicy | SeveralPolicies): readonly NamedPolicy[] {
  if (!('policies' in written)) return [named('identity', written)]
  return Object.entries(written.policies).map(([name, policy]) => named(name, policy))
}

function principalOf({ principal, userId = '1' }: Case): RamPrincipal {
  if (principal === 'anonymous') return { kind: 'anonymous' }
  if (principal.startsWith('service:')) return { kind: 'service', service: principal.slice('service:'.length) }
  if (principal.includes(':oidc-provider/')) return { kind: 'federated', provider: principal }
  const [arn = '', sessionName] = principal.split(' as ')
  const [, , , accountId = '', resource = ''] = arn.split(':')
  const name = resource.slice(resource.indexOf('/') + 1)
  if (sessionName !== undefined) return { kind: 'role-session', accountId, roleName: name, sessionName }
  return resource === 'root' ? { kind: 'root', accountId } : { kind: 'user', accountId, userName: name, userId }
}

function questionOf(written: Case): RamQuestion {
  const { identity, session, bucketPolicy, trustPolicy } = written
  const resource = bucketPolicy ?? trustPolicy
  return {
    principal: principalOf(written),
    action: written.action,
    resource: written.on,
    resourceAccount: written.owner,
    rule: written.rule,
    context: written.context ?? {},
    policies: {
      ...(identity ? { identity: several(identity) } : {}),
      ...(session ? { session: named('session', session) } : {}),
      ...(resource ? { resource: named('resource', resource) } : {}),
    },
  }
}

function gridCases(file: CaseFile): readonly Case[] {
  return (file.grid ?? []).flatMap(({ operator, key, values, holds, fails }) => {
    const one = (value: string | null, does: boolean): Case => ({
      principal: '',
      action: '',
      on: '',
      owner: '',
      rule: 'bucket',
      ...file.defaults,
      name: `${operator} ${JSON.stringify(values)} for ${key} ${value ?? 'absent'}`,
      note: operator,
      context: value === null ? {} : { [key]: value },
      identity: [{ Effect: 'Allow', Action: '*', Resource: '*', Condition: { [operator]: { [key]: values } } }],
      expect: does ? 'allow' : 'implicit-deny by identity',
    })
    return [...holds.map((value) => one(value, true)), ...fails.map((value) => one(value, false))]
  })
}

for (const file of files)
  describe(file.topic, () => {
    for (const each of [...(file.cases ?? []).map((one): Case => ({ ...file.defaults, ...one })), ...gridCases(file)])
      it(`${each.name}: ${each.expect}`, () => {
        const decision = evaluateRam(questionOf(each))
        expect(decision.allowed ? decision.effect : `${decision.effect} by ${decision.layer}`, each.note).toBe(each.expect)
        // Explaining must not change the answer, and what matched must bear it out.
        const explained = evaluateRam(questionOf(each), { explain: true })
        expect({ ...explained, explanation: undefined }).toEqual({ ...decision, explanation: undefined })
        for (const statement of explained.explanation ?? []) expect(statement.matches).toBe(statement.mismatches.length === 0)
        if (decision.effect === 'explicit-deny')
          expect(
            explained.explanation?.some(({ effect, matches, layer }) => effect === 'Deny' && matches && layer === decision.layer),
          ).toBe(true)
      })
    for (const { name, document, kind, pointers } of file.documents ?? [])
      it(`finds ${name}`, () => {
        const result = parseRamPolicy(document, kind)
        expect(result.ok ? [] : result.problems.map(({ pointer }) => pointer)).toEqual(pointers)
      })
    for (const { name, call, needs } of file.calls ?? [])
      it(`expands ${name}`, () => {
        expect(expandOssCall(call).map(({ action, resource }) => `${action} on ${resource}`)).toEqual(needs)
      })
  })

it('has a note of the rule with each case', () => {
  const cases = files.flatMap((file) => file.cases ?? [])
  expect(cases.length).toBeGreaterThan(80)
  expect(cases.filter(({ note }) => !note)).toEqual([])
})
