import { AccountSASPermissions, BlobSASPermissions, ContainerSASPermissions, SASProtocol } from '@azure/storage-blob'
import { ACCOUNT, CONTAINER } from '../denials-azure-requests.ts'
import type { AzureWorld } from '../denials-azure.ts'
import type { DenialScenario } from '../denials.ts'

const HOUR = 3_600_000

const inHours = ({ installation }: AzureWorld, hours: number) => new Date(installation.clock.now() + hours * HOUR)

type ContainerFields = NonNullable<Parameters<AzureWorld['containerSas']>[0]>
type AccountFields = NonNullable<Parameters<AzureWorld['accountSas']>[0]>

/** Hands the connection a SAS for the container, or for the account. */
const ofContainer = (fields: ContainerFields | ((world: AzureWorld) => ContainerFields)) => (world: AzureWorld) =>
  world.enter({ sasToken: world.containerSas(typeof fields === 'function' ? fields(world) : fields) })
const ofAccount = (fields: AccountFields) => (world: AzureWorld) => world.enter({ sasToken: world.accountSas(fields) })
const letters = (text: string) => ofContainer({ permissions: ContainerSASPermissions.parse(text) })
const accountLetters = (text: string) => ofAccount({ permissions: AccountSASPermissions.parse(text) })

/** A new SAS is what repairs one. */
const reissue = ofContainer({})

/** The container's stored access policy, which holds the letters and the end of a SAS that names it. */
function setPolicy(world: AzureWorld, permissions: string, hours = 1_000): void {
  const policy = { id: 'reader', permissions, expiresAt: inHours(world, hours).toISOString() }
  world.azure.configureContainer(ACCOUNT, CONTAINER, { accessPolicies: [policy] })
}
async function underPolicy(world: AzureWorld): Promise<void> {
  setPolicy(world, 'rwdl')
  await ofContainer({ identifier: 'reader' })(world)
}
const restorePolicy = (world: AzureWorld) => setPolicy(world, 'rwdl')

const SIGNATURE = ['azure.sas.sig_key', 'azure.sas.sig_encoding', 'azure.sas.sr'] as const

export const SAS_DENIALS: readonly DenialScenario<AzureWorld>[] = [
  {
    name: 'its end has come',
    cause: 'azure.sas.time',
    arrange: ofContainer((world) => ({ expiresOn: inHours(world, 1) })),
    break: (world) => world.installation.clock.advance(HOUR),
    repair: reissue,
  },
  {
    name: 'it begins later, as one made by a clock that is ahead does',
    cause: 'azure.sas.time',
    break: ofContainer((world) => ({ startsOn: inHours(world, 1) })),
    repair: reissue,
  },
  {
    name: 'its end has come, and it is one for the account',
    cause: 'azure.sas.time',
    break: (world) => {
      const done = world.enter({ sasToken: world.accountSas({ expiresOn: inHours(world, 1) }) })
      return done.then(() => world.installation.clock.advance(HOUR))
    },
    repair: reissue,
  },
  { name: 'it has no letter for lists', cause: 'azure.sas.perm', break: letters('rwd'), repair: reissue },
  { name: 'it has no letter for reading', cause: 'azure.sas.perm', break: letters('wdl'), repair: reissue },
  { name: 'it has no letter for writing', cause: 'azure.sas.perm', break: letters('rdl'), repair: reissue },
  { name: 'it creates, and does not write over', cause: 'azure.sas.perm', break: letters('rl'), repair: reissue },
  { name: 'it has no letter for deleting', cause: 'azure.sas.perm', break: letters('rwl'), repair: reissue },
  { name: 'it is for the account, with letters for reading alone', cause: 'azure.sas.perm', break: accountLetters('r'), repair: reissue },
  { name: 'it is for objects and not for containers', cause: 'azure.sas.srt', break: ofAccount({ resourceTypes: 'o' }), repair: reissue },
  { name: 'it is for containers and not for objects', cause: 'azure.sas.srt', break: ofAccount({ resourceTypes: 'c' }), repair: reissue },
  { name: 'it is for queues', cause: 'azure.sas.ss', break: ofAccount({ services: 'q' }), repair: reissue },
  {
    name: 'it is for one blob',
    cause: 'azure.sas.sr',
    break: ofContainer({ blobName: 'data/a.csv', permissions: BlobSASPermissions.parse('rwd') }),
    repair: reissue,
  },
  {
    name: 'it is for another container',
    cause: 'azure.sas.sr',
    group: SIGNATURE,
    inside: 'group',
    break: ofContainer({ containerName: 'payroll' }),
    repair: reissue,
  },
  {
    name: 'we come from an address that it does not admit',
    cause: 'azure.sas.ip',
    inside: 'strong',
    break: ofContainer({ ipRange: { start: '203.0.113.0', end: '203.0.113.255' } }),
    repair: reissue,
  },
  {
    name: 'it is for https alone, and something on the way speaks http',
    cause: 'azure.sas.proto',
    inside: 'strong',
    arrange: ({ azure }) => azure.configureStorageAccount(ACCOUNT, { supportsHttpsTrafficOnly: false }),
    break: ({ azure }) => azure.setCaller({ protocol: 'http' }),
    repair: ({ azure }) => azure.setCaller({ protocol: 'https' }),
  },
  {
    name: 'the account is for https alone, and something on the way speaks http',
    cause: 'azure.sas.proto',
    inside: 'strong',
    arrange: ofContainer({ protocol: SASProtocol.HttpsAndHttp }),
    break: ({ azure }) => azure.setCaller({ protocol: 'http' }),
    repair: ({ azure }) => azure.setCaller({ protocol: 'https' }),
  },
  {
    name: 'its end was written anew by what handed it on',
    cause: 'azure.sas.sig_encoding',
    group: SIGNATURE,
    inside: 'group',
    break: async (world) => {
      const sas = world.containerSas()
      await world.enter({ sasToken: sas.replace(/se=([^&]+)Z/, 'se=$1.000Z') })
    },
    repair: reissue,
  },
  {
    name: 'the key that signed it was rotated',
    cause: 'azure.sas.sig_key',
    group: SIGNATURE,
    inside: 'group',
    break: ({ azure }) => void azure.rotateAccountKey(ACCOUNT, 0),
    repair: reissue,
  },
  {
    name: 'both keys of the account were rotated since',
    cause: 'azure.sas.sig_key',
    group: SIGNATURE,
    inside: 'group',
    arrange: ofContainer((world) => ({ startsOn: inHours(world, 0) })),
    break: (world) => {
      world.installation.clock.advance(HOUR)
      for (const which of [0, 1] as const) world.azure.rotateAccountKey(ACCOUNT, which)
    },
    repair: reissue,
  },
  {
    name: 'a field of it was rewritten, and the keys are older than it',
    cause: 'azure.sas.sig_encoding',
    group: ['azure.sas.sig_key', 'azure.sas.sig_encoding'],
    inside: 'consistent',
    break: async (world) => {
      world.installation.clock.advance(HOUR)
      const sas = world.accountSas({ startsOn: inHours(world, 0), expiresOn: inHours(world, 100) })
      await world.enter({ sasToken: sas.replace(/se=([^&]+)Z/, 'se=$1.000Z') })
    },
    repair: reissue,
  },
  {
    name: 'its stored access policy was deleted',
    cause: 'azure.sas.policy',
    arrange: underPolicy,
    break: ({ azure }) => azure.configureContainer(ACCOUNT, CONTAINER, { accessPolicies: [] }),
    repair: restorePolicy,
  },
  {
    name: 'its stored access policy gives less than it did',
    cause: 'azure.sas.policy',
    group: ['azure.sas.policy', 'azure.sas.perm'],
    arrange: underPolicy,
    break: (world) => setPolicy(world, 'wdl'),
    repair: restorePolicy,
  },
  {
    name: 'its stored access policy has ended',
    cause: 'azure.sas.policy',
    group: ['azure.sas.policy', 'azure.sas.time'],
    arrange: underPolicy,
    break: (world) => setPolicy(world, 'rwdl', -1),
    repair: restorePolicy,
  },
  {
    name: 'it names a version from before what it uses',
    cause: 'azure.sas.version',
    break: (world) => {
      const sas = world.containerSas({ encryptionScope: 'ours' })
      return world.enter({ sasToken: sas.replace(/sv=[\d-]+/, 'sv=2019-12-12') })
    },
    repair: reissue,
  },
]
