import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../json.ts'
import { evaluate } from './evaluate.ts'
import { parsePolicy } from './parse.ts'
import type { PolicyKind } from './parsed.ts'
import { expandS3Call, type S3Call } from './s3-call.ts'
import type { AccessQuestion, NamedPolicy, PolicyDocument, Principal, RequestContext } from './types.ts'

/** A policy as the case files write it: a document, or its statements alone (version 2012-10-17). */
type WrittenPolicy = PolicyDocument | readonly JsonObject[]
interface SeveralPolicies {
  readonly policies: { readonly [name: string]: WrittenPolicy }
}
/** An ARN (`<role> as <session>` for a session), `anonymous`, `service:…`, `federated:…`; with ids and tags as an object. */
type WrittenPrincipal =
  | string
  | { readonly is: string; readonly id?: string; readonly canonical?: string; readonly tags?: { readonly [key: string]: string } }

interface Case {
  readonly name: string
  readonly note: string
  readonly principal: WrittenPrincipal
  readonly action: string
  readonly on: string
  readonly owner: string
  readonly context?: RequestContext
  readonly identity?: WrittenPolicy | SeveralPolicies
  readonly session?: WrittenPolicy | SeveralPolicies
  readonly boundary?: WrittenPolicy
  readonly bucketPolicy?: WrittenPolicy
  readonly keyPolicy?: WrittenPolicy
  readonly trustPolicy?: WrittenPolicy
  readonly endpointPolicy?: WrittenPolicy
  readonly scps?: readonly (readonly WrittenPolicy[])[]
  readonly rcps?: readonly (readonly WrittenPolicy[])[]
  readonly restrictPublicBuckets?: boolean
  /** `allow`, or `explicit-deny by <layer>`, `implicit-deny by <layer>`. */
  readonly expect: string
  /** Sid of the statement that decided. */
  readonly by?: string
}

interface CaseFile {
  readonly topic: string
  readonly defaults?: Partial<Case>
  readonly cases?: readonly Case[]
  readonly documents?: readonly {
    readonly name: string
    readonly document: PolicyDocument
    readonly kind?: PolicyKind
    readonly pointers: readonly string[]
  }[]
  readonly calls?: readonly { readonly name: string; readonly call: S3Call; readonly needs: readonly string[] }[]
}

const folder = new URL('../../testdata/policy/', import.meta.url)
const files = readdirSync(folder).map((name): CaseFile => JSON.parse(readFileSync(new URL(name, folder), 'utf8')))

function named(name: string, policy: WrittenPolicy): NamedPolicy {
  return { name, document: isStatements(policy) ? { Version: '2012-10-17', Statement: policy } : policy }
}

function isStatements(policy: WrittenPolicy): policy is readonly JsonObject[] {
  return Array.isArray(policy)
}

function several(name: string, written: WrittenPolicy | SeveralPolicies): readonly NamedPolicy[] {
  if (!isSeveral(written)) return [named(name, written)]
  return Object.entries(written.policies).map(([each, policy]) => named(each, policy))
}

function isSeveral(written: WrittenPolicy | SeveralPolicies): written is SeveralPolicies {
  return 'policies' in written
}

function principalOf(written: WrittenPrincipal): Principal {
  const { is, id, canonical, tags } = typeof written === 'string' ? { is: written } : written
  const extras = { ...(tags ? { tags } : {}), ...(canonical ? { canonicalUserId: canonical } : {}) }
  if (is === 'anonymous') return { kind: 'anonymous' }
  if (is.startsWith('service:')) return { kind: 'service', service: is.slice('service:'.length) }
  if (is.startsWith('federated:')) return { kind: 'federated', provider: is.slice('federated:'.length) }
  const [arn = '', sessionName] = is.split(' as ')
  if (sessionName !== undefined) return { kind: 'role-session', roleArn: arn, sessionName, ...(id ? { roleId: id } : {}), ...extras }
  if (arn.endsWith(':root')) return { kind: 'root', accountId: arn.split(':')[4] ?? '', ...extras }
  return { kind: 'user', arn, ...(id ? { userId: id } : {}), ...extras }
}

function questionOf(written: Case): AccessQuestion {
  const { identity, session, boundary, bucketPolicy, keyPolicy, trustPolicy, endpointPolicy, scps, rcps } = written
  const resource = bucketPolicy ?? keyPolicy ?? trustPolicy
  const levels = (name: string, written: readonly (readonly WrittenPolicy[])[]): readonly (readonly NamedPolicy[])[] =>
    written.map((level, index) => level.map((policy, number) => named(`${name} ${index}.${number}`, policy)))
  return {
    principal: principalOf(written.principal),
    action: written.action,
    resource: written.on,
    resourceAccount: written.owner,
    context: written.context ?? {},
    policies: {
      ...(identity ? { identity: several('identity', identity) } : {}),
      ...(session ? { session: several('session', session) } : {}),
      ...(boundary ? { boundary: named('boundary', boundary) } : {}),
      ...(resource ? { resource: named('resource', resource) } : {}),
      ...(keyPolicy ? { resourceRule: 'kms-key' as const } : trustPolicy ? { resourceRule: 'trust' as const } : {}),
      ...(endpointPolicy ? { vpcEndpoint: named('endpoint', endpointPolicy) } : {}),
      ...(scps ? { scps: levels('scp', scps) } : {}),
      ...(rcps ? { rcps: levels('rcp', rcps) } : {}),
      ...(written.restrictPublicBuckets ? { restrictPublicBuckets: true } : {}),
    },
  }
}

for (const file of files)
  describe(file.topic, () => {
    for (const each of file.cases ?? []) {
      const written: Case = { ...file.defaults, ...each }
      it(`${written.name}: ${written.expect}`, () => {
        const decision = evaluate(questionOf(written))
        const verdict = decision.allowed ? decision.effect : `${decision.effect} by ${decision.layer}`
        expect(verdict, written.note).toBe(written.expect)
        if (written.by) expect(decision.decidedBy?.sid).toBe(written.by)
        // Explaining must not change the answer, and what matched must bear it out.
        const explained = evaluate(questionOf(written), { explain: true })
        expect({ ...explained, explanation: undefined }).toEqual({ ...decision, explanation: undefined })
        for (const statement of explained.explanation ?? []) expect(statement.matches).toBe(statement.mismatches.length === 0)
        if (decision.effect === 'explicit-deny')
          expect(
            explained.explanation?.some(({ effect, matches, layer }) => effect === 'Deny' && matches && layer === decision.layer),
          ).toBe(true)
      })
    }
    for (const { name, document, kind, pointers } of file.documents ?? [])
      it(`finds ${name}`, () => {
        const result = parsePolicy(document, kind)
        expect(result.ok ? [] : result.problems.map(({ pointer }) => pointer)).toEqual(pointers)
      })
    for (const { name, call, needs } of file.calls ?? [])
      it(`expands ${name}`, () => {
        expect(expandS3Call(call).map(({ action, resource }) => `${action} on ${resource}`)).toEqual(needs)
      })
  })

it('has at least 250 cases of decisions, each with the rule it comes from', () => {
  const cases = files.flatMap((file) => file.cases ?? [])
  expect(cases.length).toBeGreaterThan(250)
  expect(cases.filter(({ note }) => !note)).toEqual([])
})
