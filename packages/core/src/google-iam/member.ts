import { googleMember, type GoogleIdentity } from './identity.ts'

/** Whether a project's basic role includes an identity; undefined where the project's policy is not known. */
export type BasicRoleMembers = (project: string, role: 'owner' | 'editor' | 'viewer', identity: GoogleIdentity) => boolean | undefined

const KINDS = ['user', 'serviceAccount', 'group', 'domain'] as const

/** What is wrong with how a member is written; undefined when it is one that IAM takes. */
export function memberProblem(member: string): string | undefined {
  if (member === 'allUsers' || member === 'allAuthenticatedUsers') return undefined
  if (PRINCIPAL.test(member) || PRINCIPAL_SET.test(member) || CONVENIENCE.test(member) || member.startsWith('deleted:')) return undefined
  const cut = member.indexOf(':')
  const kind = KINDS.find((known) => known === member.slice(0, cut))
  const name = member.slice(cut + 1)
  if (kind === undefined) return 'it has no kind such as serviceAccount: or principal://.'
  return kind === 'domain' || /^[^@\s]+@[^@\s]+$/.test(name) ? undefined : `${kind}: is followed by an e-mail address.`
}

const POOL = String.raw`iam\.googleapis\.com/(projects/[^/]+/locations/global/workloadIdentityPools/[^/]+)`
const PRINCIPAL = new RegExp(`^principal://${POOL}/subject/(.+)$`, 's')
const PRINCIPAL_SET = new RegExp(String.raw`^principalSet://${POOL}/(?:(\*)|group/(.+)|attribute\.([^/]+)/(.+))$`, 's')
const CONVENIENCE = /^project(Owner|Editor|Viewer):(.+)$/

/**
 * Whether a member of a binding includes an identity; undefined where that cannot be told from the policy alone:
 * groups, and the basic roles of a project whose policy is not known.
 */
export function memberIncludes(
  member: string,
  identity: GoogleIdentity,
  basicRole: BasicRoleMembers = () => undefined,
): boolean | undefined {
  if (member === 'allUsers') return true
  // Everybody who has a Google identity of some kind, service accounts and federated ones included.
  if (member === 'allAuthenticatedUsers') return identity.kind !== 'anonymous'
  if (identity.kind === 'anonymous') return false
  if (member.startsWith('deleted:')) return false
  if (member.startsWith('group:')) return identity.kind === 'federated' ? false : undefined
  if (member.startsWith('domain:'))
    return identity.kind === 'user' && identity.email.toLowerCase().endsWith(`@${member.slice(7).toLowerCase()}`)
  const convenience = CONVENIENCE.exec(member)
  if (convenience) return basicRole(convenience[2] ?? '', roleWord(convenience[1]), identity)
  if (member.startsWith('principalSet://')) return setIncludes(member, identity)
  const own = googleMember(identity) ?? ''
  return identity.kind === 'federated' ? member === own : member.toLowerCase() === own.toLowerCase()
}

function roleWord(word: string | undefined): 'owner' | 'editor' | 'viewer' {
  return word === 'Owner' ? 'owner' : word === 'Editor' ? 'editor' : 'viewer'
}

function setIncludes(member: string, identity: GoogleIdentity): boolean | undefined {
  const set = PRINCIPAL_SET.exec(member)
  // Sets of other things (an organization's users, a folder's service accounts) are beyond what one policy tells.
  if (!set) return undefined
  const [, pool, everybody, group, attribute, value] = set
  if (identity.kind !== 'federated' || identity.pool !== pool) return false
  if (everybody !== undefined) return true
  if (group !== undefined) return identity.groups?.includes(group) ?? false
  const { attributes = {} } = identity
  return attribute !== undefined && Object.hasOwn(attributes, attribute) && attributes[attribute] === value
}
