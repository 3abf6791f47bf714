import { type Lease, type ListPage, type Location, type ObjectInfo, type ObjectStore, accessError } from '@sluice/core'
import type { BucketFace, BucketFacts, ProbeOf, ValidationContext } from './context.ts'
import { type Probe, once, probe } from './denial.ts'

/** The requests of one location, each made at most once however many checks read its answer. */
export interface LocationProbes {
  readonly location: Location
  readonly face: ProbeOf<BucketFace>
  /** What the bucket tells of itself to us; empty where the store has no such question. */
  readonly facts: ProbeOf<BucketFacts>
  readonly lease: ProbeOf<Lease>
  readonly list: ProbeOf<ListPage>
  /** GET of a key under the prefix that cannot exist. Fails always; the dialect knows which error tells that reading is allowed. */
  readonly absent: ProbeOf<never>
  /** A write that could not create anything. Fails, unless the store takes it back; the dialect knows which error tells that writing is allowed. */
  readonly phantomWrite: (session: 'lease' | 'wide', key: string) => ProbeOf<unknown>
  /** A deletion that could not delete anything; undefined where the store has none. */
  readonly phantomDelete: ProbeOf<unknown> | undefined
  readonly store: (signal: AbortSignal) => Promise<ObjectStore>
  readonly wideStore: (signal: AbortSignal) => Promise<ObjectStore>
  /** A key under the prefix (the object itself for a single object) that is ours alone. */
  readonly absentKey: string
  /** A key beside the prefix, outside the location. Undefined where nothing of the bucket lies outside. */
  readonly outsideKey: string | undefined
  /** The prefix to list outside. */
  readonly outsidePrefix: string | undefined
}

export function locationProbes(context: ValidationContext, location: Location): LocationProbes {
  const now = (): number => context.clock.now()
  const token = hex(context.random.bytes(10))
  const folder = location.extent === 'object' ? location.prefix.slice(0, location.prefix.lastIndexOf('/') + 1) : location.prefix
  const absentKey = location.extent === 'object' ? location.prefix : `${folder}.sluice-absent-${token}`
  const outside = outsideOf(location, token)

  const lease = once((signal) => probe(now, () => context.access.lease(location, signal), signal))
  const store = once(async (signal) => {
    const issued = await lease(signal)
    if (!issued.ok) throw issued.error
    return context.access.open(location, issued.value, context.expectedOwner)
  })
  const wideStore = once(async (signal) => {
    const session = await context.access.wide(signal)
    return context.access.open(location, session.lease, context.expectedOwner)
  })

  const phantoms = new Map<string, ProbeOf<unknown>>()
  const { phantomDelete } = context.dialect
  const phantom = context.dialect.takesBackWrites === true ? probe : mustFail
  return {
    location,
    absentKey,
    outsideKey: outside?.key,
    outsidePrefix: outside?.prefix,
    store,
    wideStore,
    lease,
    phantomDelete:
      phantomDelete && once((signal) => probe(now, async () => phantomDelete(await wideStore(signal), absentKey, signal), signal)),
    face: once((signal) => probe(now, () => context.access.face(location, signal), signal)),
    facts: once((signal) => probe(now, async () => (await context.access.facts?.(location, signal)) ?? {}, signal)),
    list: once((signal) =>
      probe(now, async () => (await store(signal)).listPage({ prefix: location.prefix, maxKeys: 5, fetchOwner: true }, signal), signal),
    ),
    absent: once((signal) => mustFail(now, async () => discard(await store(signal), `${folder}.sluice-absent-${token}`, signal), signal)),
    phantomWrite: (session, key) => {
      const name = `${session} ${key}`
      const known = phantoms.get(name)
      if (known !== undefined) return known
      const made = once((signal: AbortSignal) =>
        phantom(
          now,
          async () => {
            const opened = await (session === 'wide' ? wideStore(signal) : store(signal))
            await context.dialect.phantomWrite(opened, key, token, signal)
          },
          signal,
        ),
      )
      phantoms.set(name, made)
      return made
    },
  }
}

/** Reads the first byte of a key and throws the rest away. */
export async function discard(store: ObjectStore, key: string, signal: AbortSignal): Promise<ObjectInfo> {
  const { info, body } = await store.get(key, { range: { start: 0, end: 1 } }, signal)
  for await (const chunk of body) void chunk
  return info
}

/** A probe that is built to fail. Success means the store does not behave as its dialect says: nothing can be concluded from it. */
async function mustFail(now: () => number, request: () => Promise<unknown>, signal: AbortSignal): Promise<Probe<never>> {
  const result = await probe(now, request, signal)
  if (!result.ok) return result
  return {
    ok: false,
    ms: result.ms,
    error: accessError('validation.unexpected_success', {
      message: 'The store accepted a request that refers to something that does not exist.',
    }),
  }
}

/** A place in the same bucket that the location does not cover. A sibling, so that prefix grants without a slash show. */
function outsideOf(location: Location, token: string): { readonly key: string; readonly prefix: string } | undefined {
  if (location.extent === 'bucket') return undefined
  const parent = location.prefix.replace(/\/$/, '')
  const above = parent.slice(0, parent.lastIndexOf('/') + 1)
  return { key: `${above}sluice-outside-${token}`, prefix: `${above}sluice-outside-${token}/` }
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
