import {
  type Lease,
  type ListPage,
  type ListRequest,
  type Location,
  type ObjectStore,
  type ValidationSubject,
  isAccessError,
} from '@sluice/core'
import type { CloudDeps } from '../../deps.ts'
import { withRetries } from '../../http/retry-layer.ts'
import { retry } from '../../http/retry.ts'
import { leaseId } from '../../lease-id.ts'
import type { Session, StoreAccess } from '../../validation/context.ts'
import { once } from '../../validation/denial.ts'
import type { CallerIdentity } from '../../validation/trust-checks.ts'
import { accountOf } from '../account.ts'
import type { AbortedUploads } from '../blocks.ts'
import { requestDelegationKey } from '../delegation-key.ts'
import { type TokenVariant, ownToken, tokenFor } from '../identity.ts'
import { type AzureMemory, leaseAzure } from '../lease.ts'
import { openAzureStore } from '../open-store.ts'
import { formatAzureLocation } from '../parse.ts'
import { AZURE_DIALECT } from './dialect.ts'

/** What the first request to a container came to. `hidden`: who may not use it is not told whether there is one. */
export type FirstAnswer = 'there' | 'missing' | 'hidden'

/** What the checks ask of Azure beside the store. */
export interface AzureAccess extends StoreAccess {
  /** That we have a token to show, or an identity of our own. */
  identity(signal: AbortSignal): Promise<CallerIdentity>
  /** What the connection's identity may use, let in by a token as the variant has it. */
  session(variant: TokenVariant, signal: AbortSignal): Promise<Session>
  /** A key of that session to sign leases with: asked for anew, whatever is remembered. */
  delegationKey(session: Session, location: Location, signal: AbortSignal): Promise<void>
  /** The first request that the connection's lease makes; the same for every check that asks. */
  first(location: Location, signal: AbortSignal): Promise<FirstAnswer>
}

/** Leases of a validation are short. */
const SECONDS = 900

/** The requests of a validation, made with the pieces that jobs use. Each is made once. */
export function azureAccess(
  deps: CloudDeps,
  memory: AzureMemory & { readonly aborted: AbortedUploads },
  subject: ValidationSubject,
): AzureAccess {
  const { connection } = subject
  const anywhere: Location = subject.locations[0] ?? { cloud: 'azure', bucket: '', prefix: '', extent: 'bucket' }
  const scope = { location: anywhere, access: connection.access }
  const leases = new Map<string, (signal: AbortSignal) => Promise<Lease>>()
  const stores = new Map<string, ObjectStore>()
  const firsts = new Map<string, (signal: AbortSignal) => Promise<FirstAnswer>>()

  const lease = (location: Location, signal: AbortSignal): Promise<Lease> =>
    remembered(leases, formatAzureLocation(location), () =>
      once((stop) => leaseAzure(deps, memory, subject, { location, access: connection.access }, SECONDS, stop)),
    )(signal)

  const open = (location: Location, held: Lease): ObjectStore =>
    remembered(stores, `${held.id} ${formatAzureLocation(location)}`, () =>
      listingOnce(withRetries(deps)(openAzureStore(deps, memory, connection, location, () => Promise.resolve(held)))),
    )

  const first = (location: Location, signal: AbortSignal): Promise<FirstAnswer> =>
    remembered(firsts, formatAzureLocation(location), () =>
      once(async (stop) => firstAnswer(open(location, await lease(location, stop)), connection.access, location, deps, stop)),
    )(signal)

  return {
    identity: async (signal) => {
      const token =
        connection.auth.method === 'federation' ? await ownToken(deps, connection, signal) : await tokenFor(deps, connection, signal)
      return { arn: typeof token === 'string' ? 'A token of our own was issued.' : 'Our managed identity has a token.', accountId: '' }
    },
    session: async (variant, signal) => {
      const { token, expiresAt } = await retry(() => tokenFor(deps, connection, signal, variant), deps, signal)
      return { lease: { id: leaseId(deps.random), scope, narrowed: false, expiresAt, secret: { kind: 'bearer', token } } }
    },
    delegationKey: async (session, location, signal) => {
      const { secret } = session.lease
      const token = secret.kind === 'bearer' ? secret.token : ''
      const account = accountOf(connection, location)
      await retry(() => requestDelegationKey(deps, { account, token, tenant: connection.id }, signal), deps, signal)
    },
    first,
    face: async (location, signal) => ({ exists: (await first(location, signal)) !== 'missing' }),
    lease,
    narrowLease: (location, signal) => leaseAzure(deps, memory, subject, { location, access: ['read'] }, SECONDS, signal),
    wide: async (signal) => ({ lease: await leaseAzure(deps, memory, subject, scope, SECONDS, signal) }),
    open,
  }
}

/** Lists, or reads what cannot be there, or writes what cannot come to be: whatever the connection is for. */
async function firstAnswer(
  store: ObjectStore,
  access: readonly string[],
  location: Location,
  { random }: Pick<CloudDeps, 'random'>,
  signal: AbortSignal,
): Promise<FirstAnswer> {
  const token = Array.from(random.bytes(10), (byte) => byte.toString(16).padStart(2, '0')).join('')
  const folder = location.extent === 'object' ? undefined : location.prefix
  const key = folder === undefined ? location.prefix : `${folder}.sluice-absent-${token}`
  try {
    if (access.includes('list')) await store.listPage({ prefix: location.prefix, maxKeys: 5, fetchOwner: true }, signal)
    else if (access.includes('read')) await store.head(key, {}, signal)
    else await AZURE_DIALECT.phantomWrite(store, key, token, signal)
    return 'there'
  } catch (error) {
    if (!isAccessError(error)) throw error
    if (error.reason === 'bucket.missing') return 'missing'
    if (AZURE_DIALECT.isAbsence(error)) return 'there'
    if (AZURE_DIALECT.denialOf(error) !== undefined) return 'hidden'
    throw error
  }
}

/** The same listing is not made twice: what comes first in a run is what the check of listing asks for too. */
function listingOnce(store: ObjectStore): ObjectStore {
  const pages = new Map<string, (signal: AbortSignal) => Promise<ListPage>>()
  return {
    ...store,
    listPage: (request: ListRequest, signal) =>
      remembered(pages, JSON.stringify(request), () => once((stop) => store.listPage(request, stop)))(signal),
  }
}

function remembered<T>(known: Map<string, T>, name: string, make: () => T): T {
  const found = known.get(name) ?? make()
  known.set(name, found)
  return found
}
