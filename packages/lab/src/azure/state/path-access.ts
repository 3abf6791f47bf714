import { parseAcl, type AclEntry, type PathAcl } from '@sluice/core'
import type { Container, PathAccess } from './types.ts'

/** What a path has that nobody gave anything else: all for the owner, who is nobody, and reading for his group. */
const FIRST: PathAccess = { owner: '$superuser', group: '$superuser', acl: 'user::rwx,group::r-x,other::---' }

/** Whose a path is and what its list gives. */
export function pathAccess({ acls }: Container, path: string): PathAccess {
  return acls.get(path) ?? FIRST
}

/** The same as core reads it. */
export function pathAcl(container: Container, path: string): PathAcl {
  const { owner, group, acl } = pathAccess(container, path)
  return { path, owner, group, entries: parseAcl(acl) ?? [], text: acl }
}

/**
 * Gives a new path what the directory that it lies in has as default: files have it, directories have it and hand it on.
 * What lay there before keeps what it has. https://learn.microsoft.com/azure/storage/blobs/data-lake-storage-access-control#default-permissions-on-new-files-and-directories
 */
export function inheritAccess(container: Container, path: string, isDirectory: boolean): void {
  const parent = path.split('/').slice(0, -1).join('/')
  const inherited = pathAcl(container, parent).entries.filter(({ isDefault }) => isDefault)
  if (inherited.length === 0) return
  const own = inherited.map((entry) => ({ ...entry, isDefault: false }))
  const acl = [...own, ...(isDirectory ? inherited : [])].map(written).join(',')
  container.acls.set(path, { ...FIRST, acl })
}

function written({ isDefault, kind, id, permissions }: AclEntry): string {
  return `${isDefault ? 'default:' : ''}${kind}:${id}:${permissions}`
}
