import type { IamBinding } from '@sluice/core'
import { type DenialScenario, testDenials } from './support/denials.ts'
import { GCP_TOLD_ALIKE } from './support/denials-gcp-groups.ts'
import { bucketSettings, writing } from './support/denials-gcp-requests.ts'
import { ACCOUNT, BUCKET, type GcpWorld, PROJECT, startGcpWorld } from './support/denials-gcp.ts'

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

/** Our binding is taken away and these roles given instead, under the condition of the setup or none. */
const givesInstead =
  (roles: readonly string[], expression?: string) =>
  (world: GcpWorld): void =>
    world.rebind((bindings) => [
      ...bindings.filter(({ members }) => !members.includes(world.member)),
      ...roles.map((role) => ({
        role,
        members: [world.member],
        ...(expression === undefined ? {} : { condition: { title: 'sluice', expression } }),
      })),
    ])

const withoutBinding = givesInstead([])

/** What bindings and roles leave out, the same by whatever method we come. */
const NO_GRANT: DenialScenario<GcpWorld> = {
  name: 'no binding names us',
  cause: 'gcs.perm.list',
  group: GCP_TOLD_ALIKE.nothing,
  break: withoutBinding,
}

const SCENARIOS: readonly DenialScenario<GcpWorld>[] = [
  NO_GRANT,
  {
    name: 'the bucket has no bindings at all',
    cause: 'gcs.perm.list',
    group: GCP_TOLD_ALIKE.nothing,
    break: ({ rebind }) => rebind(() => []),
  },
  {
    name: 'the role does not list',
    cause: 'gcs.perm.list',
    group: GCP_TOLD_ALIKE.listing,
    break: holdsOnly('objects.get', 'objects.create', 'objects.delete'),
  },
  {
    name: 'the role does not read',
    cause: 'gcs.perm.missing',
    group: GCP_TOLD_ALIKE.object,
    break: holdsOnly('objects.list', 'objects.create', 'objects.delete'),
  },
  {
    name: 'the role does not write',
    cause: 'gcs.perm.missing',
    group: GCP_TOLD_ALIKE.object,
    break: holdsOnly('objects.list', 'objects.get', 'objects.delete'),
  },
  {
    name: 'the role does not delete',
    cause: 'gcs.perm.missing',
    group: GCP_TOLD_ALIKE.object,
    break: holdsOnly('objects.list', 'objects.get', 'objects.create'),
  },
  {
    name: 'a viewer that is to write',
    cause: 'gcs.perm.missing',
    group: GCP_TOLD_ALIKE.object,
    break: givesInstead(['roles/storage.objectViewer'], `${BUCKET_TYPE} || ${IN_FOLDER}`),
  },
  {
    name: 'the account is named as a user',
    cause: 'gcs.perm.list',
    group: GCP_TOLD_ALIKE.nothing,
    break: rewrites((binding) => ({ ...binding, members: ['user:admin@acme.example'] })),
  },
  {
    name: 'the custom role was deleted',
    cause: 'gcs.perm.list',
    group: GCP_TOLD_ALIKE.nothing,
    break: ({ gcp, role }) => gcp.deleteCustomRole(role),
  },
]
testDenials('a bucket of Google that gives a federated principal too little', () => startGcpWorld({ method: 'federation' }), SCENARIOS)

const CONDITIONS: readonly DenialScenario<GcpWorld>[] = [
  {
    name: 'the condition is on another folder',
    cause: 'gcs.cond',
    group: GCP_TOLD_ALIKE.object,
    break: underCondition(`${BUCKET_TYPE} || ${IN_FOLDER.replace('/data/', '/elsewhere/')}`),
  },
  {
    name: 'the condition is on a folder of another bucket',
    cause: 'gcs.cond',
    group: GCP_TOLD_ALIKE.object,
    break: underCondition(`${BUCKET_TYPE} || ${IN_FOLDER.replace(BUCKET, 'acme-pond')}`),
  },
  {
    name: 'the condition names the folder as gs:// does',
    cause: 'gcs.cond',
    group: GCP_TOLD_ALIKE.object,
    break: underCondition(`${BUCKET_TYPE} || resource.name.startsWith('gs://${BUCKET}/data/')`),
  },
  {
    name: 'the condition is on names of objects and leaves out the bucket',
    cause: 'gcs.cond',
    group: GCP_TOLD_ALIKE.listing,
    break: underCondition(IN_FOLDER),
  },
  {
    name: 'the condition has expired',
    cause: 'gcs.cond',
    group: GCP_TOLD_ALIKE.nothing,
    break: underCondition(`(${BUCKET_TYPE} || ${IN_FOLDER}) && request.time < timestamp('2026-11-22T00:02:00Z')`),
  },
  {
    name: 'the condition asks for another type',
    cause: 'gcs.cond',
    group: GCP_TOLD_ALIKE.nothing,
    break: underCondition("resource.type == 'storage.googleapis.com/ManagedFolder'"),
  },
]
testDenials('a condition of Google IAM that leaves us out', () => startGcpWorld({ method: 'grant' }), CONDITIONS)

/** What our probes do not ask for, and programs that work with the same token do. */
const OTHER_REQUESTS: readonly DenialScenario<GcpWorld>[] = [
  {
    name: 'a program that looks at the bucket first',
    cause: 'gcs.perm.buckets_get',
    group: GCP_TOLD_ALIKE.bucket,
    break: holdsOnly('objects.list', 'objects.get', 'objects.create', 'objects.delete'),
    tries: async (world) => [await world.tries(bucketSettings(BUCKET))],
  },
  {
    name: 'a program that writes over what is there, without deleting',
    cause: 'gcs.perm.overwrite_delete',
    group: GCP_TOLD_ALIKE.overwrite,
    break: holdsOnly('objects.list', 'objects.get', 'objects.create'),
    tries: async (world) => [await world.tries(writing(BUCKET, 'data/a.csv'))],
  },
]
testDenials('a request of another program', () => startGcpWorld({ method: 'service-account-key' }), OTHER_REQUESTS)

testDenials(
  'a bucket of Google that gives an account of the customer nothing',
  () => startGcpWorld({ method: 'federation', impersonates: true }),
  [
    NO_GRANT,
    {
      name: 'the account was deleted and made again',
      cause: 'gcs.perm.list',
      group: GCP_TOLD_ALIKE.nothing,
      break: rewrites((binding) => ({ ...binding, members: [`deleted:serviceAccount:${ACCOUNT}?uid=123456789012345678901`] })),
    },
  ],
)
testDenials('a bucket of Google that gives our own account nothing', () => startGcpWorld({ method: 'grant' }), [NO_GRANT])
testDenials('a bucket of Google that gives the account of a key nothing', () => startGcpWorld({ method: 'service-account-key' }), [
  NO_GRANT,
])
