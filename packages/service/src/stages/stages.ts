import { accessError, covers, isAccessError, type Cloud, type Connection, type ListPage, type Location, type Stage } from '@sluice/core'
import { okEvent, recordingFailure } from '../audit/record.ts'
import type { Caller, Leases, StageInput, Stages } from '../contract.ts'
import type { ServiceDeps } from '../shared/deps.ts'
import { newId } from '../shared/ids.ts'
import { requireCloud, requireConnection } from '../shared/lookup.ts'
import { requireName, shownName } from '../shared/name.ts'
import { completeFormat } from './file-format.ts'
import { checkWithinConnection } from './open-location.ts'
import { checkPath } from './path.ts'

export interface StagesDeps extends Pick<ServiceDeps, 'store' | 'clouds' | 'clock' | 'random'> {
  readonly leases: Leases
}

/** Names that the Databend family keeps for itself. */
const RESERVED_NAMES = ['_databend_load', '_databend_upload']

/** The use cases of stages: a named location, connection and file format. */
export function createStages(deps: StagesDeps): Stages {
  const { store, clock } = deps

  const get = async (caller: Caller, name: string): Promise<Stage> => {
    const stage = await store.stages.get(caller.project, name)
    if (!stage) throw unknownStage(name)
    return stage
  }

  return {
    get,
    list: (caller, options) => store.stages.list(caller.project, options),

    create(caller, input, mode) {
      const act = { action: mode === 'replace' ? 'stage.replace' : 'stage.create', target: shownName(input.name) }
      return recordingFailure(deps, caller, act, async () => {
        requireStageName(input.name)
        const existing = await store.stages.get(caller.project, input.name)
        if (existing && mode === 'if-not-exists') return existing
        if (existing && mode === 'create') throw stageExists(input.name)
        const { connection, cloud } = await connectionByName(deps, caller, input.connection)
        const now = new Date(clock.now()).toISOString()
        const stage: Stage = {
          id: existing?.id ?? newId('stage', deps.random),
          project: caller.project,
          name: existing?.name ?? input.name,
          connectionId: connection.id,
          location: stageLocation(cloud, connection, input),
          format: completeFormat(input.format),
          comment: input.comment ?? '',
          createdAt: existing?.createdAt ?? now,
          updatedAt: now,
        }
        const twin = await write(deps, caller, stage, mode)
        if (twin) return twin
        const details = { connection: connection.name, location: cloud.format(stage.location) }
        await store.audit.append(okEvent(caller, { ...act, details }, clock))
        return stage
      })
    },

    async delete(caller, name, ifExists) {
      const act = { action: 'stage.delete', target: shownName(name) }
      await recordingFailure(deps, caller, act, async () => {
        const stage = await store.stages.get(caller.project, name)
        if (!stage && ifExists) return
        if (!stage) throw unknownStage(name)
        await store.stages.delete(caller.project, stage.name)
        await store.audit.append(okEvent(caller, act, clock))
      })
    },

    async files(caller, name, request, signal) {
      const stage = await get(caller, name)
      const path = request.path ?? ''
      checkPath(path)
      const connection = await connectionOfStage(deps, caller, stage)
      checkWithinConnection(connection, stage.location)
      const objects = await deps.leases.open(caller, connection, stage.location, ['list'], signal)
      const page = await objects.listPage(
        {
          prefix: `${stage.location.prefix}${path}`,
          ...(request.delimiter ? { delimiter: request.delimiter } : {}),
          ...(request.continuation ? { continuation: request.continuation } : {}),
          ...(request.limit ? { maxKeys: request.limit } : {}),
        },
        signal,
      )
      return relativeTo(stage.location, page)
    },
  }
}

/** The connection of a stage. It exists as long as the stage does: the store refuses to delete it before. */
export async function connectionOfStage(deps: Pick<ServiceDeps, 'store'>, caller: Caller, stage: Stage): Promise<Connection> {
  const connection = await deps.store.connections.getById(stage.connectionId)
  if (!connection || connection.project !== caller.project)
    throw accessError('store.missing', { message: `The connection of the stage '${stage.name}' does not exist.` })
  return connection
}

/** A connection of the caller's project by name, and its cloud. */
export async function connectionByName(
  deps: Pick<ServiceDeps, 'store' | 'clouds'>,
  caller: Caller,
  name: string,
): Promise<{ readonly connection: Connection; readonly cloud: Cloud }> {
  const connection = await requireConnection(deps, caller, name)
  return { connection, cloud: requireCloud(deps.clouds, connection.cloud) }
}

/** Writes a stage. Gives back the one that somebody else made meanwhile, where that is asked for. */
async function write(deps: StagesDeps, caller: Caller, stage: Stage, mode: Parameters<Stages['create']>[2]): Promise<Stage | undefined> {
  try {
    await (mode === 'replace' ? deps.store.stages.put(stage) : deps.store.stages.create(stage))
    return undefined
  } catch (error) {
    if (!isAccessError(error) || error.reason !== 'store.duplicate') throw error
    const twin = mode === 'if-not-exists' ? await deps.store.stages.get(caller.project, stage.name) : undefined
    if (!twin) throw stageExists(stage.name)
    return twin
  }
}

function requireStageName(name: string): void {
  requireName('stage', name)
  if (RESERVED_NAMES.includes(name.toLowerCase())) throw accessError('stage.reserved_name', { message: `The name ${name} is reserved.` })
}

/** A stage is a bucket or a folder; a single object only where the connection is for exactly that object. */
function stageLocation(cloud: Cloud, connection: Connection, input: StageInput): Location {
  const location = cloud.parse(input.url)
  checkPath(location.prefix)
  const isGrantedObject = connection.locations.some((outer) => outer.extent === 'object' && outer.prefix === location.prefix)
  if (location.extent === 'object' && !isGrantedObject)
    throw accessError('stage.url', {
      message: `path in URL must end with '/' when CREATE STAGE. Got '/${location.prefix}'.`,
      remedy: `Write '${cloud.format({ ...location, prefix: `${location.prefix}/`, extent: 'folder' })}' if it is a folder.`,
    })
  checkWithinConnection(connection, location)
  return location
}

/** What of a page lies in the location, by names of its own. The prefix of one object is also that of others, and of folders beside it. */
function relativeTo(location: Location, page: ListPage): ListPage {
  const cut = location.extent === 'object' ? location.prefix.lastIndexOf('/') + 1 : location.prefix.length
  return {
    objects: page.objects.filter((info) => covers(location, info.key)).map((info) => ({ ...info, key: info.key.slice(cut) })),
    prefixes: page.prefixes.filter((prefix) => covers(location, prefix)).map((prefix) => prefix.slice(cut)),
    ...(page.continuation === undefined ? {} : { continuation: page.continuation }),
  }
}

function unknownStage(name: string) {
  return accessError('stage.unknown', { message: `Stage ${shownName(name)} does not exist.` })
}

function stageExists(name: string) {
  return accessError('stage.exists', { message: `Stage ${shownName(name)} already exists.` })
}
