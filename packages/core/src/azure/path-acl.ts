import type { Access } from '../access.ts'

/** The access control list of a directory or file in an account with a hierarchical namespace. */
export interface PathAcl {
  /** '' for the root, without a slash at its end. */
  readonly path: string
  readonly owner: string | undefined
  readonly group: string | undefined
  readonly entries: readonly AclEntry[]
  /** As it was shown. */
  readonly text: string
}

export interface AclEntry {
  readonly isDefault: boolean
  readonly kind: 'user' | 'group' | 'mask' | 'other'
  /** Object id; '' for the owner and the owning group. */
  readonly id: string
  /** `r-x` */
  readonly permissions: string
}

/** Reads `user::rwx,user:OID:r-x,group::r-x,mask::r-x,other::---`; undefined where it is none. */
export function parseAcl(text: string): readonly AclEntry[] | undefined {
  const entries = text.split(',').flatMap((part): readonly AclEntry[] => {
    const match = /^\s*(?<scope>default:)?(?<kind>user|group|mask|other):(?<id>[^:]*):(?<permissions>[rwx-]{3})\s*$/i.exec(part)?.groups
    if (match === undefined) return []
    const { scope, kind = '', id = '', permissions = '' } = match
    // The pattern has these four kinds and no other.
    return [{ isDefault: scope !== undefined, kind: kind.toLowerCase() as AclEntry['kind'], id: id.toLowerCase(), permissions }]
  })
  return entries.length === 0 ? undefined : entries
}

/** What of an ACL an identity has, `r-x`: one entry decides, under the mask. https://learn.microsoft.com/azure/storage/blobs/data-lake-storage-access-control#how-permissions-are-evaluated */
export function aclPermissions({ owner, group, entries }: PathAcl, ids: readonly string[]): string {
  const own = entries.filter(({ isDefault }) => !isDefault)
  const mine = ids.map((id) => id.toLowerCase())
  const isMine = (id: string | undefined): boolean => id !== undefined && mine.includes(id.toLowerCase())
  const mask = own.find(({ kind }) => kind === 'mask')?.permissions ?? 'rwx'
  const user = own.find(({ kind, id }) => kind === 'user' && id === '')
  if (user !== undefined && isMine(owner)) return user.permissions
  const named = own.find(({ kind, id }) => kind === 'user' && id !== '' && isMine(id))
  if (named !== undefined) return both(named.permissions, mask)
  const groups = own.filter(({ kind, id }) => kind === 'group' && (id === '' ? isMine(group) : isMine(id)))
  if (groups.length > 0) return both(groups.map(({ permissions }) => permissions).reduce(either), mask)
  return own.find(({ kind }) => kind === 'other')?.permissions ?? '---'
}

function both(one: string, other: string): string {
  return Array.from(one, (letter, index) => (letter === other[index] ? letter : '-')).join('')
}

function either(one: string, other: string): string {
  return Array.from(one, (letter, index) => (letter === '-' ? (other[index] ?? '-') : letter)).join('')
}

/** The letters that a request for a path takes of it and of every directory above it. */
export function lettersFor(path: string, access: Access): ReadonlyMap<string, string> {
  const parts = path.split('/').filter((part) => part !== '')
  const needed = new Map<string, string>()
  const directories = access === 'list' ? parts.length + 1 : parts.length
  for (let depth = 0; depth < directories; depth++) needed.set(parts.slice(0, depth).join('/'), 'x')
  const own = parts.join('/')
  const parent = parts.slice(0, -1).join('/')
  if (access === 'list') needed.set(own, 'rx')
  else if (access === 'read') needed.set(own, 'r')
  // A new file, like the end of one, is a change of its directory.
  else needed.set(parent, 'wx')
  return needed
}
