import { googleMember, type GoogleIdentity } from './identity.ts'
import { memberIncludes } from './member.ts'

/** A rule of a deny policy. https://cloud.google.com/iam/docs/deny-overview#deny_policies */
export interface DenyRule {
  /** As IAM's second version writes principals: `principal://iam.googleapis.com/projects/-/serviceAccounts/…`, `principalSet://goog/public:all`. */
  readonly deniedPrincipals: readonly string[]
  readonly exceptionPrincipals?: readonly string[]
  /** `storage.googleapis.com/objects.get`; a star stands for any resource or verb. */
  readonly deniedPermissions: readonly string[]
  readonly exceptionPermissions?: readonly string[]
  /** On tags of the resource: nothing else can be asked there. */
  readonly denialCondition?: { readonly expression: string }
}

/** Whether a rule denies a permission to somebody, whatever is granted; `unknown` where groups or tags decide. */
export function isDenied(rule: DenyRule, identity: GoogleIdentity, permission: string): boolean | 'unknown' {
  const asked = deniablePermission(permission)
  if (!rule.deniedPermissions.some((one) => covers(one, asked))) return false
  if (rule.exceptionPermissions?.some((one) => covers(one, asked)) === true) return false
  const denied = includes(rule.deniedPrincipals, identity)
  const excepted = includes(rule.exceptionPrincipals ?? [], identity)
  if (denied === false || excepted === true) return false
  return denied === 'unknown' || excepted === 'unknown' || rule.denialCondition !== undefined ? 'unknown' : true
}

/** A permission as deny policies name it: `storage.googleapis.com/objects.get`. */
export function deniablePermission(permission: string): string {
  const [service = '', ...rest] = permission.split('.')
  return `${service}.googleapis.com/${rest.join('.')}`
}

/** An identity as deny policies name it; undefined for nobody. */
export function denyPrincipal(identity: GoogleIdentity): string | undefined {
  switch (identity.kind) {
    case 'service-account':
      return `principal://iam.googleapis.com/projects/-/serviceAccounts/${identity.email}`
    case 'user':
      return `principal://goog/subject/${identity.email}`
    default:
      return googleMember(identity)
  }
}

/** https://cloud.google.com/iam/docs/deny-permissions-support#permission-groups */
function covers(pattern: string, permission: string): boolean {
  const [service, name = ''] = pattern.split('/')
  const [asked, of = ''] = permission.split('/')
  if (service !== asked) return false
  const parts = name.split('.')
  const others = of.split('.')
  return parts.length === others.length && parts.every((part, index) => part === '*' || part === others[index])
}

function includes(principals: readonly string[], identity: GoogleIdentity): boolean | 'unknown' {
  const found = principals.map((principal) => principalIncludes(principal, identity))
  return found.includes(true) ? true : found.includes('unknown') ? 'unknown' : false
}

/** https://cloud.google.com/iam/docs/principal-identifiers#v2 */
function principalIncludes(principal: string, identity: GoogleIdentity): boolean | 'unknown' {
  if (principal === 'principalSet://goog/public:all') return true
  if (principal.startsWith('principalSet://goog/'))
    return identity.kind === 'federated' || identity.kind === 'anonymous' ? false : 'unknown'
  const own = denyPrincipal(identity)
  if (own === undefined) return false
  if (/^principal:\/\/(goog\/subject\/|iam\.googleapis\.com\/projects\/-\/serviceAccounts\/)/.test(principal))
    return principal.toLowerCase() === own.toLowerCase()
  return memberIncludes(principal, identity) ?? 'unknown'
}
