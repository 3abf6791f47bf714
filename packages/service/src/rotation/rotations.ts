import { accessError, type CheckEvent, type Connection } from '@sluice/core'
import { recordingFailure } from '../audit/record.ts'
import { changeConnection } from '../connections/change.ts'
import type { Caller, Leases, Rotation, RotationEvent, RotationRequest, Rotations } from '../contract.ts'
import type { ServiceDeps } from '../shared/deps.ts'
import { requireConnection } from '../shared/lookup.ts'
import { shownName } from '../shared/name.ts'
import { testConnection } from '../validation/attempts.ts'
import { endingChannel } from '../validation/event-channel.ts'
import { addNextSecret } from './next-secret.ts'
import { keepPresent, switchOver } from './switch-over.ts'

/**
 * The use cases of giving a connection a new secret. It is stored beside the present one and tried first: only when every required check
 * holds with it does it take over. Whatever ends the process in between, the connection goes on with a secret that works.
 */
export function createRotations(deps: ServiceDeps, leases: Pick<Leases, 'end'>): Rotations {
  return {
    rotate: (caller, name, request, signal) =>
      endingChannel<RotationEvent>(signal, async (tell, ending) => {
        const work = () => rotate(deps, leases, caller, name, request, tell, ending)
        const rotation = await recordingFailure(deps, caller, { action: 'connection.rotate', target: shownName(name) }, work)
        tell({ type: 'rotation', rotation })
      }),

    abandon: (caller, name) => {
      const action = 'connection.rotate-abandon'
      return recordingFailure(deps, caller, { action, target: shownName(name) }, async () => {
        const { connection } = await changeConnection(deps, leases, caller, { name, action }, (current) => {
          const { next, ...rest } = current
          if (next === undefined) throw noneWaits(current)
          return { connection: rest, warnings: [] }
        })
        return connection
      })
    },
  }
}

async function rotate(
  deps: ServiceDeps,
  leases: Pick<Leases, 'end'>,
  caller: Caller,
  name: string,
  request: RotationRequest,
  tell: (event: RotationEvent) => void,
  signal: AbortSignal,
): Promise<Rotation> {
  const { connection: begun, warnings } = await begin(deps, leases, caller, name, request)
  const secretId = begun.next?.auth.secretId
  const read = async () => withNext(await requireConnection(deps, caller, begun.name), secretId)
  const tested = await testConnection(deps, read, request.waitSeconds, (event) => tellProgress(event, tell), signal)
  const { report } = tested
  const passed = report.verdict === 'passed'
  const connection = passed ? await switchOver(deps, leases, caller, tested) : await keepPresent(deps, caller, tested)
  return { outcome: passed ? 'switched' : 'kept', connection, report, warnings }
}

/** The connection with the new secret beside the present one: given now, or waiting since an earlier time. */
async function begin(deps: ServiceDeps, leases: Pick<Leases, 'end'>, caller: Caller, name: string, request: RotationRequest) {
  if (request.auth !== undefined) return addNextSecret(deps, leases, caller, name, request)
  const connection = await requireConnection(deps, caller, name)
  if (connection.next === undefined) throw noneWaits(connection)
  return { connection, warnings: [] }
}

/** The connection as it would be with its new secret. */
function withNext(connection: Connection, secretId: string | undefined): Connection {
  const { next } = connection
  if (next !== undefined && next.auth.secretId === secretId) return { ...connection, auth: next.auth }
  throw accessError('rotation.overtaken', {
    message: `Meanwhile the connection ${connection.name} was given another new secret, or its new secret was dropped.`,
  })
}

function tellProgress(event: CheckEvent, tell: (event: RotationEvent) => void): void {
  if (event.type !== 'report') tell(event)
}

function noneWaits({ name }: Connection): unknown {
  return accessError('rotation.none', { message: `No new secret waits to be tried for the connection ${name}.` })
}
