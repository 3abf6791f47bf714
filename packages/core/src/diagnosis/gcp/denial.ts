import type { Failure } from '../failure.ts'
import { speechOf } from '../speech.ts'
import { operationName, permissionOf } from './operations.ts'

/** Words by which other layers than IAM refuse. */
export const WORDS = {
  perimeter: /vpcServiceControls|VPC Service Controls|prohibited by (the )?organi[sz]ation['’]?s policy|SECURITY_?POLICY_?VIOLATED/i,
  ipFilter: /IP[ _-]?filter/i,
  organization:
    /constraints\/[\w.]+|violates? (the )?(organization policy )?constraint|orgPolicyConstraintFailed|organization policy (constraint|restriction)/i,
  key: /Cloud ?KMS|\bKMS key\b|cloudkms/i,
  requesterPays: /requester[ -]?pays|UserProjectMissing/i,
  userProject:
    /UserProject(AccessDenied|AccountProblem|Invalid|Inconsistent)|USER_PROJECT_DENIED|serviceusage\.services\.use|serviceUsageConsumer|permission to use project|user project specified/i,
  billing: /billing account|BILLING_DISABLED|accountDisabled|billing (is|has been) (disabled|closed)|delinquent/i,
  service: /SERVICE_DISABLED|accessNotConfigured|has not been used in project|API .{0,80}is disabled|it is disabled\. Enable it/i,
  scope:
    /Provided scope\(s\) are not authorized|insufficient authentication scopes|ACCESS_TOKEN_SCOPE_INSUFFICIENT|insufficientPermissions.{0,40}scope/i,
  hold: /retentionPolicyNotMet|under active .{0,20}hold|retention policy|objectUnderActiveHold/i,
  anonymous: /Anonymous caller|anonymous user/i,
  impersonation: /iam\.serviceAccounts\.(getAccessToken|implicitDelegation)|serviceAccountTokenCreator|workloadIdentityUser/i,
} as const

const OTHERS = Object.values(WORDS)

/** Whether IAM refused a request to Cloud Storage: it names a permission of storage, or says no more than that it refuses. */
export function isStorageDenial(failure: Failure): boolean {
  const { observation, clue, capability } = failure
  if (capability === 'assume') return false
  const speech = speechOf(failure)
  if (clue.action?.startsWith('storage.') !== true && OTHERS.some((words) => words.test(speech))) return false
  if (WORDS.anonymous.test(speech)) return false
  if (clue.action !== undefined) return clue.action.startsWith('storage.')
  // Nobody made it: the bindings say how it would end.
  if (observation.index < 0) return true
  const about = permissionOf(observation, clue) !== undefined || operationName(observation, clue) === ''
  return about && isBare(failure)
}

/** A refusal that names neither a permission nor another reason. */
export function isBare(failure: Failure): boolean {
  const { clue } = failure
  if (clue.action !== undefined || (clue.status !== undefined && clue.status !== 403)) return false
  const speech = speechOf(failure)
  if (OTHERS.some((words) => words.test(speech))) return false
  return (
    clue.status === 403 ||
    /\b(forbidden|PERMISSION_DENIED|AccessDenied|access denied|permission denied|does not have permission)\b/i.test(speech)
  )
}
