import type { ParsedPrincipal, PrincipalEntry } from './parsed.ts'
import type { PrincipalNames } from './request.ts'

/**
 * By which of its names a policy names a principal. `self`: the user, session, service or everyone;
 * a grant to it is limited by no policy of the identity. `role`: the session's role; `account`: leaves it to the account's own policies.
 */
export type NamedAs = 'self' | 'role' | 'account'

/** How a statement's principal element names this principal, or undefined when the statement is not about it. */
export function namedAs(element: ParsedPrincipal, names: PrincipalNames, effect: 'Allow' | 'Deny'): NamedAs | undefined {
  if (element.not) return isExcepted(element.entries, names, effect) ? undefined : 'self'
  let best: NamedAs | undefined
  for (const entry of element.entries) {
    const found = entryNames(entry, names)
    if (found === 'self') return found
    if (found === 'role' || best === undefined) best = found ?? best
  }
  return best
}

function entryNames(entry: PrincipalEntry, names: PrincipalNames): NamedAs | undefined {
  switch (entry.kind) {
    case 'everyone':
      return 'self'
    case 'account':
      if (entry.accountId !== names.account || (entry.partition ?? names.partition) !== names.partition) return undefined
      return names.kind === 'root' ? 'self' : 'account'
    case 'canonical-user':
      if (entry.id !== names.canonicalUserId) return undefined
      return names.kind === 'root' ? 'self' : 'account'
    case 'arn':
      return entry.arn === names.self ? 'self' : entry.arn === names.role ? 'role' : undefined
    case 'id':
      return entry.id !== names.id ? undefined : names.kind === 'role-session' ? 'role' : 'self'
    case 'service':
      return names.kind === 'service' && entry.service === names.self ? 'self' : undefined
    default:
      return names.kind === 'federated' && entry.provider === names.self ? 'self' : undefined
  }
}

/**
 * Whether NotPrincipal leaves this principal out. In a Deny, AWS asks to list the account, the role and the session, since it
 * "might validate the account first, then the role, and then the assumed-role user": whoever is not listed by each of its names stays denied.
 * In an Allow, one of its names is enough to be left out.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
 */
function isExcepted(entries: readonly PrincipalEntry[], names: PrincipalNames, effect: 'Allow' | 'Deny'): boolean {
  if (entries.some((entry) => entry.kind === 'everyone')) return true
  const listed = new Set(entries.map((entry) => entryNames(entry, names)))
  const own: readonly NamedAs[] =
    names.kind === 'role-session' ? ['self', 'role', 'account'] : names.kind === 'user' ? ['self', 'account'] : ['self']
  return effect === 'Deny' ? own.every((name) => listed.has(name)) : own.some((name) => listed.has(name))
}
