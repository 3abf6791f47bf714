import {
  type Access,
  type Clock,
  type Cloud,
  isAccessError,
  type Lease,
  type Location,
  type ObjectInfo,
  type ObjectStore,
  type OpenConnection,
  type Random,
} from '@sluice/core'
import { isTooLarge } from '../leases/renewing.ts'

/** What is probed, and with what. */
export interface ProbeSubject {
  readonly cloud: Cloud
  readonly open: OpenConnection
  readonly locations: readonly Location[]
  /** Whether something may be written and deleted again. */
  readonly write: boolean
}

/** Cheap enough that a customer does not notice, long enough that no lease ends meanwhile. */
const SECONDS = 900
/** So many objects are read one byte of: of different owners and keys, as far as the listing tells. */
const OBJECTS = 3

/**
 * Asks the cloud the few things that tell causes apart, one after the other: a lease first, then a listing, then one byte of some
 * objects or of a key that cannot be there, and last, where that was agreed to, a write. What comes of them is not returned: the transport tells it.
 */
export async function probe(
  subject: ProbeSubject,
  deps: { readonly clock: Clock; readonly random: Random },
  signal: AbortSignal,
): Promise<void> {
  const [location] = subject.locations
  const { cloud, open } = subject
  const { connection } = open
  if (location === undefined) return
  const token = Buffer.from(deps.random.bytes(8)).toString('hex')
  const lease = await tried(() => leaseFor(subject, location, signal), signal)
  if (lease === undefined) return
  const store = cloud.open(connection, location, () => Promise.resolve(lease))
  const may = (access: Access): boolean => connection.access.includes(access)
  const folder = location.extent === 'object' ? location.prefix.slice(0, location.prefix.lastIndexOf('/') + 1) : location.prefix
  const page = may('list')
    ? await tried(() => store.listPage({ prefix: location.prefix, maxKeys: 5, fetchOwner: true }, signal), signal)
    : undefined
  if (may('read')) {
    const listed = location.extent === 'object' ? [location.prefix] : differing(page?.objects ?? []).map(({ key }) => key)
    // Where no object is known, whether one that cannot be there is refused or not found tells the same.
    const keys = listed.length === 0 ? [`${folder}.sluice-absent-${token}`] : listed
    await Promise.all(keys.map((key) => tried(() => readByte(store, key, signal), signal)))
  }
  if (subject.write && may('write') && location.extent !== 'object')
    await writeAndRemove(subject, store, `${folder}.sluice-probe-${connection.id}`, signal)
}

/** One lease for everything, or one for what is tried first where one for all of it would be too large. */
async function leaseFor({ cloud, open }: ProbeSubject, location: Location, signal: AbortSignal): Promise<Lease> {
  const { access } = open.connection
  try {
    return await cloud.lease(open, { location, access }, SECONDS, signal)
  } catch (error) {
    const [first] = access
    if (!isTooLarge(error) || first === undefined) throw error
    return cloud.lease(open, { location, access: [first] }, SECONDS, signal)
  }
}

async function writeAndRemove({ open }: ProbeSubject, store: ObjectStore, key: string, signal: AbortSignal): Promise<void> {
  const body = new TextEncoder().encode('Sluice wrote this to find out why something was refused. It may be deleted.\n')
  const conditional = store.capabilities.conditionalPut ? { ifNoneMatch: '*' as const } : {}
  // What a former probe could not delete is still there, and ours: the name is the connection's own.
  const put = await tried(() => store.put(key, body, { contentType: 'text/plain', ...conditional }, signal).catch(leftover), signal)
  if (put === undefined || !open.connection.access.includes('delete')) return
  const { versionId } = put
  const remove = (version: { readonly versionId?: string }) =>
    tried(async () => {
      await store.delete(key, version, signal)
      return true
    }, signal)
  // To remove a version for good is more than connections need: where that is refused, the key is deleted as any is.
  if (versionId === undefined || (await remove({ versionId })) === undefined) await remove({})
}

function leftover(error: unknown): { readonly versionId?: string } {
  if (isAccessError(error) && error.code === 'conflict') return {}
  throw error
}

/** Objects that differ in what can make one of them refused: their owner, and their storage class. */
function differing(objects: readonly ObjectInfo[]): readonly ObjectInfo[] {
  const kinds = new Map<string, ObjectInfo>()
  for (const object of objects) {
    const kind = JSON.stringify([object.ownerId, object.storageClass, object.kmsKeyId])
    if (object.size > 0 && !kinds.has(kind)) kinds.set(kind, object)
  }
  return [...kinds.values()].slice(0, OBJECTS)
}

async function readByte(store: ObjectStore, key: string, signal: AbortSignal): Promise<void> {
  const { body } = await store.get(key, { range: { start: 0, end: 1 } }, signal)
  for await (const chunk of body) void chunk
}

/** What a cloud refuses is what is looked for; anything else that is thrown is a defect, or the end of the request. */
async function tried<T>(request: () => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  try {
    return await request()
  } catch (error) {
    signal.throwIfAborted()
    if (!isAccessError(error)) throw error
    return undefined
  }
}
