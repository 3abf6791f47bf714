import { isDenied } from '../../google-iam/deny-policy.ts'
import { type GoogleIdentity, googleMember } from '../../google-iam/identity.ts'
import type { Explanation, Text } from '../cause.ts'
import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import type { Slot } from '../memo.ts'
import { OPENED, said } from '../said.ts'
import { bindingPatch, opens, takesNoConditions } from './binding-patch.ts'
import { ownBindings } from './bindings.ts'
import { callerOf, memberOf } from './caller.ts'
import { isStorageDenial } from './denial.ts'
import { grantedPermissions, servedIn } from './facts.ts'
import { keyUnder } from '../bucket-place.ts'
import { isAboutObject, judge, type Judged } from './judge.ts'
import { operationName, permissionOf } from './operations.ts'
import { placeOf } from './place.ts'
import { type Denial, denialOf, knowsAllDenyRules, shownDenyRules } from './upper-policies.ts'

/** What of IAM can keep a caller from an object or bucket, by the codes of their causes. */
export type PermissionGap =
  | 'gcs.perm.list'
  | 'gcs.perm.buckets_get'
  | 'gcs.perm.overwrite_delete'
  | 'gcs.perm.missing'
  | 'gcs.cond'
  | 'gcs.deny_policy'
  | 'gcs.pab'
  | 'gcs.propagation'

type Gaps = { readonly [gap in PermissionGap]?: Explanation }

const SLOT: Slot<Gaps> = { name: 'gcp.permission' }

/** How a gap stands to a refusal. */
export function permissionGap(gap: PermissionGap): (failure: Failure, facts: Facts) => Explanation | undefined {
  return (failure, facts) => facts.memo(SLOT, failure, () => gapsOf(failure, facts))[gap]
}

function gapsOf(failure: Failure, facts: Facts): Gaps {
  if (!isStorageDenial(failure)) return {}
  return withoutRead(iamGaps(failure, facts), failure, facts)
}

/** What is left once deny policies are taken for what somebody read of them. */
function withoutRead(gaps: Gaps, failure: Failure, facts: Facts): Gaps {
  const { 'gcs.deny_policy': deny, ...kept } = gaps
  if (deny === undefined) return gaps
  const rules = shownDenyRules(facts)
  const identity = callerOf(facts, failure.clue)
  const permission = permissionOf(failure.observation, failure.clue)
  if (rules === undefined || identity === undefined || permission === undefined) return gaps
  const denial = denialOf(rules, identity, permission)
  if (denial === undefined) return knowsAllDenyRules(facts) ? kept : gaps
  return { ...kept, 'gcs.deny_policy': denial === 'unknown' ? deny : deniedBy(denial, failure, facts, identity, permission) }
}

/** A rule that was read denies it. That is proved where the bindings give it: with the exception the same request is allowed. */
function deniedBy({ rule, repaired }: Denial, failure: Failure, facts: Facts, identity: GoogleIdentity, permission: string): Explanation {
  const opened = judge(failure, facts)?.decision.effect === 'allow' && isDenied(repaired, identity, permission) === false
  const who = rule.deniedPrincipals.join(', ')
  return {
    fits: opened ? 'proved' : 'named',
    for: [
      said(
        `A deny rule takes ${permission} from ${who}, and has no exception for the caller.`,
        `一条拒绝规则对 ${who} 禁止 ${permission},且没有针对调用方的例外。`,
      ),
      ...(opened ? [said('With the exception the same request is allowed.', '添加例外后,同一请求被允许。')] : []),
    ],
    values: valuesOf(failure, facts),
    snippet: JSON.stringify({ denyRule: repaired }, undefined, 2),
  }
}

function iamGaps(failure: Failure, facts: Facts): Gaps {
  const judged = judge(failure, facts)
  if (judged === undefined) return fromOutside(failure, facts)
  switch (judged.decision.effect) {
    case 'allow':
      return beyondBindings(failure, facts)
    case 'deny':
      return fromBindings(failure, facts, judged)
    default:
      return leftOpen(failure, facts, judged)
  }
}

/** Values for the texts of remedies. */
export function valuesOf({ observation, clue }: Failure, facts: Facts): { readonly [name: string]: string } {
  const place = placeOf(observation, facts)
  const permission = permissionOf(observation, clue)
  const principal = memberOf(facts, clue)
  return {
    ...(place === undefined ? {} : { bucket: place.bucket, prefix: place.key }),
    ...(permission === undefined ? {} : { permission }),
    ...(principal === undefined ? {} : { principal }),
  }
}

/** Which causes a permission that is not there comes to. */
function missing({ observation, clue }: Failure): readonly PermissionGap[] {
  const permission = permissionOf(observation, clue)
  const operation = operationName(observation, clue)
  if (permission === 'storage.objects.list') return ['gcs.perm.list']
  if (permission === 'storage.buckets.get') return ['gcs.perm.buckets_get']
  if (permission !== 'storage.objects.delete') return ['gcs.perm.missing']
  // To replace an object is to delete what was there before.
  if (operation === '') return ['gcs.perm.overwrite_delete', 'gcs.perm.missing']
  return operation.includes('delete') ? ['gcs.perm.missing'] : ['gcs.perm.overwrite_delete']
}

function each(gaps: readonly PermissionGap[], explanation: Explanation): Gaps {
  return Object.fromEntries(gaps.map((gap) => [gap, explanation]))
}

function open(evidence: Text, failure: Failure, facts: Facts, likelihood = 0): Explanation {
  return { fits: 'possible', for: [evidence, ...notHeld(failure, facts)], values: valuesOf(failure, facts), likelihood }
}

/** What Cloud Storage itself said that the caller has, where what was refused is not among it. */
function notHeld({ observation, clue }: Failure, facts: Facts): readonly Text[] {
  const granted = grantedPermissions(facts)
  const permission = permissionOf(observation, clue)
  if (granted === undefined || permission === undefined || granted.includes(permission)) return []
  // Which permissions were asked for is not always told: those that it has are, whatever was asked.
  const held = granted.length === 0 ? said('nothing of it', '均未授予') : said(granted.join(', '), granted.join('、'))
  return [
    said(
      `Asked what the caller may do with the bucket, Cloud Storage says: ${held.en}.`,
      `询问调用方对存储桶的权限时,Cloud Storage 的回答是:${held.zh}。`,
    ),
  ]
}

/** Without the bindings: Google's words are the same for a role that is missing, a condition, a deny policy and a boundary. */
function fromOutside(failure: Failure, facts: Facts): Gaps {
  const { observation, clue } = failure
  const place = placeOf(observation, facts)
  const named = clue.action === undefined ? SILENT : said(`The answer names ${clue.action}.`, `响应提到 ${clue.action}。`)
  const served = servedIn(place?.bucket, facts)
  const elsewhere = isServedElsewhere(failure, facts)
  // Whoever has no role lacks several permissions at once: what is refused together may be missing together.
  const others = facts.failures.filter(
    (one) => one.clue.action !== undefined && isStorageDenial(one) && placeOf(one.observation, facts)?.bucket === place?.bucket,
  )
  const perm = {
    ...each(others.flatMap(missing), open(named, failure, facts, 1.5)),
    ...each(missing(failure), open(named, failure, facts, 2)),
  }
  const cond = (likelihood: number): Gaps => ({ 'gcs.cond': open(named, failure, facts, likelihood) })
  if (isGrantedOnBucket(failure, facts)) return { 'gcs.cond': open(GRANTED, failure, facts, 3) }
  // Only a condition, or a grant on single objects, tells one name from another.
  if (elsewhere) return { ...perm, 'gcs.cond': open(ELSEWHERE, failure, facts, 3) }
  const deny: Gaps = { 'gcs.deny_policy': open(named, failure, facts, 1) }
  // A boundary is about the bucket as a whole.
  const boundary: Gaps = served.length > 0 ? {} : { 'gcs.pab': open(named, failure, facts) }
  // A grant that was made a moment ago is refused as one that was never made.
  return { ...perm, ...cond(1), ...deny, ...boundary, 'gcs.propagation': open(named, failure, facts, -1) }
}

/** Whether Cloud Storage itself says that the caller has the permission on the bucket: it is not for all of its objects then. */
function isGrantedOnBucket({ observation, clue }: Failure, facts: Facts): boolean {
  const permission = permissionOf(observation, clue)
  return permission !== undefined && isAboutObject(permission) && grantedPermissions(facts)?.includes(permission) === true
}

/** Whether the same was served for another object of the bucket. */
function isServedElsewhere({ observation, clue }: Failure, facts: Facts): boolean {
  const permission = permissionOf(observation, clue)
  const own = operationName(observation, clue)
  return (
    permission !== undefined &&
    isAboutObject(permission) &&
    servedIn(placeOf(observation, facts)?.bucket, facts).some(
      (one) => operationName(one, { fields: {} }) === own && one.target !== observation.target,
    )
  )
}

/** The bindings give the permission, and yet it was refused: what is left are policies of the organization, and time. */
function beyondBindings(failure: Failure, facts: Facts): Gaps {
  // Nobody was refused: the bindings alone were asked.
  if (failure.observation.index < 0) return {}
  const boundary: Gaps =
    servedIn(placeOf(failure.observation, facts)?.bucket, facts).length > 0 ? {} : { 'gcs.pab': open(ALLOWED, failure, facts, 1) }
  return { 'gcs.deny_policy': open(ALLOWED, failure, facts, 2), ...boundary, 'gcs.propagation': open(ALLOWED, failure, facts) }
}

/** The bindings do not give the permission. */
function fromBindings(failure: Failure, facts: Facts, judged: Judged): Gaps {
  const patch = bindingPatch(judged, facts)
  const proved = patch !== undefined && opens(judged, facts, patch)
  const near = judged.underCondition
  // A role that nobody showed may have the permission, under a condition that does not hold here.
  if (near === undefined && judged.decision.bindings.some(isUnknownUnderCondition))
    return { ...each(missing(failure), open(noBinding(judged), failure, facts, 1)), 'gcs.cond': open(noBinding(judged), failure, facts, 2) }
  const evidence: readonly Text[] =
    near === undefined
      ? [noBinding(judged), ...deleted(facts, judged)]
      : [
          said(
            `${near.document}, ${near.path}: ${near.binding.role} has ${judged.permission}, under the condition ${conditionOf(near)}. ${near.why}`,
            `${near.document} ${near.path}:${near.binding.role} 包含 ${judged.permission},但带有条件 ${conditionOf(near)}。${near.why}`,
          ),
        ]
  const explanation: Explanation = {
    fits: proved ? 'proved' : 'named',
    for: [...evidence, ...(proved ? [OPENED] : []), ...(patch === undefined && takesNoConditions(facts.documents) ? [NOT_UNIFORM] : [])],
    values: { ...valuesOf(failure, facts), ...(patch === undefined ? {} : { role: patch.bindings.map(({ role }) => role).join(', ') }) },
    ...(proved && patch !== undefined
      ? {
          patch: { document: patch.document, steps: patch.steps },
          linesFor: patch.linesFor,
        }
      : {}),
  }
  return each(near === undefined ? missing(failure) : ['gcs.cond'], explanation)
}

/** Whether a binding is for the caller, of a role whose permissions are not known, and its condition does not hold. */
function isUnknownUnderCondition({ mismatches }: Judged['decision']['bindings'][number]): boolean {
  const parts = mismatches.map(({ part, unknown }) => `${part}${unknown === true ? '?' : ''}`)
  return parts.includes('role?') && parts.includes('condition') && parts.length === 2
}

function conditionOf({ binding }: NonNullable<Judged['underCondition']>): string {
  const expression = binding.condition?.expression ?? ''
  return expression.length > LONGEST_SHOWN ? `${expression.slice(0, LONGEST_SHOWN)}…` : expression
}

const LONGEST_SHOWN = 300

/** Custom roles, groups and conditions that nobody can evaluate leave open whether the bindings give it. */
function leftOpen(failure: Failure, facts: Facts, judged: Judged): Gaps {
  const unknown = judged.decision.bindings.filter(({ matches }) => matches === 'unknown')
  const evidence = said(
    `What ${unknown.map(({ role }) => role).join(', ')} gives here is not known.`,
    `无法得知 ${unknown.map(({ role }) => role).join('、')} 在此是否授权。`,
  )
  if (failure.observation.index < 0) return {}
  const byCondition = unknown.some(({ mismatches }) => mismatches.some(({ part }) => part === 'condition'))
  if (isGrantedOnBucket(failure, facts))
    return { 'gcs.cond': open(GRANTED, failure, facts, 3), 'gcs.deny_policy': open(evidence, failure, facts, 1) }
  if (isServedElsewhere(failure, facts))
    return { ...each(missing(failure), open(evidence, failure, facts, 2)), 'gcs.cond': open(ELSEWHERE, failure, facts, 3) }
  return {
    ...each(missing(failure), open(evidence, failure, facts, 2)),
    ...(byCondition ? { 'gcs.cond': open(evidence, failure, facts, 3) } : {}),
    'gcs.deny_policy': open(evidence, failure, facts, 1),
    'gcs.pab': open(evidence, failure, facts),
    'gcs.propagation': open(evidence, failure, facts, -1),
  }
}

function noBinding({ identity, permission, place, isObject }: Judged): Text {
  const who = googleMember(identity) ?? 'the caller'
  const on = isObject ? `gs://${place.bucket}/${keyUnder(place.key)}` : `gs://${place.bucket}`
  return said(`No binding of the bucket gives ${who} ${permission} on ${on}.`, `存储桶的绑定没有授予 ${who} 对 ${on} 的 ${permission}。`)
}

/** An account that was deleted and made again under its name is another one to IAM. */
function deleted(facts: Facts, { identity }: Judged): readonly Text[] {
  if (identity.kind !== 'service-account') return []
  const isOurs = (member: string): boolean => member.toLowerCase().startsWith(`deleted:serviceaccount:${identity.email.toLowerCase()}?`)
  return ownBindings(facts.documents).some(({ binding }) => binding.members.some(isOurs))
    ? [said(`A binding names ${identity.email} as it was before it was deleted.`, `有一条绑定仍指向删除前的 ${identity.email}。`)]
    : []
}

const NOT_UNIFORM = said(
  'The bucket has no uniform access, and so takes no condition that would keep a role to the folder: turn that on first, or grant the role for the whole bucket.',
  '存储桶未启用统一访问,因此不接受可将角色限定到该目录的条件:请先启用统一访问,或为整个存储桶授予角色。',
)
const SILENT = said('The answer gives no reason, as IAM may be one.', '响应没有给出原因,IAM 可能是原因之一。')
const ELSEWHERE = said('The same request is served for another object of the bucket.', '对同一存储桶的另一对象,同样的请求成功。')
const GRANTED = said(
  'Cloud Storage says that the caller has the permission on the bucket.',
  'Cloud Storage 表示调用方在该存储桶上拥有此权限。',
)
const ALLOWED = said(
  'The bindings that were shown give the permission, and the request was refused all the same.',
  '所提供的绑定已授予该权限,但请求仍被拒绝。',
)
