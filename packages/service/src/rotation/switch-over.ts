import { accessError, isAccessError, type Connection } from '@sluice/core'
import { changeConnection } from '../connections/change.ts'
import { isTestedAlike } from '../connections/state.ts'
import type { Caller, Leases } from '../contract.ts'
import type { ServiceDeps } from '../shared/deps.ts'
import { requireConnection } from '../shared/lookup.ts'
import { reportEvent, type Tested } from '../validation/attempts.ts'
import { formAfter } from '../validation/form-after.ts'

/**
 * Puts the new secret in the place of the old one, which is deleted, and ends the leases on it.
 * Refused when what was tested is not what the connection is by now.
 */
export async function switchOver(deps: ServiceDeps, leases: Pick<Leases, 'end'>, caller: Caller, tested: Tested): Promise<Connection> {
  const { report, discovered } = tested
  const { id, name, auth } = tested.connection
  const change = { name, action: 'connection.rotate' }
  const { connection } = await changeConnection(deps, leases, caller, change, (current) => {
    const { next, ...rest } = current
    if (current.id !== id || next === undefined || next.auth.secretId !== auth.secretId || !isTestedAlike(current, tested.connection))
      throw accessError('rotation.overtaken', { message: `The connection ${name} was changed while its new secret was tried.` })
    const after = formAfter({ ...rest, auth: next.auth }, true, discovered, new Date(deps.clock.now()).toISOString())
    return { connection: current.state === 'disabled' ? { ...after, state: 'disabled' } : after, warnings: [] }
  })
  await deps.store.reports.add(report)
  return connection
}

/** Goes on with the present secret; the new one waits, with a note of how it did. */
export async function keepPresent(deps: ServiceDeps, caller: Caller, { connection: tested, report }: Tested): Promise<Connection> {
  const at = new Date(deps.clock.now()).toISOString()
  const current = await requireConnection(deps, caller, tested.name)
  const { verdict } = report
  if (verdict === 'passed' || current.next === undefined || current.next.auth.secretId !== tested.auth.secretId) return current
  const kept: Connection = { ...current, next: { ...current.next, checked: { at, verdict } }, updatedAt: at, version: current.version + 1 }
  const event = reportEvent(caller, { action: 'connection.rotate', target: current.name }, report, at)
  try {
    await deps.store.connections.update(kept, { event })
    return kept
  } catch (error) {
    // Somebody changed it in between: the note is worth less than what they did, the event is not.
    if (!isAccessError(error) || error.reason !== 'store.version') throw error
    await deps.store.audit.append(event)
    return requireConnection(deps, caller, tested.name)
  }
}
