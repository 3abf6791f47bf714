import type { Client, CloudView } from '@sluice/api'
import { dashed, usage } from '../invocation.ts'

/** What was said about the cloud of a new connection. */
interface Said {
  readonly cloud: string | undefined
  readonly locations: readonly string[]
  /** Its endpoint or the preset it is one of: only clouds that are protocols have these. */
  readonly endpoint: string | undefined
  /** Whether a credential in a URL is to be taken out and stored. */
  readonly storesCredential: boolean
}

/** A cloud, and the method of a credential that stands in the URLs given. */
interface Chosen {
  readonly cloud: CloudView
  readonly method: string | undefined
}

type Reading = Awaited<ReturnType<Client['locations']['read']>>['readings'][number]

/**
 * The cloud that is named, or else the one that the locations are of: the server knows every form of their URLs.
 * A credential in a URL is refused here already, with the flags to give it by.
 */
export async function chooseCloud(client: Client, clouds: readonly CloudView[], said: Said, signal: AbortSignal): Promise<Chosen> {
  const named = said.cloud === undefined ? undefined : cloudOf(clouds, said.cloud)
  const read = await Promise.all(said.locations.map(async (url) => (await client.locations.read(url, signal)).readings))
  const cloud = named ?? guess(clouds, read, said)
  const own = read.flatMap((readings) => readings.filter((reading) => reading.cloud === cloud.id))
  const credential = own.find((reading) => reading.method !== undefined)
  if (credential?.method !== undefined && !said.storesCredential) throw credentialRefused(cloud, credential.method, own)
  return { cloud, method: credential?.method }
}

/** The cloud of that id. */
export function cloudOf(clouds: readonly CloudView[], id: string): CloudView {
  const cloud = clouds.find((one) => one.id === id)
  if (cloud === undefined) throw usage(`There is no cloud ${JSON.stringify(id)}; there are ${idsOf(clouds)}.`)
  return cloud
}

function guess(clouds: readonly CloudView[], read: readonly (readonly Reading[])[], said: Said): CloudView {
  const fitting = clouds.filter((cloud) => read.every((readings) => readings.some((reading) => reading.cloud === cloud.id)))
  if (fitting.length === 0)
    throw usage('The locations are of several clouds, and a connection reaches one.', 'Make a connection for each, or name it: --cloud.')
  // Several clouds share a form of URL; an endpoint of one's own tells them apart.
  const byEndpoint = fitting.filter((cloud) => cloud.takesEndpoint === (said.endpoint !== undefined))
  const [first, ...others] = byEndpoint.length > 0 ? byEndpoint : fitting
  if (first !== undefined && (others.length === 0 || said.locations.length > 0)) return first
  throw usage('Which cloud?', `Give a --location, such as s3://bucket/prefix/, or --cloud (${idsOf(clouds)}).`)
}

function credentialRefused(cloud: CloudView, id: string, readings: readonly Reading[]) {
  const fields = cloud.methods.find((method) => method.id === id)?.fields ?? []
  const flags = fields.filter((field) => field.required).map((field) => `--${dashed(field.name)} ${field.secret ? '-' : '…'}`)
  const plain = readings.map(({ location }) => `--location ${location.url}`).join(' ')
  return usage(
    `A location carries a credential in its URL, of the method ${id}.`,
    `Write ${plain} and give it by ${flags.join(' ')}; or have it taken out and stored: --credential-in-url store. ` +
      "The shell's history has the URL: replace the credential if others can read that.",
  )
}

function idsOf(clouds: readonly CloudView[]): string {
  return clouds.map((cloud) => cloud.id).join(', ')
}
