import { accessError, isAccessError, type Connection } from '@sluice/core'
import { recordingFailure } from '../audit/record.ts'
import type { Caller, Connections, Leases } from '../contract.ts'
import type { ServiceDeps } from '../shared/deps.ts'
import { requireCloud, requireConnection, requireMethod } from '../shared/lookup.ts'
import { shownName } from '../shared/name.ts'
import { changeConnection, deleteConnection, insertConnection } from './change.ts'
import { planDeletion } from './deletion-plan.ts'
import { draftFromInput, draftFromPatch } from './draft.ts'
import { readUrl } from './read-url.ts'
import { enabledState } from './state.ts'

const PAGE = 100

/** The use cases of connections. `leases` are ended by every change. */
export function createConnections(deps: ServiceDeps, leases: Pick<Leases, 'end'>): Connections {
  const { store, clouds } = deps
  const attempt = <Result>(caller: Caller, action: string, name: string, work: () => Promise<Result>) =>
    recordingFailure(deps, caller, { action, target: shownName(name) }, work)

  async function plan(connection: Connection) {
    return planDeletion(requireCloud(clouds, connection.cloud), connection, await store.stages.listByConnection(connection.id))
  }

  return {
    create: (caller, input) =>
      attempt(caller, 'connection.create', input.name, async () =>
        insertConnection(deps, caller, await draftFromInput(deps, caller, input), 'connection.create'),
      ),

    replace: (caller, input) =>
      attempt(caller, 'connection.replace', input.name, async () => {
        if (!(await store.connections.get(caller.project, input.name))) {
          try {
            return await insertConnection(deps, caller, await draftFromInput(deps, caller, input), 'connection.replace')
          } catch (error) {
            // Somebody made it between the look and the insertion: then it is there to be replaced.
            if (!isAccessError(error) || error.reason !== 'store.duplicate') throw error
          }
        }
        return changeConnection(deps, leases, caller, { name: input.name, action: 'connection.replace' }, async (current) => {
          await requireSameCloud(current, input.cloud)
          return draftFromInput(deps, caller, input, current)
        })
      }),

    get: (caller, name) => requireConnection(deps, caller, name),

    list: (caller, { limit = PAGE, after }) => store.connections.list(caller.project, { limit, ...(after === undefined ? {} : { after }) }),

    update: (caller, name, patch, expectedVersion) =>
      attempt(caller, 'connection.update', name, () =>
        changeConnection(deps, leases, caller, { name, action: 'connection.update', expectedVersion }, (current) =>
          draftFromPatch(deps, current, patch),
        ),
      ),

    disable: (caller, name) =>
      attempt(caller, 'connection.disable', name, async () => {
        const { connection } = await changeConnection(deps, leases, caller, { name, action: 'connection.disable' }, (current) => ({
          connection: current.state === 'disabled' ? current : { ...current, state: 'disabled' },
          warnings: [],
        }))
        return connection
      }),

    enable: (caller, name) =>
      attempt(caller, 'connection.enable', name, async () => {
        const { connection } = await changeConnection(deps, leases, caller, { name, action: 'connection.enable' }, async (current) => {
          if (current.state !== 'disabled') return { connection: current, warnings: [] }
          const [last] = await store.reports.list(current.id, 1)
          const method = requireMethod(requireCloud(clouds, current.cloud), current.auth.method)
          return { connection: { ...current, state: enabledState(current, method, last) }, warnings: [] }
        })
        return connection
      }),

    deletionPlan: async (caller, name) => plan(await requireConnection(deps, caller, name)),

    delete: (caller, name) => attempt(caller, 'connection.delete', name, () => deleteConnection(deps, leases, caller, name)),

    clouds: () => clouds,

    readUrl: (url) => readUrl(clouds, url),
  }

  // The stages of a connection lie in its cloud; they would point nowhere.
  async function requireSameCloud(current: Connection, cloud: string): Promise<void> {
    if (current.cloud === cloud) return
    const { stages } = await plan(current)
    if (stages.length > 0)
      throw accessError('store.in_use', {
        message: `The connection ${current.name} cannot move to another cloud: the stages ${stages.join(', ')} use it.`,
      })
  }
}
