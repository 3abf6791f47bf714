import type { StorageAccountSettings } from '@sluice/lab'
import { ACCOUNT, CONTAINER } from '../denials-azure-requests.ts'
import type { AzureWorld } from '../denials-azure.ts'
import type { DenialScenario } from '../denials.ts'

const MINUTE = 60_000

const configured = (settings: StorageAccountSettings) => (world: AzureWorld) => world.azure.configureStorageAccount(ACCOUNT, settings)
const skewed = (ms: number) => (world: AzureWorld) => world.skewBy(ms)

const key = (which: (world: AzureWorld) => string) => (world: AzureWorld) => world.enter({ accountName: ACCOUNT, accountKey: which(world) })
const currentKey = key(({ azure }) => azure.accountKeys(ACCOUNT)[0])

const immutable = (settings: { readonly legalHold?: boolean; readonly until?: number } | null) => (world: AzureWorld) =>
  world.azure.configureContainer(ACCOUNT, CONTAINER, { immutable: settings })

const putFile = (tier: 'Hot' | 'Archive') => (world: AzureWorld) =>
  void world.azure.putBlob(ACCOUNT, CONTAINER, 'data/a.csv', { body: 'a,b\n1,2\n', tier })

/** What stands before any credential, or behind every one. */
export const ACCOUNT_DENIALS: readonly DenialScenario<AzureWorld>[] = [
  {
    name: 'its name is not in the DNS',
    cause: 'azure.host',
    inside: 'strong',
    break: (world) => world.setGone(true),
    repair: (world) => world.setGone(false),
  },
  {
    name: 'it is disabled',
    cause: 'azure.account_disabled',
    inside: 'strong',
    break: configured({ disabled: true }),
    repair: configured({ disabled: false }),
  },
  {
    name: 'its container was deleted',
    cause: 'azure.container_missing',
    inside: 'strong',
    break: ({ azure }) => azure.deleteContainer(ACCOUNT, CONTAINER),
    repair: (world) => {
      world.azure.createContainer(ACCOUNT, CONTAINER)
      putFile('Hot')(world)
    },
  },
  {
    name: 'the key of its data is gone from the vault',
    cause: 'azure.cmk',
    inside: 'strong',
    arrange: configured({ customerKey: 'usable' }),
    break: configured({ customerKey: 'key-missing' }),
    repair: configured({ customerKey: 'usable' }),
  },
  {
    name: 'the vault of its key is gone',
    cause: 'azure.cmk',
    inside: 'strong',
    arrange: configured({ customerKey: 'usable' }),
    break: configured({ customerKey: 'vault-missing' }),
    repair: configured({ customerKey: 'usable' }),
  },
  {
    name: 'its identity may not use its key',
    cause: 'azure.cmk',
    inside: 'strong',
    arrange: configured({ customerKey: 'usable' }),
    break: configured({ customerKey: 'identity-refused' }),
    repair: configured({ customerKey: 'usable' }),
  },
  {
    name: 'the file is archived',
    cause: 'azure.archived',
    inside: 'strong',
    break: putFile('Archive'),
    repair: putFile('Hot'),
  },
  {
    name: 'a legal hold keeps what is there',
    cause: 'azure.immutable',
    inside: 'strong',
    break: immutable({ legalHold: true }),
    repair: immutable(null),
  },
  {
    name: 'a policy keeps what is there for a year',
    cause: 'azure.immutable',
    inside: 'strong',
    break: immutable({ until: Date.UTC(2027, 10, 28) }),
    repair: immutable(null),
  },
]

export const firewalls = (group?: readonly string[]): readonly DenialScenario<AzureWorld>[] =>
  [
    { name: 'nobody comes in from the internet', settings: { publicNetworkAccess: 'Disabled' } } as const,
    { name: 'its firewall has a list, and we are not on it', settings: { defaultAction: 'Deny', addresses: ['203.0.113.0/24'] } } as const,
    { name: 'its firewall lets nobody in, its list being empty', settings: { defaultAction: 'Deny', addresses: [] } } as const,
  ].map(({ name, settings }) => ({
    name,
    cause: 'azure.net.firewall',
    ...(group === undefined ? {} : { group }),
    inside: 'strong',
    break: configured({ firewall: settings }),
    repair: configured({ firewall: { publicNetworkAccess: 'Enabled', defaultAction: 'Allow', addresses: [] } }),
  }))

export const BY_KEY: readonly DenialScenario<AzureWorld>[] = [
  ...ACCOUNT_DENIALS,
  ...firewalls(),
  {
    name: 'a rule admits our address, and we come from within the region, with a private one',
    cause: 'azure.net.firewall',
    inside: 'strong',
    arrange: (world) => {
      configured({ firewall: { defaultAction: 'Deny', addresses: ['192.0.2.0/28'] } })(world)
      world.azure.setCaller({ address: '192.0.2.4' })
    },
    break: ({ azure }) => azure.setCaller({ address: '10.1.0.4' }),
    repair: ({ azure }) => azure.setCaller({ address: '192.0.2.4' }),
  },
  {
    name: 'its key was rotated',
    cause: 'azure.key',
    inside: 'strong',
    break: ({ azure }) => void azure.rotateAccountKey(ACCOUNT, 0),
    repair: currentKey,
  },
  {
    name: 'the key is that of another account',
    cause: 'azure.key',
    inside: 'strong',
    break: key(() => Buffer.alloc(64, 7).toString('base64')),
    repair: currentKey,
  },
  {
    name: 'it takes no keys',
    cause: 'azure.sharedkey_off',
    break: configured({ allowSharedKeyAccess: false }),
    repair: configured({ allowSharedKeyAccess: true }),
  },
  {
    name: 'our clock is behind by more than a quarter of an hour',
    cause: 'azure.clock',
    inside: 'strong',
    break: skewed(16 * MINUTE),
    repair: skewed(0),
  },
  {
    name: 'another program asks without a credential, and it serves nobody so any more',
    cause: 'azure.public_off',
    inside: 'strong',
    arrange: (world) => {
      configured({ allowBlobPublicAccess: true })(world)
      world.azure.configureContainer(ACCOUNT, CONTAINER, { publicAccess: 'container' })
    },
    tries: (world) => world.tryWith({}),
    break: configured({ allowBlobPublicAccess: false }),
    repair: configured({ allowBlobPublicAccess: true }),
  },
  {
    name: 'another program asks without a credential, and its container is not public any more',
    cause: 'azure.unsigned',
    inside: 'strong',
    arrange: (world) => {
      configured({ allowBlobPublicAccess: true })(world)
      world.azure.configureContainer(ACCOUNT, CONTAINER, { publicAccess: 'container' })
    },
    tries: (world) => world.tryWith({}),
    break: ({ azure }) => azure.configureContainer(ACCOUNT, CONTAINER, { publicAccess: 'none' }),
    repair: ({ azure }) => azure.configureContainer(ACCOUNT, CONTAINER, { publicAccess: 'container' }),
  },
]

export const BY_SAS: readonly DenialScenario<AzureWorld>[] = [
  ...ACCOUNT_DENIALS,
  ...firewalls(['azure.net.firewall', 'azure.sas.sr']),
  {
    name: 'it takes no keys, and no SAS that one of them signed',
    cause: 'azure.sharedkey_off',
    break: configured({ allowSharedKeyAccess: false }),
    repair: configured({ allowSharedKeyAccess: true }),
  },
]
