import {
  accessError,
  type AccessError,
  type Cloud,
  type CloudMethod,
  type Connection,
  type Location,
  type OpenConnection,
} from '@sluice/core'
import type { Caller } from '../contract.ts'
import type { ServiceDeps } from './deps.ts'
import { shownName } from './name.ts'

/** The cloud of that id, or what there is to choose from. */
export function requireCloud(clouds: readonly Cloud[], id: string): Cloud {
  const cloud = clouds.find((candidate) => candidate.id === id)
  if (cloud) return cloud
  throw accessError('connection.unknown_cloud', {
    message: 'Sluice has no driver for this cloud.',
    remedy: `Choose one of: ${clouds.map((candidate) => candidate.id).join(', ')}.`,
  })
}

/** The method of that id, or what there is to choose from. */
export function requireMethod(cloud: Cloud, id: string): CloudMethod {
  const method = cloud.methods.find((candidate) => candidate.id === id)
  if (method) return method
  throw accessError('auth.unknown_method', {
    message: `${cloud.label} has no such authentication method.`,
    remedy: `Choose one of: ${cloud.methods.map((candidate) => candidate.id).join(', ')}.`,
  })
}

/** The caller's connection of that name. */
export async function requireConnection({ store }: Pick<ServiceDeps, 'store'>, caller: Caller, name: string): Promise<Connection> {
  const connection = await store.connections.get(caller.project, name)
  if (connection) return connection
  throw accessError('store.missing', { message: `There is no connection named ${shownName(name)} in this project.` })
}

/** Where a connection may go: its own locations, or its stages' where it names none. */
export async function locationsOf({ store }: Pick<ServiceDeps, 'store'>, connection: Connection): Promise<readonly Location[]> {
  if (connection.locations.length > 0) return connection.locations
  const stages = await store.stages.listByConnection(connection.id)
  const unique = new Map(stages.map((stage) => [JSON.stringify(stage.location), stage.location]))
  return [...unique.values()]
}

/** A connection with its secret, where one is stored. */
export async function opened({ store }: Pick<ServiceDeps, 'store'>, connection: Connection): Promise<OpenConnection> {
  const { secretId } = connection.auth
  const secret = secretId === undefined ? undefined : await store.secrets.get(secretId, connection.id)
  return { connection, ...(secret === undefined ? {} : { secret }) }
}

/** What is said of a connection that nobody may use for now. */
export function disabled({ name }: Pick<Connection, 'name'>): AccessError {
  return accessError('connection.disabled', { message: `The connection ${name} is disabled.` })
}
