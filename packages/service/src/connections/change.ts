import { accessError, isAccessError, type AuditEvent, type Connection } from '@sluice/core'
import { okEvent } from '../audit/record.ts'
import type { Caller, CreatedConnection, DeletionPlan, Leases } from '../contract.ts'
import type { ServiceDeps } from '../shared/deps.ts'
import { requireCloud, requireConnection } from '../shared/lookup.ts'
import { planDeletion } from './deletion-plan.ts'
import type { Draft } from './draft.ts'

/** How often a change is repeated on what somebody else changed meanwhile, when the caller named no version. */
const ATTEMPTS = 5

/** Stores a new connection with its secret, its claims and its audit event, all or nothing. */
export async function insertConnection(deps: ServiceDeps, caller: Caller, draft: Draft, action: string): Promise<CreatedConnection> {
  const { connection, secret, warnings } = draft
  const event = okEvent(caller, { action, target: connection.name, details: summary(connection) }, deps.clock)
  await deps.store.connections.create(connection, { event, ...(secret ? { secret } : {}) })
  return { connection, warnings }
}

interface Change {
  readonly name: string
  readonly action: string
  /** Refuses when the connection is at another version by now. */
  readonly expectedVersion?: number | undefined
}

/**
 * Stores the next form of a connection with its audit event and ends its leases.
 * `next` may be asked again when somebody else changed the connection meanwhile; returning `current` itself changes nothing.
 */
export async function changeConnection(
  deps: ServiceDeps,
  leases: Pick<Leases, 'end'>,
  caller: Caller,
  { name, action, expectedVersion }: Change,
  next: (current: Connection) => Draft | Promise<Draft>,
): Promise<CreatedConnection> {
  for (let attempt = 1; ; attempt++) {
    const current = await requireConnection(deps, caller, name)
    if (expectedVersion !== undefined && current.version !== expectedVersion)
      throw accessError('store.version', {
        message: `The connection ${current.name} is at version ${current.version}; the change was based on version ${expectedVersion}.`,
      })
    const { connection, secret, warnings } = await next(current)
    if (connection === current) return { connection, warnings }
    const updatedAt = new Date(deps.clock.now()).toISOString()
    const changed = { ...connection, version: current.version + 1, updatedAt }
    const event = okEvent(caller, { action, target: changed.name, details: summary(changed) }, deps.clock)
    try {
      await deps.store.connections.update(changed, { event, ...(secret ? { secret } : {}) })
      return { connection: changed, warnings }
    } catch (error) {
      const overtaken = isAccessError(error) && error.reason === 'store.version'
      if (!overtaken || expectedVersion !== undefined || attempt === ATTEMPTS) throw error
    } finally {
      // Also after an error: the database may have made the change and lost only its answer.
      leases.end(current.id)
    }
  }
}

/** Deletes a connection that no stage uses, with its secrets, and ends its leases. */
export async function deleteConnection(
  deps: ServiceDeps,
  leases: Pick<Leases, 'end'>,
  caller: Caller,
  name: string,
): Promise<DeletionPlan> {
  const connection = await requireConnection(deps, caller, name)
  const plan = planDeletion(
    requireCloud(deps.clouds, connection.cloud),
    connection,
    await deps.store.stages.listByConnection(connection.id),
  )
  if (plan.stages.length > 0)
    throw accessError('store.in_use', {
      message: `The connection ${connection.name} is used by ${plan.stages.length === 1 ? 'the stage' : 'the stages'} ${plan.stages.join(', ')}.`,
    })
  const event = okEvent(caller, { action: 'connection.delete', target: connection.name }, deps.clock)
  try {
    await deps.store.connections.delete(connection.id, { event })
  } finally {
    leases.end(connection.id)
  }
  return plan
}

function summary({ id, cloud, auth, purposes, locations, state, version }: Connection): AuditEvent['details'] {
  return { id, cloud, method: auth.method, purposes: purposes.join(' '), locations: locations.length, state, version }
}
