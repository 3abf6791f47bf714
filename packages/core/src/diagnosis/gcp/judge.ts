import { evaluateGoogleAccess, type BindingExplanation, type GoogleDecision } from '../../google-iam/evaluate.ts'
import type { GoogleIdentity } from '../../google-iam/identity.ts'
import { storageResource, type IamBinding } from '../../google-iam/policy.ts'
import type { CaseDocuments } from '../case.ts'
import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import { ownBindings, shownRole, type OwnBinding } from './bindings.ts'
import { callerOf } from './caller.ts'
import { projectPolicies } from './facts.ts'
import { permissionOf } from './operations.ts'
import { keyUnder, type Place } from '../bucket-place.ts'
import { placeOf } from './place.ts'

/** What a request needed, and what the bucket's bindings say of it. */
export interface Judged {
  readonly identity: GoogleIdentity
  readonly permission: string
  readonly place: Place
  /** Whether it is about an object; otherwise it is about the bucket. */
  readonly isObject: boolean
  readonly decision: GoogleDecision
  /** The binding that gives the permission to the caller, but not for this. */
  readonly underCondition?: OwnBinding & { readonly why: string }
}

/** What the bindings say of a request. Undefined where they, the caller or the request are not known. */
export function judge(failure: Failure, facts: Facts, documents: CaseDocuments = facts.documents): Judged | undefined {
  const { observation, clue } = failure
  const identity = callerOf(facts, clue)
  const permission = permissionOf(observation, clue)
  const place = placeOf(observation, facts)
  if (documents.bindings === undefined || identity === undefined || permission === undefined || place === undefined) return undefined
  if (!permission.startsWith('storage.')) return undefined
  return decide({ identity, permission, place }, facts, documents)
}

/** What the bindings say of one permission. */
export function decide(
  { identity, permission, place }: Pick<Judged, 'identity' | 'permission' | 'place'>,
  facts: Pick<Facts, 'now' | 'successes'>,
  documents: CaseDocuments,
): Judged {
  const own = ownBindings(documents)
  const above = projectPolicies(facts)
  const isObject = isAboutObject(permission)
  const decision = evaluateGoogleAccess({
    identity,
    permission,
    resource: storageResource(place.bucket, isObject ? keyUnder(place.key) : undefined),
    policies: [{ attachedTo: `projects/_/buckets/${place.bucket}`, policy: { bindings: own.map(({ binding }) => binding) } }, ...above],
    // Where nothing says what time it is, conditions on it are left open below.
    time: facts.now ?? 0,
    customRole: (role) => shownRole(documents, role),
  })
  const all = [...own.map(({ binding }) => binding), ...above.flatMap(({ policy }) => policy.bindings)]
  const seen = facts.now === undefined ? withoutTime(decision, all) : decision
  const near = own.flatMap((binding, index) => {
    const why = onlyCondition(seen.bindings[index])
    return why === undefined ? [] : [{ ...binding, why }]
  })[0]
  return { identity, permission, place, isObject, decision: seen, ...(near === undefined ? {} : { underCondition: near }) }
}

export function isAboutObject(permission: string): boolean {
  return permission.startsWith('storage.objects.') && permission !== 'storage.objects.list'
}

/** A decision in which conditions that ask for the time are not decided. */
function withoutTime(decision: GoogleDecision, all: readonly IamBinding[]): GoogleDecision {
  const bindings = decision.bindings.map((one, index): BindingExplanation => {
    const expression = all[index]?.condition?.expression ?? ''
    const others = one.mismatches.filter(({ part, unknown }) => part !== 'condition' && unknown !== true)
    if (!expression.includes('request.time') || others.length > 0) return one
    return { ...one, matches: 'unknown', mismatches: [{ part: 'condition', detail: 'What time it is is not known.', unknown: true }] }
  })
  const { boundary } = decision
  const matches = bindings.map((one) => one.matches)
  const decidedBy = bindings.find((one) => one.matches === true)
  const effect = matches.includes(true) ? 'allow' : matches.includes('unknown') ? 'unknown' : 'deny'
  return { effect, bindings, ...(decidedBy === undefined ? {} : { decidedBy }), ...(boundary === undefined ? {} : { boundary }) }
}

/** Why a binding does not match, where nothing but its condition keeps it from that. */
function onlyCondition(one: BindingExplanation | undefined): string | undefined {
  if (one === undefined || one.matches !== false) return undefined
  const [first] = one.mismatches
  return first !== undefined && one.mismatches.every(({ part }) => part === 'condition') ? first.detail : undefined
}
