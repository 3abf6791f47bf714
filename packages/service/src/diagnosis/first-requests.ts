import {
  type Access,
  type AccessError,
  type Clock,
  type Cloud,
  isAccessError,
  type Lease,
  type Location,
  type ObjectInfo,
  type ObjectStore,
  type OpenConnection,
  PROBE_NOTICE,
  type Random,
} from '@sluice/core'
import { isTooLarge } from '../leases/renewing.ts'

/** What is diagnosed, and with what. */
export interface DiagnosisSubject {
  readonly cloud: Cloud
  readonly open: OpenConnection
  readonly location: Location
  /** Whether something may be written and deleted again. */
  readonly write: boolean
}

/** What the first requests came to, for those that build on them. What they were answered, the transport told. */
export interface FirstAnswers {
  readonly lease: Lease
  readonly store: ObjectStore
  readonly refused: readonly Access[]
  /** The object that could not be read. */
  readonly key?: string
  /** An object of the listing that nobody has read. */
  readonly otherKey?: string
  /** What was written of our object: each version where the bucket keeps versions. */
  readonly written: readonly { readonly versionId?: string }[]
}

/** Cheap enough that a customer does not notice, long enough that no lease ends meanwhile. */
const SECONDS = 900
/** So many objects are read one byte of: of different owners and keys, as far as the listing tells. */
const OBJECTS = 3

/**
 * Asks what every diagnosis begins with, in the way in which a job would: a lease, then a listing and one byte of some objects or of a key
 * that cannot be there, and beside them, where that was agreed to, a write. Undefined where there is no lease.
 */
export async function askFirst(
  subject: DiagnosisSubject,
  deps: { readonly clock: Clock; readonly random: Random },
  signal: AbortSignal,
): Promise<FirstAnswers | undefined> {
  const { cloud, open, location } = subject
  const [lease] = await Promise.all([
    tried(() => leaseFor(subject, signal), signal),
    tried(async () => cloud.diagnostics?.unsigned?.(open, location, signal), signal),
  ])
  if (lease === undefined) return undefined
  const store = cloud.open(open.connection, location, () => Promise.resolve(lease))
  const [reading, writing] = await Promise.all([askToRead(subject, store, deps.random, signal), askToWrite(subject, store, signal)])
  return { lease, store, ...reading, ...writing, refused: [...reading.refused, ...writing.refused] }
}

/** Where in a bucket probes may put something, and what it is called there: by its name the customer knows whose it is. */
export function probeKey({ open, location }: Pick<DiagnosisSubject, 'open' | 'location'>): string {
  return `${folderOf(location)}.sluice-probe-${open.connection.id}`
}

/** One lease for everything, or one for what is tried first where one for all of it would be too large. */
export async function leaseFor({ cloud, open, location }: DiagnosisSubject, signal: AbortSignal): Promise<Lease> {
  const { access } = open.connection
  try {
    return await cloud.lease(open, { location, access }, SECONDS, signal)
  } catch (error) {
    const [first] = access
    if (!isTooLarge(error) || first === undefined) throw error
    return cloud.lease(open, { location, access: [first] }, SECONDS, signal)
  }
}

/** What a cloud refuses is what is looked for; anything else that is thrown is a defect, or the end of the request. */
export async function tried<T>(request: () => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  try {
    return await request()
  } catch (error) {
    signal.throwIfAborted()
    if (!isAccessError(error)) throw error
    return undefined
  }
}

/** Reads one byte of an object; that there is none was an answer to somebody who may read. */
export async function readByte(store: ObjectStore, key: string, signal: AbortSignal): Promise<object> {
  const read = async (): Promise<object> => {
    const { info, body } = await store.get(key, { range: { start: 0, end: 1 } }, signal)
    for await (const chunk of body) void chunk
    return info
  }
  return served(read(), ['not_found'])
}

/** What a request is answered, or nothing of it where the answer is no refusal. */
async function served<T extends object>(request: Promise<T>, harmless: readonly AccessError['code'][]): Promise<Partial<T>> {
  try {
    return await request
  } catch (error) {
    if (isAccessError(error) && harmless.includes(error.code)) return {}
    throw error
  }
}

type Reading = Pick<FirstAnswers, 'refused' | 'key' | 'otherKey'>

async function askToRead({ open, location }: DiagnosisSubject, store: ObjectStore, random: Random, signal: AbortSignal): Promise<Reading> {
  const { access } = open.connection
  const list = () => store.listPage({ prefix: location.prefix, maxKeys: 5, fetchOwner: true }, signal)
  const page = access.includes('list') ? await tried(list, signal) : undefined
  const cannotList: readonly Access[] = access.includes('list') && page === undefined ? ['list'] : []
  if (!access.includes('read')) return { refused: cannotList }
  const listed = location.extent === 'object' ? [location.prefix] : differing(page?.objects ?? []).map(({ key }) => key)
  // Where no object is known, whether one that cannot be there is refused or not found tells the same.
  const keys = listed.length === 0 ? [`${folderOf(location)}.sluice-absent-${Buffer.from(random.bytes(8)).toString('hex')}`] : listed
  const answers = await Promise.all(keys.map((key) => tried(() => readByte(store, key, signal), signal)))
  const key = keys.find((_, index) => answers[index] === undefined)
  const otherKey = page?.objects.find((object) => object.size > 0 && !keys.includes(object.key))?.key
  return {
    refused: key === undefined ? cannotList : [...cannotList, 'read'],
    ...(key === undefined ? {} : { key }),
    ...(otherKey === undefined ? {} : { otherKey }),
  }
}

type Writing = Pick<FirstAnswers, 'refused' | 'written'>

/** Writes a small object, and what takes more than that where the cloud knows of such. */
async function askToWrite(subject: DiagnosisSubject, store: ObjectStore, signal: AbortSignal): Promise<Writing> {
  const { cloud, open, location } = subject
  if (!subject.write || !open.connection.access.includes('write') || location.extent === 'object') return { refused: [], written: [] }
  const key = probeKey(subject)
  const body = new TextEncoder().encode(PROBE_NOTICE)
  const conditional = store.capabilities.conditionalPut ? { ifNoneMatch: '*' as const } : {}
  // What a former probe could not delete is still there, and ours: the name is the connection's own.
  const put = await tried(() => served(store.put(key, body, { contentType: 'text/plain', ...conditional }, signal), ['conflict']), signal)
  if (put === undefined) return { refused: ['write'], written: [] }
  const again = await tried(async () => cloud.diagnostics?.rewrite?.(store, key, signal), signal)
  return { refused: [], written: again === undefined ? [put] : [put, again] }
}

function folderOf({ prefix, extent }: Location): string {
  return extent === 'object' ? prefix.slice(0, prefix.lastIndexOf('/') + 1) : prefix
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
