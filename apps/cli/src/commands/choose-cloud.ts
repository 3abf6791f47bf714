import type { Client, CloudView } from '@sluice/api'
import { usage } from '../invocation.ts'

/** What was said about the cloud of a new connection. */
interface Said {
  readonly cloud: string | undefined
  readonly locations: readonly string[]
  readonly endpoint: string | undefined
}

/** The cloud that is named, or else the one that the locations are of: the server knows every form of their URLs. */
export async function chooseCloud(client: Client, clouds: readonly CloudView[], said: Said, signal: AbortSignal): Promise<CloudView> {
  if (said.cloud !== undefined) return cloudOf(clouds, said.cloud)
  const fitting = await fittingClouds(client, clouds, said.locations, signal)
  // Several clouds share a form of URL; an endpoint of one's own tells them apart.
  const byEndpoint = fitting.filter((cloud) => cloud.takesEndpoint === (said.endpoint !== undefined))
  const [first, ...others] = byEndpoint.length > 0 ? byEndpoint : fitting
  if (first !== undefined && (others.length === 0 || said.locations.length > 0)) return first
  throw usage('Which cloud?', `Give a --location, such as s3://bucket/prefix/, or --cloud (${idsOf(clouds)}).`)
}

/** The cloud of that id. */
export function cloudOf(clouds: readonly CloudView[], id: string): CloudView {
  const cloud = clouds.find((one) => one.id === id)
  if (cloud === undefined) throw usage(`There is no cloud ${JSON.stringify(id)}; there are ${idsOf(clouds)}.`)
  return cloud
}

async function fittingClouds(
  client: Client,
  clouds: readonly CloudView[],
  locations: readonly string[],
  signal: AbortSignal,
): Promise<readonly CloudView[]> {
  const read = await Promise.all(locations.map((url) => client.locations.read(url, signal)))
  const fitting = clouds.filter((cloud) => read.every(({ readings }) => readings.some((reading) => reading.cloud === cloud.id)))
  if (fitting.length === 0)
    throw usage('The locations are of several clouds, and a connection reaches one.', 'Make a connection for each, or name it: --cloud.')
  return fitting
}

function idsOf(clouds: readonly CloudView[]): string {
  return clouds.map((cloud) => cloud.id).join(', ')
}
