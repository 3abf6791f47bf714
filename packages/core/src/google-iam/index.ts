export { evaluateBoundary, type AccessBoundary, type AccessBoundaryRule, type BoundaryDecision } from './boundary.ts'
export { evaluateCel } from './cel/evaluate.ts'
export { logicalOperators, type CelExpression, type CelReading } from './cel/expression.ts'
export { parseCel } from './cel/parse.ts'
export type { CelEnvironment, CelResult, CelValue } from './cel/result.ts'
export { evaluateCondition, type ConditionVerdict } from './condition.ts'
export { deniablePermission, denyPrincipal, isDenied, type DenyRule } from './deny-policy.ts'
export {
  evaluateGoogleAccess,
  type AttachedPolicy,
  type BindingExplanation,
  type GoogleAccessQuestion,
  type GoogleDecision,
} from './evaluate.ts'
export { googleMember, type GoogleIdentity } from './identity.ts'
export { memberIncludes, memberProblem } from './member.ts'
export { storageResource, type GoogleResource, type IamBinding, type IamCondition, type IamPolicy } from './policy.ts'
export { BASIC_ROLES, GOOGLE_ROLES, roleAllows } from './roles.ts'
