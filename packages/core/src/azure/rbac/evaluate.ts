import { blobOperationRule, type BlobOperationRule, type BlobPermission } from '../blob-operations.ts'
import { denyingAssignment } from './deny.ts'
import { evaluateCondition } from './evaluate-condition.ts'
import { roleGrants } from './match.ts'
import { parseRoleCondition } from './role-condition.ts'
import { findRole } from './roles.ts'
import { resourceIdOf, scopeCovers } from './scope.ts'
import type { AssignmentExplanation, AssignmentVerdict, RbacDecision, RbacQuestion, RoleAssignment } from './types.ts'

/**
 * Says whether roles allow an operation, and of each assignment why it does or does not.
 * Roles only add up: one that grants is enough.
 */
export function evaluateRbac(question: RbacQuestion): RbacDecision {
  const known = blobOperationRule(question.operation)
  // Of what would do, what is denied does not.
  const rule = { ...known, permissions: known.permissions.filter((one) => denyingAssignment(question, one) === undefined) }
  const explanations = question.assignments.map((assignment): AssignmentExplanation => ({
    assignment,
    ...judge(assignment, question, rule),
  }))
  const grants = (wanted: 'yes' | 'unknown'): boolean => explanations.some((explanation) => explanation.grants === wanted)
  return {
    outcome: grants('yes') ? 'allowed' : grants('unknown') ? 'unknown' : 'denied',
    needed: known.permissions,
    explanations,
  }
}

function judge(assignment: RoleAssignment, question: RbacQuestion, rule: BlobOperationRule): AssignmentVerdict {
  const { principalIds, resource } = question
  if (!principalIds.some((id) => id.toLowerCase() === assignment.principalId.toLowerCase()))
    return { grants: 'no', because: 'principal', detail: `It is given to ${assignment.principalId}.` }
  const resourceId = resourceIdOf(resource, rule.level)
  const covers = scopeCovers(assignment.scope, resourceId, resource.managementGroups)
  if (covers === false) return { grants: 'no', because: 'scope', detail: `${assignment.scope} does not have ${resourceId} in it.` }
  const role = findRole(assignment.roleDefinitionId, question.definitions)
  const name = assignment.roleDefinitionName ?? role?.name ?? assignment.roleDefinitionId
  if (role === undefined) return { grants: 'unknown', because: 'role', detail: `What the role ${name} allows is not known.` }
  const permissions = rule.permissions.filter((permission) => roleGrants(role, permission))
  if (permissions.length === 0) return { grants: 'no', because: 'role', detail: whyNot(name, rule) }
  const verdict = underCondition(assignment, question, rule, permissions)
  if (verdict.grants !== 'yes' || covers === true) return verdict
  return { grants: 'unknown', because: 'scope', detail: `Whether ${assignment.scope} has the subscription in it is not known.` }
}

function whyNot(name: string, { permissions }: BlobOperationRule): string {
  return permissions.length === 0
    ? 'A deny assignment keeps the identity from it.'
    : `The role ${name} does not allow ${permissions.map(describe).join(' or ')}.`
}

function describe({ plane, name }: BlobPermission): string {
  return `the ${plane === 'action' ? 'action' : 'data action'} ${name}`
}

function underCondition(
  { condition: text }: RoleAssignment,
  { resource }: RbacQuestion,
  { subOperation }: BlobOperationRule,
  permissions: readonly BlobPermission[],
): AssignmentVerdict {
  const [first] = permissions
  if (first === undefined) return { grants: 'no', because: 'role', detail: 'The role does not allow it.' }
  if (text === undefined) return { grants: 'yes', permission: first }
  const condition = parseRoleCondition(text)
  if (condition === undefined) return { grants: 'unknown', because: 'condition', detail: 'Its condition is not understood.' }
  const results = permissions.map((permission) => ({
    permission,
    result: evaluateCondition(condition, { permission, resource, ...(subOperation === undefined ? {} : { subOperation }) }),
  }))
  const holding = results.find(({ result }) => result === 'true')
  if (holding) return { grants: 'yes', permission: holding.permission }
  // Conditions are documented for data actions: what becomes of an action that lacks what its condition asks for is not.
  const isOpen = results.some(({ permission, result }) => result === 'unknown' || (result === 'missing' && permission.plane === 'action'))
  if (isOpen) return { grants: 'unknown', because: 'condition', detail: 'Its condition asks for what is not known here.' }
  const isMissing = results.some(({ result }) => result === 'missing')
  return {
    grants: 'no',
    because: 'condition',
    detail: isMissing ? 'Its condition asks for what such a request does not carry.' : 'Its condition does not hold.',
  }
}
