import type { AttachedPolicy } from '../../google-iam/evaluate.ts'
import type { JsonObject } from '../../json.ts'
import { isList, isObject } from '../../policy/shapes.ts'
import type { Observation } from '../case.ts'
import type { Facts } from '../facts.ts'
import { objectsIn, parsedJson } from '../json-text.ts'
import { ownBindings } from './bindings.ts'
import { operationName } from './operations.ts'
import { placeOf } from './place.ts'

/** Requests to the same bucket that were served. */
export function servedIn(bucket: string | undefined, facts: Facts): readonly Observation[] {
  return facts.successes.filter((one) => {
    const place = placeOf(one, facts)
    return operationName(one, { fields: {} }).startsWith('object') && place !== undefined && place.bucket === bucket
  })
}

/** The permissions that Cloud Storage itself said the caller has on the bucket; undefined where it was not asked. */
export function grantedPermissions({ successes }: Pick<Facts, 'successes'>): readonly string[] | undefined {
  const asked = successes.filter((one) => /test(iam)?permissions/.test(operationName(one, { fields: {} })))
  if (asked.length === 0) return undefined
  return asked.flatMap(({ message }) => [...(message ?? '').matchAll(/"(storage\.[\w.]+)"/g)].map(([, permission = '']) => permission))
}

/** A key of a service account, as its listing shows it. */
export interface ShownKey {
  readonly name: string
  readonly disabled: boolean
  /** Milliseconds. */
  readonly validBefore: number
}

/** The keys that somebody made for the account; undefined where nobody showed them. */
export function shownKeys({ successes }: Pick<Facts, 'successes'>): readonly ShownKey[] | undefined {
  const listed = successes.filter((one) => /serviceaccount(s)?keys?(list|get)|keyslist/.test(operationName(one, { fields: {} })))
  if (listed.length === 0) return undefined
  return listed.flatMap(({ message }) => objectsIn(parsedJson(message))).flatMap(keyOf)
}

function keyOf(one: JsonObject): readonly ShownKey[] {
  const { name, keyType, disabled, validBeforeTime } = one
  // Keys of Google's own come and go by themselves, and nobody holds them.
  if (typeof name !== 'string' || !name.includes('/keys/') || keyType === 'SYSTEM_MANAGED') return []
  const end = typeof validBeforeTime === 'string' ? Date.parse(validBeforeTime) : Number.NaN
  return [{ name, disabled: disabled === true, validBefore: Number.isNaN(end) ? Number.POSITIVE_INFINITY : end }]
}

/** What a read of the service account answered: that it is there, disabled, or not there. */
export function shownAccount(facts: Facts): 'there' | 'disabled' | 'missing' | undefined {
  const isRead = (one: Observation): boolean => /serviceaccounts(get|describe)$|getserviceaccount$/.test(operationName(one, { fields: {} }))
  const served = facts.successes.find(isRead)
  if (served !== undefined) return objectsIn(parsedJson(served.message)).some((one) => one['disabled'] === true) ? 'disabled' : 'there'
  const refused = facts.subject.observations.find((one) => one.ok === false && isRead(one))
  return refused !== undefined && (refused.status === 404 || /NOT_FOUND|Unknown service account/.test(refused.message ?? ''))
    ? 'missing'
    : undefined
}

/**
 * Policies of projects, and of what is above them, that somebody read: they say who is behind `projectOwner:…` and its like, and give what they
 * give on every bucket.
 */
export function projectPolicies({ successes }: Pick<Facts, 'successes'>): readonly AttachedPolicy[] {
  return successes.flatMap((one): readonly AttachedPolicy[] => {
    const name = operationName(one, { fields: {} })
    if (/getancestorsiampolicy/.test(name)) return ancestorPolicies(one)
    if (!name.endsWith('projectsgetiampolicy')) return []
    const project = /(?:^|\/)projects\/([^/:?]+)/.exec(one.target ?? '')?.[1] ?? one.target?.trim()
    const policy = parsedJson(one.message)
    if (project === undefined || !isObject(policy)) return []
    return [{ attachedTo: `projects/${project}`, policy: { bindings: ownBindings({ bindings: [policy] }).map(({ binding }) => binding) } }]
  })
}

/** One entry for each of a project, its folders and its organization; those of deny policies have no bindings. */
function ancestorPolicies({ message }: Observation): readonly AttachedPolicy[] {
  return objectsIn(parsedJson(message)).flatMap(({ id, type, policy }): readonly AttachedPolicy[] => {
    if (typeof id !== 'string' || typeof type !== 'string' || !isObject(policy) || !isList(policy['bindings'])) return []
    return [{ attachedTo: `${type}s/${id}`, policy: { bindings: ownBindings({ bindings: [policy] }).map(({ binding }) => binding) } }]
  })
}
