import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aclPermissions, lettersFor, parseAcl } from './path-acl.ts'

const ME = 'aaaaaaaa-0000-4000-8000-000000000000'

function permissions(acl: string, ids: readonly string[] = [ME], owner = '$superuser', group = '$superuser'): string {
  return aclPermissions({ path: '', owner, group, entries: parseAcl(acl) ?? [], text: acl }, ids)
}

// https://learn.microsoft.com/azure/storage/blobs/data-lake-storage-access-control#how-permissions-are-evaluated
describe('an access control list', () => {
  it.each([
    ['gives a named user what is his under the mask', `user::rwx,user:${ME}:rwx,group::r-x,mask::r-x,other::---`, 'r-x'],
    ['gives everybody else the last entry', 'user::rwx,group::r-x,other::--x', '--x'],
    ['stops at the named entry, whatever others have', `user::rwx,user:${ME}:---,group::r-x,mask::rwx,other::rwx`, '---'],
    ['does not count its defaults', `user::rwx,group::r-x,other::---,default:user:${ME}:rwx`, '---'],
    ['reads ids in any case', `user::rwx,user:${ME.toUpperCase()}:r--,group::r-x,mask::rwx,other::---`, 'r--'],
  ])('%s', (_, acl, expected) => expect(permissions(acl)).toBe(expected))

  it('gives its owner what is the owner’s, which no mask takes', () => {
    expect(permissions('user::rwx,group::r-x,mask::---,other::---', [ME], ME)).toBe('rwx')
  })

  it('adds up what the groups have that somebody is in', () => {
    const acl = 'user::rwx,group::r--,group:g:--x,mask::rwx,other::rwx'
    expect(permissions(acl, [ME, 'g', 'own'], '$superuser', 'own')).toBe('r-x')
  })

  it('never gives more than its mask to who is named', () => {
    const letters = fc.tuple(...['r', 'w', 'x'].map((letter) => fc.constantFrom(letter, '-'))).map((parts) => parts.join(''))
    fc.assert(
      fc.property(letters, letters, (own, mask) => {
        const has = permissions(`user::rwx,user:${ME}:${own},group::rwx,mask::${mask},other::rwx`)
        for (const letter of 'rwx') expect(has.includes(letter)).toBe(own.includes(letter) && mask.includes(letter))
      }),
    )
  })

  it('is none where it has no entry', () => expect(parseAcl('x:y')).toBeUndefined())
})

describe('what a request takes of the paths on its way', () => {
  it.each([
    ['list', 'a/b/', { '': 'x', a: 'x', 'a/b': 'rx' }],
    ['list', '', { '': 'rx' }],
    ['read', 'a/b/c', { '': 'x', a: 'x', 'a/b': 'x', 'a/b/c': 'r' }],
    ['write', 'a/b/c', { '': 'x', a: 'x', 'a/b': 'wx' }],
    ['delete', 'c', { '': 'wx' }],
  ] as const)('to %s %s', (access, path, expected) => expect(Object.fromEntries(lettersFor(path, access))).toEqual(expected))
})
