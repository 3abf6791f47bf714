export {
  BLOB_OPERATIONS,
  blobOperationRule,
  type BlobLevel,
  type BlobOperation,
  type BlobOperationRule,
  type BlobPermission,
} from './blob-operations.ts'
export {
  parseSas,
  parseSasTime,
  sasAdmitsAddress,
  SAS_PARAMETERS,
  type AccountSas,
  type DelegationKeyFields,
  type Sas,
  type SasParseResult,
  type SasResource,
  type ServiceSas,
  type UserDelegationSas,
} from './sas.ts'
export { sasAllows, type SasVerdict } from './sas-allows.ts'
export { reviewSas, type SasFinding, type SasNeed } from './sas-review.ts'
export { aclPermissions, lettersFor, parseAcl, type AclEntry, type PathAcl } from './path-acl.ts'
export { ALL_PRINCIPALS } from './rbac/deny.ts'
export { evaluateRbac } from './rbac/evaluate.ts'
export { parseRoleCondition, type ConditionOperand, type RoleCondition } from './rbac/role-condition.ts'
export { readRoleAssignments, readRoleDefinitions } from './rbac/read.ts'
export { BUILT_IN_ROLES, findRole } from './rbac/roles.ts'
export type {
  AssignmentExplanation,
  AssignmentVerdict,
  BlobResource,
  DenyAssignment,
  RbacDecision,
  RbacQuestion,
  RoleAssignment,
  RoleDefinition,
  RolePermissions,
} from './rbac/types.ts'
