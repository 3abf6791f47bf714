import { ContainerSASPermissions } from '@azure/storage-blob'
import { ACCOUNT_DENIALS, BY_KEY, BY_SAS, firewalls } from './support/azure-denials/account.ts'
import { APPLICATION, FEDERATED } from './support/azure-denials/identity.ts'
import { SAS_DENIALS } from './support/azure-denials/sas.ts'
import { type AzureWorld, startAzureWorld } from './support/denials-azure.ts'
import { type DenialPair, type DenialScenario, named, testDenialPairs } from './support/denials.ts'

type Scenario = DenialScenario<AzureWorld>

const from =
  (...table: readonly Scenario[]) =>
  (name: string): Scenario =>
    named(table, name)

const account = from(...ACCOUNT_DENIALS, ...firewalls())
const federated = from(...FEDERATED)
const application = from(...APPLICATION)
const sas = from(...SAS_DENIALS, ...BY_SAS)
const key = from(...BY_KEY)

const closed = account('nobody comes in from the internet')
const noRole = federated('no role on the container is left')

testDenialPairs('a federated identity with two faults', () => startAzureWorld('federation'), [
  [closed, noRole],
  [account('its name is not in the DNS'), account('it is disabled')],
  [account('it is disabled'), account('its firewall has a list, and we are not on it')],
  [federated('its credential is for another subject'), noRole],
  [federated('the connection names a tenant that there is not'), closed],
  [federated('our clock is an hour behind'), closed],
  [account('its firewall lets nobody in, its list being empty'), federated('no role lets it ask for the key that signs its SAS')],
  [noRole, account('its container was deleted')],
  [noRole, account('the key of its data is gone from the vault')],
  [account('the key of its data is gone from the vault'), account('the file is archived')],
  [account('the key of its data is gone from the vault'), account('a policy keeps what is there for a year')],
  [federated('a deny assignment keeps the identity from reading'), account('the file is archived')],
])

testDenialPairs('an application with two faults', () => startAzureWorld('federation', { application: true }), [
  [application('it is disabled'), application('a policy of Conditional Access blocks it')],
  [application('a policy of Conditional Access blocks it'), noRole],
])

/** A SAS whose time and letters are both wrong: a new one has its time right, and the next its letters too. */
const LETTERS = ContainerSASPermissions.parse('rwd')
const overAndNarrow: DenialPair<AzureWorld> = [
  {
    ...sas('it begins later, as one made by a clock that is ahead does'),
    break: (world) => {
      const startsOn = new Date(world.installation.clock.now() + 3_600_000)
      return world.enter({ sasToken: world.containerSas({ startsOn, permissions: LETTERS }) })
    },
    repair: (world) => world.enter({ sasToken: world.containerSas({ permissions: LETTERS }) }),
  },
  { ...sas('it has no letter for lists'), break: () => undefined },
]

testDenialPairs('a SAS with two faults', () => startAzureWorld('sas'), [
  overAndNarrow,
  [sas('nobody comes in from the internet'), sas('it has no letter for reading')],
  [sas('it takes no keys, and no SAS that one of them signed'), sas('it has no letter for writing')],
  [sas('we come from an address that it does not admit'), sas('the file is archived')],
  [sas('its stored access policy was deleted'), sas('the file is archived')],
])

testDenialPairs('a key with two faults', () => startAzureWorld('account-key'), [
  [key('it takes no keys'), key('its key was rotated')],
  [key('our clock is behind by more than a quarter of an hour'), key('its key was rotated')],
  [key('its key was rotated'), key('its container was deleted')],
])
