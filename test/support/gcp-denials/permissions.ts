import type { IamBinding } from '@sluice/core'
import type { DenialScenario } from '../denials.ts'
import { bucketSettings, writing } from '../denials-gcp-requests.ts'
import { ACCOUNT, BUCKET, type GcpWorld, PROJECT } from '../denials-gcp.ts'
import { GCP_TOLD_ALIKE } from './told-alike.ts'

type Scenario = DenialScenario<GcpWorld>

const BUCKET_TYPE = "resource.type == 'storage.googleapis.com/Bucket'"
const IN_FOLDER = `resource.name.startsWith('projects/_/buckets/${BUCKET}/objects/data/')`

/** The custom role of the setup, holding less. */
const holdsOnly =
  (...permissions: readonly string[]) =>
  ({ gcp, role }: GcpWorld): void =>
    void gcp.putCustomRole(PROJECT, { id: role.split('/').at(-1) ?? '', permissions: permissions.map((name) => `storage.${name}`) })

/** Our binding, written otherwise. */
const rewrites =
  (change: (binding: IamBinding) => IamBinding) =>
  (world: GcpWorld): void =>
    world.rebind((bindings) => bindings.map((one) => (one.members.includes(world.member) ? change(one) : one)))

const underCondition = (expression: string) => rewrites((binding) => ({ ...binding, condition: { title: 'sluice', expression } }))

const withoutBinding = (world: GcpWorld): void =>
  world.rebind((bindings) => bindings.filter(({ members }) => !members.includes(world.member)))

/** The same by whatever method we come. */
export const NO_GRANT: Scenario = {
  name: 'no binding names us',
  cause: 'gcs.perm.list',
  group: GCP_TOLD_ALIKE.nothing,
  break: withoutBinding,
}

/** What bindings and roles leave out. */
export const PERMISSION_DENIALS = {
  noGrant: NO_GRANT,
  noBindings: {
    name: 'the bucket has no bindings at all',
    cause: 'gcs.perm.list',
    group: GCP_TOLD_ALIKE.nothing,
    break: ({ rebind }) => rebind(() => []),
  },
  noList: {
    name: 'the role does not list',
    cause: 'gcs.perm.list',
    group: GCP_TOLD_ALIKE.listing,
    break: holdsOnly('objects.get', 'objects.create', 'objects.delete'),
  },
  noRead: {
    name: 'the role does not read',
    cause: 'gcs.perm.missing',
    group: GCP_TOLD_ALIKE.object,
    break: holdsOnly('objects.list', 'objects.create', 'objects.delete'),
  },
  noWrite: {
    name: 'the role does not write',
    cause: 'gcs.perm.missing',
    group: GCP_TOLD_ALIKE.object,
    break: holdsOnly('objects.list', 'objects.get', 'objects.delete'),
  },
  noDelete: {
    name: 'the role does not delete',
    cause: 'gcs.perm.missing',
    group: GCP_TOLD_ALIKE.object,
    break: holdsOnly('objects.list', 'objects.get', 'objects.create'),
  },
  viewerOnly: {
    name: 'a viewer that is to write',
    cause: 'gcs.perm.missing',
    group: GCP_TOLD_ALIKE.object,
    break: rewrites((binding) => ({ ...binding, role: 'roles/storage.objectViewer' })),
  },
  otherMember: {
    name: 'the binding names somebody else',
    cause: 'gcs.perm.list',
    group: GCP_TOLD_ALIKE.nothing,
    break: rewrites((binding) => ({ ...binding, members: ['user:admin@acme.example'] })),
  },
  notUniform: {
    name: 'no binding names us, and the bucket takes no conditions',
    cause: 'gcs.perm.list',
    group: GCP_TOLD_ALIKE.nothing,
    inside: 'strong',
    arrange: (world) => {
      rewrites(({ role, members }) => ({ role, members }))(world)
      world.gcp.configureBucket(BUCKET, { uniformAccess: false })
    },
    break: withoutBinding,
    repair: ({ gcp, role, member }) => gcp.addBinding({ on: { bucket: BUCKET }, role, member }),
  },
  deletedRole: {
    name: 'the custom role was deleted',
    cause: 'gcs.perm.list',
    group: GCP_TOLD_ALIKE.nothing,
    break: ({ gcp, role }) => gcp.deleteCustomRole(role),
  },
} as const satisfies { readonly [name: string]: Scenario }

/** Conditions of the binding that leave us out. */
export const CONDITION_DENIALS = {
  otherFolder: {
    name: 'it is on another folder',
    cause: 'gcs.cond',
    group: GCP_TOLD_ALIKE.object,
    break: underCondition(`${BUCKET_TYPE} || ${IN_FOLDER.replace('/data/', '/elsewhere/')}`),
  },
  otherBucket: {
    name: 'it is on a folder of another bucket',
    cause: 'gcs.cond',
    group: GCP_TOLD_ALIKE.object,
    break: underCondition(`${BUCKET_TYPE} || ${IN_FOLDER.replace(BUCKET, 'acme-pond')}`),
  },
  asUrl: {
    name: 'it names the folder as gs:// does',
    cause: 'gcs.cond',
    group: GCP_TOLD_ALIKE.object,
    break: underCondition(`${BUCKET_TYPE} || resource.name.startsWith('gs://${BUCKET}/data/')`),
  },
  noBucketType: {
    name: 'it is on names of objects and leaves out the bucket',
    cause: 'gcs.cond',
    group: GCP_TOLD_ALIKE.listing,
    break: underCondition(IN_FOLDER),
  },
  expired: {
    name: 'it has expired',
    cause: 'gcs.cond',
    group: GCP_TOLD_ALIKE.nothing,
    break: underCondition(`(${BUCKET_TYPE} || ${IN_FOLDER}) && request.time < timestamp('2026-11-22T00:02:00Z')`),
  },
  otherType: {
    name: 'it asks for another type',
    cause: 'gcs.cond',
    group: GCP_TOLD_ALIKE.nothing,
    break: underCondition("resource.type == 'storage.googleapis.com/ManagedFolder'"),
  },
} as const satisfies { readonly [name: string]: Scenario }

/** What our probes do not ask for, and programs that work with the same token do. */
export const PROGRAM_PERMISSION_DENIALS = {
  bucketSettings: {
    name: 'a program that looks at the bucket first',
    cause: 'gcs.perm.buckets_get',
    group: GCP_TOLD_ALIKE.bucket,
    break: holdsOnly('objects.list', 'objects.get', 'objects.create', 'objects.delete'),
    tries: async (world) => [await world.tries(bucketSettings(BUCKET))],
  },
  overwrite: {
    name: 'a program that writes over what is there, without deleting',
    cause: 'gcs.perm.overwrite_delete',
    group: GCP_TOLD_ALIKE.overwrite,
    break: holdsOnly('objects.list', 'objects.get', 'objects.create'),
    tries: async (world) => [await world.tries(writing(BUCKET, 'data/a.csv'))],
  },
} as const satisfies { readonly [name: string]: Scenario }

/** Where an account of the customer's holds the permissions. */
export const ACCOUNT_PERMISSION_DENIALS = {
  noGrant: NO_GRANT,
  remade: {
    name: 'the binding is of an account that was deleted and made again',
    cause: 'gcs.perm.list',
    group: GCP_TOLD_ALIKE.nothing,
    break: rewrites((binding) => ({ ...binding, members: [`deleted:serviceAccount:${ACCOUNT}?uid=123456789012345678901`] })),
  },
} as const satisfies { readonly [name: string]: Scenario }
