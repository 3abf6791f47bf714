const PROJECT_READ = ['resourcemanager.projects.get', 'resourcemanager.projects.list']
const FOLDERS_READ = ['storage.folders.get', 'storage.folders.list', 'storage.managedFolders.get', 'storage.managedFolders.list']
const FOLDERS_WRITE = ['storage.folders.create', 'storage.folders.delete', 'storage.folders.rename']
const UPLOADS = [
  'storage.multipartUploads.abort',
  'storage.multipartUploads.create',
  'storage.multipartUploads.list',
  'storage.multipartUploads.listParts',
]
const OBJECTS_USE = [
  'storage.objects.create',
  'storage.objects.createContext',
  'storage.objects.delete',
  'storage.objects.deleteContext',
  'storage.objects.get',
  'storage.objects.list',
  'storage.objects.move',
  'storage.objects.restore',
  'storage.objects.update',
  'storage.objects.updateContext',
]
const OBJECTS_ALL = [
  ...OBJECTS_USE,
  'storage.objects.getIamPolicy',
  'storage.objects.overrideUnlockedRetention',
  'storage.objects.setIamPolicy',
  'storage.objects.setRetention',
]
const OBJECT_ADMIN = [
  'orgpolicy.policy.get',
  ...PROJECT_READ,
  ...FOLDERS_READ,
  ...FOLDERS_WRITE,
  'storage.managedFolders.create',
  'storage.managedFolders.delete',
  'storage.managedFolders.getIamPolicy',
  'storage.managedFolders.setIamPolicy',
  ...UPLOADS,
  ...OBJECTS_ALL,
]
const BUCKETS_ALL = [
  'storage.buckets.create',
  'storage.buckets.createTagBinding',
  'storage.buckets.delete',
  'storage.buckets.deleteTagBinding',
  'storage.buckets.enableObjectRetention',
  'storage.buckets.get',
  'storage.buckets.getIamPolicy',
  'storage.buckets.getIpFilter',
  'storage.buckets.getObjectInsights',
  'storage.buckets.list',
  'storage.buckets.listEffectiveTags',
  'storage.buckets.listTagBindings',
  'storage.buckets.relocate',
  'storage.buckets.restore',
  'storage.buckets.setIamPolicy',
  'storage.buckets.setIpFilter',
  'storage.buckets.update',
]
const LEGACY_BUCKET_READER = [
  'storage.buckets.get',
  'storage.managedFolders.get',
  'storage.managedFolders.list',
  'storage.multipartUploads.list',
  'storage.objects.list',
]
const LEGACY_BUCKET_WRITER = [
  ...LEGACY_BUCKET_READER,
  'storage.managedFolders.create',
  'storage.managedFolders.delete',
  'storage.multipartUploads.abort',
  'storage.multipartUploads.create',
  'storage.multipartUploads.listParts',
  'storage.objects.create',
  'storage.objects.delete',
  'storage.objects.restore',
  'storage.objects.setRetention',
]
const SERVICE_ACCOUNTS_ADMIN = [
  'iam.serviceAccounts.create',
  'iam.serviceAccounts.delete',
  'iam.serviceAccounts.disable',
  'iam.serviceAccounts.enable',
  'iam.serviceAccounts.get',
  'iam.serviceAccounts.getIamPolicy',
  'iam.serviceAccounts.list',
  'iam.serviceAccounts.setIamPolicy',
  'iam.serviceAccounts.undelete',
  'iam.serviceAccounts.update',
]
const SERVICE_ACCOUNT_KEYS = [
  'iam.serviceAccountKeys.create',
  'iam.serviceAccountKeys.delete',
  'iam.serviceAccountKeys.disable',
  'iam.serviceAccountKeys.enable',
  'iam.serviceAccountKeys.get',
  'iam.serviceAccountKeys.list',
]
const POOLS_ADMIN = ['workloadIdentityPools', 'workloadIdentityPoolProviders'].flatMap((kind) =>
  ['create', 'delete', 'get', 'list', 'undelete', 'update'].map((verb) => `iam.${kind}.${verb}`),
)
const ROLES_ADMIN = ['create', 'delete', 'get', 'list', 'undelete', 'update'].map((verb) => `iam.roles.${verb}`)
const TOKEN_CREATOR = [
  'iam.serviceAccounts.get',
  'iam.serviceAccounts.getAccessToken',
  'iam.serviceAccounts.getOpenIdToken',
  'iam.serviceAccounts.implicitDelegation',
  'iam.serviceAccounts.list',
  'iam.serviceAccounts.signBlob',
  'iam.serviceAccounts.signJwt',
]

/**
 * Google's predefined roles around storage and identities, by what they allow.
 * https://cloud.google.com/storage/docs/access-control/iam-roles and https://cloud.google.com/iam/docs/roles-permissions/iam
 */
export const GOOGLE_ROLES: { readonly [role: string]: readonly string[] } = {
  'roles/storage.objectViewer': [...PROJECT_READ, ...FOLDERS_READ, 'storage.objects.get', 'storage.objects.list'],
  'roles/storage.objectCreator': [
    'orgpolicy.policy.get',
    ...PROJECT_READ,
    'storage.folders.create',
    'storage.managedFolders.create',
    'storage.multipartUploads.abort',
    'storage.multipartUploads.create',
    'storage.multipartUploads.listParts',
    'storage.objects.create',
    'storage.objects.createContext',
  ],
  'roles/storage.objectUser': [
    'orgpolicy.policy.get',
    ...PROJECT_READ,
    ...FOLDERS_READ,
    ...FOLDERS_WRITE,
    'storage.managedFolders.create',
    'storage.managedFolders.delete',
    ...UPLOADS,
    ...OBJECTS_USE,
  ],
  'roles/storage.objectAdmin': OBJECT_ADMIN,
  'roles/storage.admin': [...OBJECT_ADMIN, ...BUCKETS_ALL],
  'roles/storage.bucketViewer': ['storage.buckets.get', 'storage.buckets.list'],
  'roles/storage.legacyBucketReader': LEGACY_BUCKET_READER,
  'roles/storage.legacyBucketWriter': LEGACY_BUCKET_WRITER,
  'roles/storage.legacyBucketOwner': [
    ...LEGACY_BUCKET_WRITER,
    'storage.buckets.enableObjectRetention',
    'storage.buckets.getIamPolicy',
    'storage.buckets.setIamPolicy',
    'storage.buckets.update',
    'storage.managedFolders.getIamPolicy',
    'storage.managedFolders.setIamPolicy',
  ],
  'roles/storage.legacyObjectReader': ['storage.objects.get'],
  'roles/storage.legacyObjectOwner': [
    'storage.objects.get',
    'storage.objects.getIamPolicy',
    'storage.objects.overrideUnlockedRetention',
    'storage.objects.setIamPolicy',
    'storage.objects.setRetention',
    'storage.objects.update',
  ],
  'roles/iam.serviceAccountTokenCreator': [...TOKEN_CREATOR, ...PROJECT_READ],
  'roles/iam.workloadIdentityUser': [
    'iam.serviceAccounts.get',
    'iam.serviceAccounts.getAccessToken',
    'iam.serviceAccounts.getOpenIdToken',
    'iam.serviceAccounts.list',
  ],
  'roles/iam.serviceAccountOpenIdTokenCreator': ['iam.serviceAccounts.getOpenIdToken'],
  'roles/iam.serviceAccountUser': ['iam.serviceAccounts.actAs', 'iam.serviceAccounts.get', 'iam.serviceAccounts.list', ...PROJECT_READ],
  'roles/iam.serviceAccountAdmin': [...SERVICE_ACCOUNTS_ADMIN, ...PROJECT_READ],
  'roles/iam.serviceAccountKeyAdmin': [...SERVICE_ACCOUNT_KEYS, 'iam.serviceAccounts.get', 'iam.serviceAccounts.list', ...PROJECT_READ],
  'roles/iam.workloadIdentityPoolAdmin': [...POOLS_ADMIN, ...PROJECT_READ],
  'roles/iam.roleAdmin': [...ROLES_ADMIN, ...PROJECT_READ, 'resourcemanager.projects.getIamPolicy'],
  'roles/resourcemanager.projectIamAdmin': [
    ...PROJECT_READ,
    'resourcemanager.projects.getIamPolicy',
    'resourcemanager.projects.setIamPolicy',
  ],
  'roles/serviceusage.serviceUsageConsumer': ['serviceusage.services.get', 'serviceusage.services.list', 'serviceusage.services.use'],
  'roles/cloudkms.cryptoKeyEncrypterDecrypter': ['cloudkms.cryptoKeyVersions.useToDecrypt', 'cloudkms.cryptoKeyVersions.useToEncrypt'],
}

/**
 * What is certain of the basic roles. They hold thousands of permissions more, so that a permission missing here is not known
 * to be missing there; but they give no access to objects: the bindings of `projectViewer:` and its like on a bucket do.
 * https://cloud.google.com/storage/docs/access-control/iam-roles#basic-roles-intrinsic
 */
export const BASIC_ROLES: { readonly [role: string]: readonly string[] } = {
  'roles/viewer': [
    'storage.buckets.list',
    ...PROJECT_READ,
    'iam.serviceAccounts.get',
    'iam.serviceAccounts.list',
    'iam.roles.get',
    'iam.roles.list',
  ],
  'roles/editor': [
    'storage.buckets.create',
    'storage.buckets.delete',
    'storage.buckets.list',
    ...PROJECT_READ,
    'iam.serviceAccounts.create',
    'iam.serviceAccounts.delete',
    'iam.serviceAccounts.get',
    'iam.serviceAccounts.list',
    ...SERVICE_ACCOUNT_KEYS,
    'serviceusage.services.use',
  ],
  'roles/owner': [
    'storage.buckets.create',
    'storage.buckets.delete',
    'storage.buckets.list',
    ...PROJECT_READ,
    ...SERVICE_ACCOUNTS_ADMIN,
    ...SERVICE_ACCOUNT_KEYS,
    ...POOLS_ADMIN,
    ...ROLES_ADMIN,
    'resourcemanager.projects.createBillingAssignment',
    'resourcemanager.projects.getIamPolicy',
    'resourcemanager.projects.setIamPolicy',
    'serviceusage.services.use',
  ],
}

/** Whether a role holds a permission; undefined where we cannot tell. `custom` gives the permissions of custom roles. */
export function roleAllows(
  role: string,
  permission: string,
  custom: (role: string) => readonly string[] | undefined = () => undefined,
): boolean | undefined {
  const predefined = Object.hasOwn(GOOGLE_ROLES, role) ? GOOGLE_ROLES[role] : custom(role)
  if (predefined) return predefined.includes(permission)
  const basic = Object.hasOwn(BASIC_ROLES, role) ? BASIC_ROLES[role] : undefined
  if (!basic) return undefined
  if (basic.includes(permission)) return true
  return permission.startsWith('storage.objects.') ? false : undefined
}
