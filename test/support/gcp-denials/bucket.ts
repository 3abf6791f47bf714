import type { DenialScenario } from '../denials.ts'
import { reading, writing } from '../denials-gcp-requests.ts'
import { BUCKET, type GcpWorld, NUMBER, PAYS, PROJECT } from '../denials-gcp.ts'

type Scenario = DenialScenario<GcpWorld>
type Settings = Parameters<GcpWorld['gcp']['configureBucket']>[1]

const configures =
  (change: Settings) =>
  ({ gcp }: GcpWorld): void =>
    gcp.configureBucket(BUCKET, change)

const KEY = { location: 'europe-west3', keyRing: 'ring', id: 'lake' }
const KEY_NAME = `projects/${PROJECT}/locations/${KEY.location}/keyRings/${KEY.keyRing}/cryptoKeys/${KEY.id}`
const AGENT = `serviceAccount:service-${NUMBER}@gs-project-accounts.iam.gserviceaccount.com`
const USES_KEY = { on: { kmsKey: KEY_NAME }, role: 'roles/cloudkms.cryptoKeyEncrypterDecrypter', member: AGENT }

/** The bucket keeps what is written under a key that its service agent may use. */
function encrypts({ gcp }: GcpWorld): void {
  gcp.putKmsKey(PROJECT, KEY)
  gcp.addBinding(USES_KEY)
  gcp.configureBucket(BUCKET, { defaultKmsKeyName: KEY_NAME })
  gcp.putObject(BUCKET, 'data/a.csv', { body: 'a,b\n1,2\n' })
}

const asBefore = (world: GcpWorld): void => world.reprogram({})

export const BUCKET_DENIALS = {
  missing: {
    name: 'the bucket was deleted',
    cause: 'gcs.bucket_missing',
    inside: 'strong',
    break: ({ gcp }) => gcp.deleteBucket(BUCKET),
    repair: (world) => world.remakeBucket(),
  },
  filter: {
    name: 'the filter of addresses lists an office',
    cause: 'gcs.ipfilter',
    inside: 'strong',
    break: configures({ ipFilter: { mode: 'Enabled', publicNetworkSource: { allowedIpCidrRanges: ['203.0.113.0/24'] } } }),
    repair: configures({ ipFilter: { mode: 'Enabled', publicNetworkSource: { allowedIpCidrRanges: ['203.0.113.0/24', '192.0.2.0/28'] } } }),
  },
  vpcOnly: {
    name: 'the filter lets in networks of the customer only',
    cause: 'gcs.ipfilter',
    inside: 'strong',
    break: configures({ ipFilter: { mode: 'Enabled' } }),
    repair: configures({ ipFilter: { mode: 'Disabled' } }),
  },
  pays: {
    name: 'the bucket bills whoever asks',
    cause: 'gcs.requester_pays',
    inside: 'strong',
    break: configures({ requesterPays: true }),
    repair: configures({ requesterPays: false }),
  },
  agent: {
    name: 'the service agent lost its role on the key',
    cause: 'gcs.cmek',
    inside: 'strong',
    arrange: encrypts,
    break: ({ gcp }) => gcp.removeBinding(USES_KEY),
    repair: ({ gcp }) => gcp.addBinding(USES_KEY),
  },
  agentEncrypts: {
    name: 'the service agent may encrypt and not decrypt',
    cause: 'gcs.cmek',
    inside: 'strong',
    arrange: encrypts,
    break({ gcp }) {
      gcp.removeBinding(USES_KEY)
      gcp.addBinding({ ...USES_KEY, role: 'roles/cloudkms.cryptoKeyEncrypter' })
    },
    repair: ({ gcp }) => gcp.addBinding(USES_KEY),
  },
  keyOff: {
    name: 'the key is disabled',
    cause: 'gcs.cmek',
    inside: 'strong',
    arrange: encrypts,
    break: ({ gcp }) => gcp.setKmsKeyState(KEY_NAME, 'DISABLED'),
    repair: ({ gcp }) => gcp.setKmsKeyState(KEY_NAME, 'ENABLED'),
  },
  keyDestroyed: {
    name: 'the key was destroyed',
    cause: 'gcs.cmek',
    inside: 'strong',
    arrange: encrypts,
    break: ({ gcp }) => gcp.setKmsKeyState(KEY_NAME, 'DESTROYED'),
    repair: ({ gcp }) => gcp.setKmsKeyState(KEY_NAME, 'ENABLED'),
  },
  retention: {
    name: 'a retention policy keeps what is written',
    cause: 'gcs.retention',
    inside: 'strong',
    break: configures({ retentionSeconds: 86_400 }),
    repair: configures({ retentionSeconds: undefined }),
  },
  hold: {
    name: 'every new object is held until somebody releases it',
    cause: 'gcs.retention',
    inside: 'strong',
    break: configures({ defaultEventBasedHold: true }),
    repair(world) {
      world.gcp.configureBucket(BUCKET, { defaultEventBasedHold: false })
      for (const key of world.gcp.listKeys(BUCKET)) world.gcp.configureObject(BUCKET, key, { eventBasedHold: false })
    },
  },
} as const satisfies { readonly [name: string]: Scenario }

/** Where the connection names a project to bill. */
export const BILLED_DENIALS = {
  notLetIn: {
    name: 'the project to bill does not let us',
    cause: 'gcs.user_project',
    inside: 'strong',
    break: ({ gcp, member }) => gcp.removeBinding({ ...PAYS, member }),
    repair: ({ gcp, member }) => gcp.addBinding({ ...PAYS, member }),
  },
} as const satisfies { readonly [name: string]: Scenario }

/** What programs of ours send that our own clients do not. */
export const PROGRAM_DENIALS = {
  acl: {
    name: 'a program that sends an access control list',
    cause: 'gcs.ubla_acl',
    inside: 'strong',
    tries: async (world) => [await world.tries(writing(BUCKET, 'data/tried.csv'))],
    break: (world) => world.reprogram({ query: { predefinedAcl: 'bucketOwnerFullControl' } }),
    repair: asBefore,
  },
  project: {
    name: 'a program that bills a project which there is not',
    cause: 'gcs.user_project',
    inside: 'strong',
    tries: async (world) => [await world.tries(reading(BUCKET, 'data/a.csv'))],
    break: (world) => world.reprogram({ query: { userProject: 'acme-nothing-here' } }),
    repair: asBefore,
  },
  held: {
    name: 'a program that writes over an object under a hold',
    cause: 'gcs.retention',
    inside: 'strong',
    tries: async (world) => [await world.tries(writing(BUCKET, 'data/a.csv'))],
    break: ({ gcp }) => gcp.configureObject(BUCKET, 'data/a.csv', { temporaryHold: true }),
    repair: ({ gcp }) => gcp.configureObject(BUCKET, 'data/a.csv', { temporaryHold: false }),
  },
} as const satisfies { readonly [name: string]: Scenario }
