import { isList, isObject } from '../../policy/shapes.ts'
import type { PatchStep } from '../../finding.ts'
import type { JsonObject } from '../../json.ts'
import type { PolicyDocument } from '../../policy/types.ts'
import type { RamPrincipal } from '../../ram/types.ts'
import type { CaseDocuments } from '../case.ts'
import type { Facts } from '../facts.ts'
import { patched } from '../patched.ts'
import { adding, pointer, statementAt, statementPath, valuesOf } from '../statement-patch.ts'
import { at, type Judged } from './judge.ts'
import { locationOf } from './subject.ts'

/** A change of one of the customer's documents. */
export interface DocumentPatch {
  readonly document: string
  readonly steps: readonly PatchStep[]
}

/** The statement that is missing: this action, on what the connection is for, and for a listing this prefix. */
export function statementFor({ need }: Judged, facts: Facts): JsonObject {
  const resource = resourceFor(need.resource, facts)
  const prefix = locationOf(facts)?.key ?? ''
  const narrowed = need.service === 'oss' && need.action === 'oss:ListObjects' && prefix !== ''
  return {
    Effect: 'Allow',
    Action: [need.action],
    Resource: [resource],
    ...(narrowed ? { Condition: { StringLike: { 'oss:Prefix': [`${prefix}*`] } } } : {}),
  }
}

/** Of an object in the location's folder, the folder; with the region and owner of a bucket left open, as names of buckets are the world's. */
function resourceFor(resource: string, facts: Facts): string {
  const match = /^acs:oss:[^:]*:[^:]*:(?<bucket>[^/]+)(?:\/(?<key>.*))?$/s.exec(resource)?.groups
  if (match === undefined) return resource
  const { bucket = '', key } = match
  const location = locationOf(facts)
  if (key === undefined) return `acs:oss:*:*:${bucket}`
  const isFolder = location?.bucket === bucket && (location.key === '' || location.key.endsWith('/')) && key.startsWith(location.key)
  return `acs:oss:*:*:${bucket}/${isFolder ? `${location.key}*` : key}`
}

/** Adds the statement to the first policy; where there is none, a policy of its own. `actions`: all that are missing on the same resource. */
export function allowing(judged: Judged, facts: Facts, actions: readonly string[] = [judged.need.action]): DocumentPatch {
  const statement = { ...statementFor(judged, facts), Action: actions }
  const [first] = facts.documents.ramPolicies ?? []
  if (first !== undefined) return { document: at.ramPolicy(0), steps: adding(first, statement) }
  return { document: at.ramPolicies, steps: [{ op: 'add', path: '/-', value: { Version: '1', Statement: [statement] } }] }
}

/**
 * The ways to let one caller out of a Deny of a bucket policy: out of all of it, or out of what was refused, with a statement that goes on
 * denying him the rest. OSS documents neither NotAction nor NotResource for these policies, so that what a wildcard leaves cannot be said.
 */
export function exemptingCaller(document: PolicyDocument, index: number, judged: Judged, facts: Facts): readonly (readonly PatchStep[])[] {
  const whole = leavingOut(document, index, judged.question.principal)
  if (whole === undefined) return []
  const rest = remaining(document, index, judged, facts)
  return rest === undefined ? [whole] : [whole, [...whole, ...adding(document, ...rest)]]
}

/** Takes a caller out of whom a statement is about. Undefined where it cannot be written so. */
function leavingOut(document: PolicyDocument, index: number, principal: RamPrincipal): readonly PatchStep[] | undefined {
  const own = bucketName(principal)
  const statement = statementAt(document, index)
  const path = statementPath(document, index)
  if (own === undefined || statement === undefined) return undefined
  const left = statement['NotPrincipal']
  if (left !== undefined) {
    const present = valuesOf(left)
    return isList(left) && !present.includes(own) ? [{ op: 'add', path: `${path}/NotPrincipal/-`, value: own }] : undefined
  }
  const named = valuesOf(statement['Principal'])
  if (named.includes('*') || (isList(statement['Principal']) && named.length === 0))
    return [
      { op: 'remove', path: `${path}/Principal` },
      { op: 'add', path: `${path}/NotPrincipal`, value: [own] },
    ]
  const place = named.indexOf(own)
  return place >= 0 && named.length > 1 ? [{ op: 'remove', path: `${path}/Principal/${place}` }] : undefined
}

/** What the caller stays denied of a statement that he is let out of: its other actions, and listing elsewhere than in his folder. */
function remaining(document: PolicyDocument, index: number, { need, question }: Judged, facts: Facts): readonly JsonObject[] | undefined {
  const statement = statementAt(document, index)
  const own = bucketName(question.principal)
  const actions = valuesOf(statement?.['Action'])
  if (statement === undefined || own === undefined || !isList(document['Statement'])) return undefined
  const taken = new Set([need.action, ...facts.failures.flatMap(({ clue }) => clue.action ?? [])].map((action) => action.toLowerCase()))
  const others = actions.filter((action) => !taken.has(action.toLowerCase()))
  const base: JsonObject = { ...omit(omit(statement, 'NotPrincipal'), 'Sid'), Principal: [own] }
  const folder = locationOf(facts)?.key ?? ''
  const lists = taken.has('oss:listobjects') && folder !== ''
  const condition = isObject(base['Condition']) ? base['Condition'] : {}
  const present = condition['StringNotLike']
  return [
    ...(others.length === 0 ? [] : [{ ...base, Action: others }]),
    ...(lists
      ? [
          {
            ...base,
            Action: ['oss:ListObjects'],
            Condition: { ...condition, StringNotLike: { ...(isObject(present) ? present : {}), 'oss:Prefix': [`${folder}*`] } },
          },
        ]
      : []),
  ]
}

/** Has a condition on a key hold for a value too: one of a list, or in the place of the only one. */
export function meetingCondition(document: PolicyDocument, index: number, asked: string, value: string): readonly PatchStep[] {
  const condition = statementAt(document, index)?.['Condition']
  if (!isObject(condition)) return []
  return Object.entries(condition).flatMap(([operator, keys]): readonly PatchStep[] =>
    isObject(keys)
      ? Object.entries(keys)
          .filter(([key]) => key.toLowerCase() === asked)
          .map(([key, present]) => {
            const path = `${statementPath(document, index)}/Condition/${pointer(operator)}/${pointer(key)}`
            const isOne = !isList(present) || present.length < 2
            return isOne ? { op: 'replace', path, value: isList(present) ? [value] : value } : { op: 'add', path: `${path}/-`, value }
          })
      : [],
  )
}

/** A caller as a bucket policy names it. */
function bucketName(principal: RamPrincipal): string | undefined {
  if (principal.kind === 'role-session') return `arn:sts::${principal.accountId}:assumed-role/${principal.roleName}/*`
  return principal.kind === 'user' && principal.userId !== '' ? principal.userId : undefined
}

/**
 * Lets one action on one place out of a Deny of the identity's own policy: the statement goes on denying everything else that it denied.
 * Undefined where its actions cannot be told apart without writing others into it.
 */
export function exemptingAction(document: PolicyDocument, index: number, judged: Judged, facts: Facts): readonly PatchStep[] | undefined {
  const statement = statementAt(document, index)
  const path = statementPath(document, index)
  const actions = valuesOf(statement?.['Action'])
  const own = judged.need.action.toLowerCase()
  const place = actions.findIndex((action) => action.toLowerCase() === own)
  const resource = resourceFor(judged.need.resource, facts)
  if (statement === undefined || statement['Resource'] === undefined || place < 0) return undefined
  if (actions.some((action, other) => other !== place && /[*?]/.test(action))) return undefined
  // "Everything but this" can be said of a statement that is about everything.
  if (!valuesOf(statement['Resource']).every((one) => one === '*' || /^acs:oss:\*:\*:\*$/.test(one))) return undefined
  const apart: JsonObject = { ...omit(statement, 'Resource'), Action: [judged.need.action], NotResource: [resource] }
  if (actions.length === 1)
    return [
      { op: 'remove', path: `${path}/Resource` },
      { op: 'add', path: `${path}/NotResource`, value: [resource] },
    ]
  return isList(document['Statement']) && isList(statement['Action'])
    ? [
        { op: 'remove', path: `${path}/Action/${place}` },
        { op: 'add', path: '/Statement/-', value: apart },
      ]
    : undefined
}

function omit(statement: JsonObject, name: string): JsonObject {
  return Object.fromEntries(Object.entries(statement).filter(([key]) => key !== name))
}

/** The documents with one of them patched. */
export function withPatched(documents: CaseDocuments, { document, steps }: DocumentPatch): CaseDocuments {
  const { ramPolicies, bucketPolicy, sessionPolicy, trustPolicy } = documents
  if (document === at.ramPolicies) return { ...documents, ramPolicies: patched(ramPolicies ?? [], steps) }
  return {
    ...documents,
    ...(ramPolicies === undefined
      ? {}
      : { ramPolicies: ramPolicies.map((one, index) => (at.ramPolicy(index) === document ? patched(one, steps) : one)) }),
    ...(bucketPolicy === undefined ? {} : { bucketPolicy: document === at.bucketPolicy ? patched(bucketPolicy, steps) : bucketPolicy }),
    ...(sessionPolicy === undefined
      ? {}
      : { sessionPolicy: document === at.sessionPolicy ? patched(sessionPolicy, steps) : sessionPolicy }),
    ...(trustPolicy === undefined ? {} : { trustPolicy: document === at.trustPolicy ? patched(trustPolicy, steps) : trustPolicy }),
  }
}
