import { describe, expect, it } from 'vitest'
import { objectOf } from '../../test/diagnosis/object-of.ts'
import { objectsOf, patchedCases, textOf, titleOf, type PatchedCase } from '../../test/diagnosis/patched-cases.ts'
import { evaluateGoogleAccess, storageResource, type GoogleIdentity, type IamBinding } from '../google-iam/index.ts'
import type { Json, JsonObject } from '../json.ts'

const patched = patchedCases('gcp')

/** Nobody shows a clock: the patches are tried at a time that is after the conditions that have ended. */
const NOW = Date.parse('2026-11-28T06:00:00Z')

const OTHERS: readonly GoogleIdentity[] = [
  { kind: 'service-account', email: 'other@acme-data.iam.gserviceaccount.com' },
  { kind: 'user', email: 'analyst@acme.example' },
  { kind: 'federated', pool: 'projects/123456789012/locations/global/workloadIdentityPools/sluice', subject: 'organization:other' },
  { kind: 'anonymous' },
]
const PERMISSIONS = [
  'storage.objects.list',
  'storage.objects.get',
  'storage.objects.create',
  'storage.objects.delete',
  'storage.objects.update',
  'storage.objects.setIamPolicy',
  'storage.objects.getIamPolicy',
  'storage.buckets.get',
  'storage.buckets.update',
  'storage.buckets.delete',
  'storage.buckets.setIamPolicy',
  'storage.buckets.getIamPolicy',
]
const KEYS = ['data/part-0001.csv', 'data/2026/deep.csv', 'data', 'data-neighbour/a.csv', 'other/a.csv', 'a.csv']
const PREFIXES = ['data/', 'data/2026/', 'data', 'other/', '']

interface Ask {
  readonly identity: GoogleIdentity
  readonly bucket: string
  readonly permission: string
  readonly key?: string
  readonly prefix?: string
}

/** What each access takes. What was refused by name, the connection is for as well. */
const TAKES: { readonly [access: string]: readonly string[] } = {
  list: ['storage.objects.list'],
  read: ['storage.objects.get'],
  write: ['storage.objects.create', 'storage.objects.delete', 'storage.objects.get', 'storage.objects.list'],
  delete: ['storage.objects.delete'],
}

/** What roles bring along for reading: who an object can be read by, and that uploads are under way. */
const HARMLESS = new Set(['storage.objects.getIamPolicy', 'storage.objects.update'])

function callerOf({ scenario }: PatchedCase): GoogleIdentity {
  const principal = textOf(objectOf(scenario.case['connection'])['principal'])
  const federated = /^principal:\/\/iam\.googleapis\.com\/(.+)\/subject\/(.+)$/.exec(principal)
  return federated === null
    ? { kind: 'service-account', email: principal }
    : { kind: 'federated', pool: federated[1] ?? '', subject: federated[2] ?? '' }
}

function bindingsOf(documents: JsonObject): readonly IamBinding[] {
  return objectsOf(documents['bindings'])
    .flatMap((one) => {
      const list = one['bindings'] ?? objectOf(one['policy'])['bindings']
      return list === undefined ? [one] : objectsOf(list)
    })
    .map(({ role, members, condition }) => ({
      role: textOf(role),
      members: (Array.isArray(members) ? members : []).map((member: Json) => textOf(member)),
      ...(condition === undefined ? {} : { condition: { expression: textOf(objectOf(condition)['expression']) } }),
    }))
}

function isAllowed({ identity, bucket, permission, key, prefix }: Ask, documents: JsonObject): boolean {
  // The policy is that of one bucket: of others it says nothing.
  if (bucket !== 'acme-lake') return false
  const { effect } = evaluateGoogleAccess({
    identity,
    permission,
    resource: storageResource(bucket, key),
    policies: [{ attachedTo: `projects/_/buckets/${bucket}`, policy: { bindings: bindingsOf(documents) } }],
    time: NOW,
    ...(prefix === undefined ? {} : { objectListPrefix: prefix }),
    customRole: (role) => {
      const shown = objectsOf(documents['roles']).find(({ name }) => name === role)
      return shown === undefined
        ? undefined
        : (Array.isArray(shown['includedPermissions']) ? shown['includedPermissions'] : []).map((one: Json) => textOf(one))
    },
  })
  return effect === 'allow'
}

function everyAsk(identity: GoogleIdentity): readonly Ask[] {
  return PERMISSIONS.flatMap((permission): readonly Ask[] => {
    const at = { identity, bucket: 'acme-lake', permission }
    if (permission === 'storage.objects.list') return PREFIXES.map((prefix) => ({ ...at, prefix }))
    return permission.startsWith('storage.buckets') ? [at] : KEYS.map((key) => ({ ...at, key }))
  })
}

/** Whether something is of what the connection is for: within its folder, or of the bucket where that was refused by name. */
function isAsked({ permission, key, prefix }: Ask, { scenario, finding }: PatchedCase): boolean {
  const access = objectOf(scenario.case['connection'])['access']
  const asked = [...(Array.isArray(access) ? access : []), ...finding.affects].flatMap((one) => TAKES[textOf(one)] ?? [])
  if (permission.startsWith('storage.buckets')) return finding.cause === 'gcs.perm.buckets_get' && /get(IamPolicy)?$/.test(permission)
  // Listing is of the bucket: conditions of an allow policy cannot tell one prefix from another, only those of an access boundary can.
  // https://cloud.google.com/iam/docs/conditions-attribute-reference
  if (permission === 'storage.objects.list') return asked.includes(permission)
  const place = key ?? prefix ?? ''
  return place.startsWith('data/') && (asked.includes(permission) || HARMLESS.has(permission))
}

describe('a patch of Google’s bindings', () => {
  it('there are many to look at', () => expect(patched.length).toBeGreaterThan(12))

  it.each(patched.map((one) => [titleOf(one), one] as const))('%s lets the caller do what was refused', (_, one) => {
    const identity = callerOf(one)
    const wants = one.finding.affects.flatMap((affected): readonly Ask[] => {
      const at = { identity, bucket: 'acme-lake' }
      if (affected === 'list') return [{ ...at, permission: 'storage.objects.list', prefix: 'data/' }]
      const permission =
        affected === 'read' ? 'storage.objects.get' : affected === 'delete' ? 'storage.objects.delete' : 'storage.objects.create'
      return [{ ...at, permission, key: 'data/part-0001.csv' }]
    })
    for (const want of wants) expect(isAllowed(want, one.after), JSON.stringify([want, one.finding.remedy.patch])).toBe(true)
    expect(wants.length > 0 || one.finding.cause === 'gcs.perm.buckets_get').toBe(true)
  })

  it.each(patched.map((one) => [titleOf(one), one] as const))('%s allows nothing beyond what was asked', (_, one) => {
    const opened = [callerOf(one), ...OTHERS]
      .flatMap(everyAsk)
      .filter((ask) => isAllowed(ask, one.after) && !isAllowed(ask, one.before))
      .filter((ask) => OTHERS.includes(ask.identity) || !isAsked(ask, one))
    expect(opened).toEqual([])
  })
})
