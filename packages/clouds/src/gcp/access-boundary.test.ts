import { ACCESSES, type Access, type Location, evaluateBoundary, isAccessError, storageResource } from '@sluice/core'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gcpFolder, gcpObject } from '../../test/support/gcp-setup-cases.ts'
import { accessBoundary } from './access-boundary.ts'
import { PERMISSIONS } from './dialect.ts'

const DELETE_ROLE = 'projects/acme-data/roles/sluiceDelete'
const BUCKET = 'acme-lake'

/** Whether a token of everything, narrowed so, could do it. What cannot be told counts as done. */
function allows(
  location: Location,
  access: readonly Access[],
  permission: string,
  at: { readonly key?: string; readonly prefix?: string },
) {
  const { allows } = evaluateBoundary(accessBoundary({ location, access }, { deleteRole: DELETE_ROLE }), {
    permission,
    resource: storageResource(BUCKET, at.key),
    time: 0,
    ...(at.prefix === undefined ? {} : { objectListPrefix: at.prefix }),
    customRole: (role) => (role === DELETE_ROLE ? ['storage.objects.delete'] : undefined),
  })
  return allows !== false
}

const HOSTILE = ["'", '"', '`', '\\', '$', '{', '}', '(', ')', '/', ' ', 'a', '*', '?', '#', 'é', '中', '😀', '|', '&', '.']
const word = fc.array(fc.constantFrom(...HOSTILE), { minLength: 1, maxLength: 10 }).map((parts) => parts.join(''))

describe('an access boundary', () => {
  it('leaves exactly the accesses, exactly where they were asked for', () => {
    fc.assert(
      fc.property(fc.subarray([...ACCESSES], { minLength: 1 }), word, word, fc.boolean(), (access, path, other, isFolder) => {
        const location = isFolder ? gcpFolder(BUCKET, `${path}/`) : gcpObject(BUCKET, path)
        const inside = isFolder ? `${path}/${other}` : path
        const outside = isFolder ? `${path}${other.replaceAll('/', '')}` : `${path}${other}`
        fc.pre(!isFolder || !outside.startsWith(`${path}/`))
        for (const one of ['read', 'write', 'delete'] as const) {
          expect(allows(location, access, PERMISSIONS[one], { key: inside }), `${one} ${inside}`).toBe(access.includes(one))
          expect(allows(location, access, PERMISSIONS[one], { key: outside }), `${one} ${outside}`).toBe(false)
        }
        expect(allows(location, access, PERMISSIONS.list, { prefix: location.prefix })).toBe(access.includes('list'))
        expect(allows(location, access, PERMISSIONS.list, { prefix: outside })).toBe(false)
        for (const prefix of [{}, { prefix: '' }]) expect(allows(location, access, PERMISSIONS.list, prefix)).toBe(false)
        for (const more of ['storage.objects.update', 'storage.objects.setIamPolicy'])
          expect(allows(location, access, more, { key: inside }), more).toBe(false)
        for (const more of ['storage.buckets.get', 'storage.buckets.update', 'storage.buckets.setIamPolicy'])
          expect(allows(location, access, more, {}), more).toBe(false)
      }),
      { numRuns: 200 },
    )
  })

  it('lists a whole bucket only where listing was asked for', () => {
    const whole = gcpFolder(BUCKET, '')
    expect(allows(whole, ['list'], PERMISSIONS.list, { prefix: '' })).toBe(true)
    for (const access of [['read'], ['write'], ['write', 'delete']] as const) {
      expect(allows(whole, access, PERMISSIONS.list, { prefix: '' }), access.join()).toBe(false)
      expect(allows(whole, access, 'storage.buckets.get', {}), access.join()).toBe(false)
    }
  })

  it('deletes beside writing without a role of the customer', () => {
    const { accessBoundaryRules } = accessBoundary({ location: gcpFolder(BUCKET, 'a/'), access: ['write', 'delete'] })
    expect(accessBoundaryRules.map((rule) => rule.availablePermissions)).toEqual([['inRole:roles/storage.legacyBucketWriter']])
  })

  it.each([
    ['deletes alone and has no role to say that', ['delete'], 'a/', 'gcp.lease.delete_alone'],
    ['lists and deletes, the same', ['list', 'delete'], 'a/', 'gcp.lease.delete_alone'],
    ['is for nothing', [], 'a/', 'gcp.lease.empty'],
    ['would be too long', ['list', 'read'], `${'x'.repeat(900)}/`, 'gcp.lease.policy_too_large'],
  ] as const)('is refused when it %s', (_when, access, prefix, reason) => {
    const refusal = () => {
      try {
        accessBoundary({ location: gcpFolder(BUCKET, prefix), access })
      } catch (error) {
        return isAccessError(error) ? error.reason : error
      }
      return undefined
    }
    expect(refusal()).toBe(reason)
  })
})
