import { glob, globMatches } from '../policy/glob.ts'
import type { ParsedRamPrincipal, RamPrincipalEntry } from './parsed.ts'
import type { RamPrincipal } from './types.ts'

/** Under which name a principal stands in messages and logs: as GetCallerIdentity answers it. */
export function ramPrincipalArn(principal: RamPrincipal): string {
  switch (principal.kind) {
    case 'anonymous':
      return 'anonymous'
    case 'root':
      return `acs:ram::${principal.accountId}:root`
    case 'user':
      return `acs:ram::${principal.accountId}:user/${principal.userName}`
    case 'role-session':
      return `acs:ram::${principal.accountId}:assumed-role/${principal.roleName}/${principal.sessionName}`
    case 'service':
      return principal.service
    default:
      return principal.provider
  }
}

/** The account that a principal belongs to; identity providers and services have no policies there, so no account either. */
export function ramAccountOf(principal: RamPrincipal): string | undefined {
  return 'accountId' in principal ? principal.accountId : undefined
}

/** Whether a statement's principal element is about this principal. */
export function namesPrincipal(element: ParsedRamPrincipal, principal: RamPrincipal): boolean {
  return element.entries.some((entry) => entryNames(entry, principal)) !== element.not
}

function entryNames(entry: RamPrincipalEntry, principal: RamPrincipal): boolean {
  switch (entry.kind) {
    case 'everyone':
      return true
    case 'account':
      return ramAccountOf(principal) === entry.accountId
    // Names of users and roles are not told apart by letter case.
    case 'user':
      return principal.kind === 'user' && principal.accountId === entry.accountId && isSame(principal.userName, entry.name)
    case 'role':
      return principal.kind === 'role-session' && principal.accountId === entry.accountId && isSame(principal.roleName, entry.name)
    case 'uid':
      return ramAccountOf(principal) === entry.uid || (principal.kind === 'user' && principal.userId === entry.uid)
    case 'session':
      return principal.kind === 'role-session' && globMatches(glob(entry.pattern.toLowerCase()), sessionArn(principal))
    case 'service':
      return principal.kind === 'service' && principal.service === entry.service
    default:
      return principal.kind === 'federated' && isSame(principal.provider, entry.provider)
  }
}

function isSame(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase()
}

function sessionArn({ accountId, roleName, sessionName }: Extract<RamPrincipal, { readonly kind: 'role-session' }>): string {
  return `arn:sts::${accountId}:assumed-role/${roleName}/${sessionName}`.toLowerCase()
}

/** A principal as a policy writes it. */
export function ramEntryText(entry: RamPrincipalEntry): string {
  switch (entry.kind) {
    case 'everyone':
      return '*'
    case 'account':
      return `acs:ram::${entry.accountId}:root`
    case 'user':
    case 'role':
      return `acs:ram::${entry.accountId}:${entry.kind}/${entry.name}`
    case 'uid':
      return entry.uid
    case 'session':
      return entry.pattern
    case 'service':
      return entry.service
    default:
      return entry.provider
  }
}
