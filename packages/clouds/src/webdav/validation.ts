import {
  type CheckPlan,
  type Lease,
  type Location,
  type Remedy,
  type ValidationRun,
  type ValidationSubject,
  isAccessError,
} from '@sluice/core'
import type { CloudDeps } from '../deps.ts'
import { configurationCheck } from '../validation/configuration.ts'
import type { DataRemedies, ValidationContext } from '../validation/context.ts'
import { dataPlans } from '../validation/data-plans.ts'
import { probe } from '../validation/denial.ts'
import { failed, inconclusive, passed } from '../validation/outcomes.ts'
import { webdavCaller } from './call.ts'
import { entryAt } from './collection.ts'
import { webdavDialect } from './dialect.ts'
import { openWebdavStore, webdavLease } from './open-store.ts'

/** The claims to test about a connection to a WebDAV server: that it takes the password, and those of the data. */
export function validateWebdav(deps: CloudDeps, subject: ValidationSubject): ValidationRun {
  const { connection, locations } = subject
  const hasPassword = connection.auth.method === 'password'
  const leaseFor = (location: Location): Lease => webdavLease(deps, subject, { location, access: connection.access })
  const somewhere = locations[0] ?? { cloud: connection.cloud, bucket: '', prefix: '', extent: 'bucket' as const }
  const share = ({ bucket }: Location) => webdavCaller(deps, connection, bucket, async () => leaseFor(somewhere))
  const context: ValidationContext = {
    connection,
    locations,
    access: {
      face: async (location, signal) => ({ exists: await isThere(() => entryAt(share(location), '', 'read', signal)) }),
      lease: async (location) => leaseFor(location),
      narrowLease: async (location) => leaseFor(location),
      wide: async () => ({ lease: leaseFor(somewhere) }),
      open: (location, lease) => openWebdavStore(deps, connection, location, async () => lease),
    },
    dialect: webdavDialect,
    namesRegions: false,
    narrows: false,
    expectedOwner: undefined,
    ownerNamedIn: 'nothing',
    clock: deps.clock,
    random: deps.random,
    gate: hasPassword && locations.length > 0 ? 'trust-accepts-us' : 'configuration-well-formed',
    remedies: remediesFor(connection.name),
    serverRegions: [],
  }
  const data = dataPlans(context, () => undefined)
  const passwordTaken: CheckPlan = {
    name: 'trust-accepts-us',
    needs: ['configuration-well-formed', 'endpoint-allowed'],
    run: async (signal) => {
      const asked = await probe(
        () => deps.clock.now(),
        () => entryAt(share(somewhere), '', 'read', signal),
        signal,
      )
      if (asked.ok) return passed(asked.ms)
      const remedy = context.remedies.denied({ location: somewhere, actions: [] }, { provider: { operation: 'webdav' }, bare: true })
      if (asked.error.reason === 'identity.rejected')
        return failed(asked.ms, 'identity.rejected', 'The server does not take the user name with this password.', remedy, asked.error)
      // Any other refusal of the server comes after it knew who asks.
      return [403, 404].includes(asked.error.provider?.status ?? 0) ? passed(asked.ms) : inconclusive(asked.ms, asked.error)
    },
  }
  return {
    checks: [
      configurationCheck(connection, locations, () => undefined),
      ...(hasPassword && locations.length > 0 ? [passwordTaken] : []),
      ...data.checks,
    ],
    leftovers: data.leftovers,
    discovered: () => ({}),
  }
}

/** Whether a share is there, as far as the server says: what it refuses may well be. */
async function isThere(ask: () => Promise<unknown>): Promise<boolean> {
  try {
    await ask()
    return true
  } catch (error) {
    if (isAccessError(error) && [401, 403].includes(error.provider?.status ?? 0)) return true
    if (isAccessError(error) && error.reason === 'object.missing') return false
    throw error
  }
}

function remediesFor(name: string): DataRemedies {
  const verify = `sluice connection validate ${name}`
  const ask = (who: Remedy['who'], summary: string): Remedy => ({ who, where: 'the administration of the server', summary, verify })
  const share = ({ location }: { readonly location: Location }) =>
    ask('cloud-admin', `Check the user and its password, and let it do so in ${location.bucket}/${location.prefix}.`)
  return {
    bucketMissing: ({ bucket }) => ask('data-owner', `Correct the name of the share or the endpoint, or make the folder ${bucket}.`),
    bucketOwner: ({ bucket }) => ask('data-owner', `Find out whose ${bucket} is.`),
    region: () => ask('platform', 'Leave the region out: WebDAV has none.'),
    denied: share,
    foreignObject: share,
    encryption: share,
    keyState: share,
    leaseTooWide: ({ bucket }) => ask('cloud-admin', `Use a user that sees nothing but ${bucket}.`),
    broader: ({ bucket }, findings) =>
      ask('cloud-admin', `Use a user that sees nothing else: this one can also ${findings.join(', ')} in ${bucket}.`),
    leftover: (keys) => ask('data-owner', `Delete ${keys.join(', ')}.`),
  }
}
