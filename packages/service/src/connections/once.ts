import {
  accessesFor,
  accessError,
  type Connection,
  type ConnectionSettings,
  type Cloud,
  type Location,
  type OpenConnection,
} from '@sluice/core'
import type { Caller } from '../contract.ts'
import type { ServiceDeps } from '../shared/deps.ts'
import { newId } from '../shared/ids.ts'
import { requireMethod } from '../shared/lookup.ts'
import { authenticate } from './draft.ts'
import { requireSettings } from './settings.ts'

/** What is said of a connection that is used once. */
export interface OnceInput {
  readonly cloud: Cloud
  readonly method: string
  readonly auth: { readonly [field: string]: string }
  readonly settings: ConnectionSettings
  readonly location: Location
}

/**
 * A connection for one use: checked like any other, to list and read one location, in no store. Its secret is with whoever holds it.
 *
 * Only for credentials that somebody hands over. Where a customer trusts us instead, the trust is in one connection, with an external id or
 * a subject of its own that no other project may use: nothing that is made up for a query may claim it.
 */
export async function connectionOnce(deps: ServiceDeps, caller: Caller, input: OnceInput): Promise<OpenConnection> {
  const { cloud, location } = input
  const method = requireMethod(cloud, input.method)
  if (method.keyless && method.id !== 'none')
    throw accessError('connection.not_once', { message: `The method ${method.id} is trust in one connection, and a query is none.` })
  const subject = {
    id: newId('conn', deps.random),
    organization: caller.organization,
    project: caller.project,
    name: 'used-once',
    settings: requireSettings(input.settings, cloud, method.id),
  }
  const { auth, secret } = await authenticate(deps, cloud, method.id, input.auth, subject)
  const now = new Date(deps.clock.now()).toISOString()
  const connection: Connection = {
    ...subject,
    description: '',
    labels: {},
    cloud: cloud.id,
    auth,
    locations: [location],
    purposes: ['import'],
    access: accessesFor(['import']).filter((access) => method.access.includes(access)),
    state: 'ready',
    createdAt: now,
    updatedAt: now,
    version: 1,
  }
  return { connection, ...(secret === undefined ? {} : { secret }) }
}
