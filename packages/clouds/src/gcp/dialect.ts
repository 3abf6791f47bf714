import type { AccessError } from '@sluice/core'
import type { Denial } from '../validation/denial.ts'
import type { Dialect } from '../validation/dialect.ts'
import { isAbsence, permissionIn } from './errors.ts'

/** Permissions by the access that needs them. Replacing an object needs the one to delete beside the one to create. */
export const PERMISSIONS = {
  list: 'storage.objects.list',
  read: 'storage.objects.get',
  write: 'storage.objects.create',
  delete: 'storage.objects.delete',
} as const

const KEY_DENIAL = /cloud ?kms/i

/** Codes of a refusal that names no permission. Any other 403 without one is somebody else's, or for another reason. */
const DENIED = new Set(['forbidden', 'insufficientPermissions', 'PERMISSION_DENIED'])

/**
 * Reads an error as a refusal for want of permission: a 403 that says so. Perimeters, retention, billing and disabled services refuse
 * with the same status and mean something else.
 */
function denialOf(error: AccessError): Denial | undefined {
  const { provider } = error
  if (provider?.status !== 403 || !['gcp.denied', 'gcp.kms.denied', 'gcp.impersonation.denied'].includes(error.reason)) return undefined
  const action = KEY_DENIAL.test(provider.message ?? '') ? 'cloudkms.cryptoKeyVersions' : permissionIn(provider.message)
  if (action === undefined && !DENIED.has(provider.code ?? '')) return undefined
  return { provider, bare: action === undefined, ...(action === undefined ? {} : { action }) }
}

/** The words of Cloud Storage. */
export const GCS_DIALECT: Dialect = {
  service: 'Cloud Storage',
  keyService: 'Cloud KMS',
  permissions: {
    list: [PERMISSIONS.list],
    read: [PERMISSIONS.read],
    write: [PERMISSIONS.write],
    delete: [PERMISSIONS.delete],
    decrypt: ['cloudkms.cryptoKeyVersions.useToDecrypt'],
    encrypt: ['cloudkms.cryptoKeyVersions.useToEncrypt'],
    abort: PERMISSIONS.write,
  },
  layers: {},
  denialOf,
  deniesReading: (denial) => denial.action === PERMISSIONS.read,
  isKeyDenial: (denial) => KEY_DENIAL.test(denial.action ?? ''),
  isKeyState: (error) => error.reason === 'gcp.kms.unusable',
  isAbsence,
  readWasAllowed: isAbsence,
  writeWasAllowed: () => false,
  takesBackWrites: true,
  listsWholeBuckets: true,
  hiddenRegion: 'Cloud Storage tells where a bucket is only to who holds storage.buckets.get; nothing here depends on it.',
  // The permission is asked for when the session of an upload begins; one that is cancelled leaves nothing.
  phantomWrite: async (store, key, _token, signal) => {
    const session = await store.createMultipart(key, { contentType: 'text/plain' }, signal)
    await store.abortMultipart(key, session, signal)
  },
  // Generations are times in microseconds: no object was ever written at the first of them.
  phantomDelete: (store, key, signal) => store.delete(key, { versionId: '1' }, signal),
  // Whatever its class, an object of Cloud Storage can be read at once.
  isArchived: () => false,
  saysArchived: () => false,
}
