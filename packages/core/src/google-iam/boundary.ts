import { evaluateCondition, type ConditionVerdict } from './condition.ts'
import type { GoogleResource } from './policy.ts'
import { roleAllows } from './roles.ts'

/** One rule of a credential access boundary: the most a token may do on one bucket. */
export interface AccessBoundaryRule {
  /** `//storage.googleapis.com/projects/_/buckets/b` */
  readonly availableResource: string
  /** `inRole:roles/storage.objectViewer` */
  readonly availablePermissions: readonly string[]
  readonly availabilityCondition?: { readonly title?: string; readonly description?: string; readonly expression: string }
}

/** A credential access boundary. https://cloud.google.com/iam/docs/downscoping-short-lived-credentials */
export interface AccessBoundary {
  readonly accessBoundaryRules: readonly AccessBoundaryRule[]
}

export interface BoundaryQuestion {
  readonly permission: string
  readonly resource: GoogleResource
  readonly time: number
  /** The prefix of a listing. */
  readonly objectListPrefix?: string
  readonly customRole?: (role: string) => readonly string[] | undefined
}

export interface BoundaryRuleExplanation {
  readonly index: number
  readonly matches: boolean | 'unknown'
  readonly mismatches: readonly {
    readonly part: 'resource' | 'permission' | 'condition'
    readonly detail: string
    readonly unknown?: true
  }[]
}

export interface BoundaryDecision {
  readonly allows: boolean | 'unknown'
  readonly rules: readonly BoundaryRuleExplanation[]
}

/** Whether a boundary leaves room for an access: one rule is enough. It gives nothing by itself. */
export function evaluateBoundary(boundary: AccessBoundary, question: BoundaryQuestion): BoundaryDecision {
  const rules = boundary.accessBoundaryRules.map((rule, index) => explain(rule, index, question))
  const allows = rules.some((rule) => rule.matches === true) ? true : rules.some((rule) => rule.matches === 'unknown') ? 'unknown' : false
  return { allows, rules }
}

function explain(rule: AccessBoundaryRule, index: number, question: BoundaryQuestion): BoundaryRuleExplanation {
  const mismatches: BoundaryRuleExplanation['mismatches'][number][] = []
  if (!covers(rule.availableResource, question.resource))
    mismatches.push({ part: 'resource', detail: `The rule is for ${rule.availableResource}.` })
  const room = permissionRoom(rule, question)
  if (room !== true)
    mismatches.push({
      part: 'permission',
      detail: `${rule.availablePermissions.join(', ')} ${room === false ? 'does not hold' : 'may hold or not hold'} ${question.permission}.`,
      ...(room === undefined ? { unknown: true } : {}),
    })
  const condition = conditionOf(rule, question)
  if (condition.holds !== true)
    mismatches.push({ part: 'condition', detail: condition.because ?? '', ...(condition.holds === 'unknown' ? { unknown: true } : {}) })
  const matches = mismatches.length === 0 ? true : mismatches.every((mismatch) => mismatch.unknown) ? 'unknown' : false
  return { index, matches, mismatches }
}

function covers(available: string, resource: GoogleResource): boolean {
  const own = `//${resource.service}/${resource.name}`
  return own === available || own.startsWith(`${available}/`)
}

function permissionRoom(rule: AccessBoundaryRule, { permission, customRole }: BoundaryQuestion): boolean | undefined {
  const answers = rule.availablePermissions.map((available) =>
    available.startsWith('inRole:') ? roleAllows(available.slice('inRole:'.length), permission, customRole) : undefined,
  )
  return answers.includes(true) ? true : answers.includes(undefined) ? undefined : false
}

function conditionOf({ availabilityCondition }: AccessBoundaryRule, question: BoundaryQuestion): ConditionVerdict {
  if (!availabilityCondition) return { holds: true }
  const { resource, time, objectListPrefix } = question
  return evaluateCondition(availabilityCondition.expression, {
    resource,
    time,
    api: objectListPrefix === undefined ? {} : { 'storage.googleapis.com/objectListPrefix': objectListPrefix },
  })
}
