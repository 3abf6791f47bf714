import { evaluateBoundary, type AccessBoundary, type BoundaryDecision } from './boundary.ts'
import { evaluateCondition } from './condition.ts'
import type { GoogleIdentity } from './identity.ts'
import { memberIncludes, type BasicRoleMembers } from './member.ts'
import type { GoogleResource, IamBinding, IamPolicy } from './policy.ts'
import { roleAllows } from './roles.ts'

/** An allow policy and the resource that carries it. */
export interface AttachedPolicy {
  /** `projects/acme` or `projects/_/buckets/b` */
  readonly attachedTo: string
  readonly policy: IamPolicy
}

/** One question to Google's IAM: may `identity` use `permission` on `resource`? */
export interface GoogleAccessQuestion {
  readonly identity: GoogleIdentity
  /** `storage.objects.get` */
  readonly permission: string
  readonly resource: GoogleResource
  /** Of the resource and of all above it that are known: access given at any level counts. */
  readonly policies: readonly AttachedPolicy[]
  /** Milliseconds. */
  readonly time: number
  /** Of a downscoped token. */
  readonly boundary?: AccessBoundary
  /** The prefix that a listing asks for; '' where it asks for none. */
  readonly objectListPrefix?: string
  /** Permissions of a custom role, by its full name; undefined for one that is not known. */
  readonly customRole?: (role: string) => readonly string[] | undefined
}

export interface BindingExplanation {
  readonly attachedTo: string
  readonly index: number
  readonly role: string
  readonly matches: boolean | 'unknown'
  /** What kept it from matching, or from being told. */
  readonly mismatches: readonly { readonly part: 'role' | 'member' | 'condition'; readonly detail: string; readonly unknown?: true }[]
}

/** The answer, with what decided it. */
export interface GoogleDecision {
  /** `unknown`: it depends on something that we do not know or understand. */
  readonly effect: 'allow' | 'deny' | 'unknown'
  /** The binding that gives the permission. */
  readonly decidedBy?: BindingExplanation
  readonly bindings: readonly BindingExplanation[]
  readonly boundary?: BoundaryDecision
}

/**
 * Decides by the allow policies and the access boundary, and says for each binding and rule what matched and what did not.
 * Deny policies, principal access boundaries and VPC service controls lie outside of it.
 */
export function evaluateGoogleAccess(question: GoogleAccessQuestion): GoogleDecision {
  const bindings = question.policies.flatMap(({ attachedTo, policy }) =>
    policy.bindings.map((binding, index) => explain(binding, attachedTo, index, question)),
  )
  const decidedBy = bindings.find((binding) => binding.matches === true)
  const given = decidedBy ? true : bindings.some((binding) => binding.matches === 'unknown') ? 'unknown' : false
  const boundary = question.boundary && evaluateBoundary(question.boundary, question)
  const room = boundary?.allows ?? true
  const effect = given === false || room === false ? 'deny' : given === true && room === true ? 'allow' : 'unknown'
  return { effect, bindings, ...(decidedBy ? { decidedBy } : {}), ...(boundary ? { boundary } : {}) }
}

function explain(binding: IamBinding, attachedTo: string, index: number, question: GoogleAccessQuestion): BindingExplanation {
  const { identity, permission, customRole, resource, time } = question
  const mismatches: BindingExplanation['mismatches'][number][] = []
  const holds = roleAllows(binding.role, permission, customRole)
  if (holds === false) mismatches.push({ part: 'role', detail: `${binding.role} does not hold ${permission}.` })
  if (holds === undefined) mismatches.push({ part: 'role', detail: `What ${binding.role} holds is not known.`, unknown: true })

  const included = binding.members.map((member) => memberIncludes(member, identity, basicRoleMembers(question)))
  if (!included.includes(true))
    mismatches.push(
      included.includes(undefined)
        ? { part: 'member', detail: 'Who belongs to one of its members is not known.', unknown: true }
        : { part: 'member', detail: 'It names others.' },
    )

  const condition = binding.condition ? evaluateCondition(binding.condition.expression, { resource, time }) : { holds: true as const }
  if (condition.holds !== true)
    mismatches.push({ part: 'condition', detail: condition.because ?? '', ...(condition.holds === 'unknown' ? { unknown: true } : {}) })

  const matches = mismatches.length === 0 ? true : mismatches.every((mismatch) => mismatch.unknown) ? 'unknown' : false
  return { attachedTo, index, role: binding.role, matches, mismatches }
}

/** Members such as `projectViewer:p` are whoever the policy of that project gives the basic role, as far as it is at hand. */
function basicRoleMembers({ policies }: GoogleAccessQuestion): BasicRoleMembers {
  return (project, role, identity) => {
    const ofProject = policies.find(({ attachedTo }) => attachedTo === `projects/${project}`)
    if (!ofProject) return undefined
    const members = ofProject.policy.bindings.filter((binding) => binding.role === `roles/${role}`).flatMap((binding) => binding.members)
    // No second step: a project's own policy does not name its basic roles as members.
    const included = members.map((member) => memberIncludes(member, identity))
    return included.includes(true) ? true : included.includes(undefined) ? undefined : false
  }
}
