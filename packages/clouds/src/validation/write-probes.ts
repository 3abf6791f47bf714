import {
  type AccessError,
  type Location,
  type ObjectInfo,
  type ObjectStore,
  type Report,
  type UploadedPart,
  isAccessError,
} from '@sluice/core'
import type { ValidationContext } from './context.ts'
import { type Denial, type Probe, once, probe } from './denial.ts'
import type { LocationProbes } from './probes.ts'

/** What writing one location came to; the writing, encryption, deleting and clean-up checks look at it. */
export type WriteFinding =
  /** `unstored`: proved by a write that was taken back, so that no key had to encrypt anything. */
  | { readonly kind: 'written'; readonly ms: number; readonly note?: string; readonly kmsKeyId?: string; readonly unstored?: true }
  | { readonly kind: 'kms'; readonly denial: Denial; readonly ms: number }
  | { readonly kind: 'denied'; readonly denial: Denial; readonly ms: number }
  | { readonly kind: 'unclear'; readonly error: AccessError; readonly ms: number }

/** Removal of what the write left: by version where there are versions. */
export type DeleteFinding =
  /** `kept`: versions that the bucket keeps of what was deleted. */
  | { readonly kind: 'deleted'; readonly kept: number; readonly ms: number }
  | { readonly kind: 'denied'; readonly denial: Denial; readonly ms: number }
  | { readonly kind: 'unclear'; readonly error: AccessError; readonly ms: number }

export interface WriteProbes {
  readonly write: (signal: AbortSignal) => Promise<WriteFinding>
  readonly remove: (signal: AbortSignal) => Promise<DeleteFinding>
  /** What is still there, as far as we know. */
  leftovers(): Report['leftovers']
}

/** An object of ours that is there, as far as we know. */
interface LeftObject {
  readonly bucket: string
  readonly key: string
  readonly versionId?: string
}

const BODY = new TextEncoder().encode('Sluice wrote this to prove that writing works. It may be deleted.\n')

/**
 * Writes one small object and one in parts, under one key that is the same in every run of a connection.
 *
 * With the right to delete, both are removed. Without it, at most this one object ever exists: it is written only where it is absent
 * (an existing one answers 412, which is as good a proof), and the upload in parts is aborted instead of completed.
 */
export function writeProbes(context: ValidationContext, probes: LocationProbes): WriteProbes {
  const { location } = probes
  const now = (): number => context.clock.now()
  const key = probeKey(context, location)
  const left = new Map<string, LeftObject>()
  const removals = new Map<string, Promise<Probe<'removed' | 'hidden'>>>()
  const leave = (versionId: string | undefined): LeftObject => {
    const object = { bucket: location.bucket, key, ...(versionId === undefined ? {} : { versionId }) }
    left.set(versionId ?? '', object)
    // Without versions it is another object under the same name: what became of the one before says nothing of it.
    removals.delete(versionId ?? '')
    return object
  }
  const removal = (store: ObjectStore, object: LeftObject, signal: AbortSignal): Promise<Probe<'removed' | 'hidden'>> => {
    const id = object.versionId ?? ''
    const begun = removals.get(id) ?? probe(now, () => deleteProbe(context, store, object, signal), signal)
    removals.set(id, begun)
    return begun
  }
  /** Proves that writing is allowed by a write that could not have created anything. */
  const unwritten = async (probed: string, note: string, since: () => number, signal: AbortSignal): Promise<WriteFinding> => {
    const phantom = await probes.phantomWrite('lease', probed)(signal)
    if (phantom.ok) return { kind: 'written', ms: since(), note, unstored: true }
    if (context.dialect.writeWasAllowed(phantom.error)) return { kind: 'written', ms: since(), note }
    return refused(context, phantom.error, since())
  }
  /** Whether what is written can be deleted again, as far as can be told before. */
  const mayDelete = async (signal: AbortSignal): Promise<boolean> =>
    context.connection.access.includes('delete') && (await probes.phantomDelete?.(signal))?.ok !== false
  const putOne = async (store: ObjectStore, keepsVersions: boolean, signal: AbortSignal): Promise<Probe<ObjectInfo>> => {
    const condition = keepsVersions ? {} : ifAbsent(store)
    const single = await probe(now, () => store.put(key, BODY, { contentType: 'text/plain', ...condition }, signal), signal)
    if (!single.ok) return single
    const object = leave(single.value.versionId)
    // Not after the upload in parts but beside it: two round trips less. Whoever asks for the removal hears what came of it.
    if (context.connection.access.includes('delete')) removal(store, object, signal).catch(() => undefined)
    return single
  }

  const write = once(async (signal): Promise<WriteFinding> => {
    const startedAt = now()
    const since = (): number => now() - startedAt
    // The one object is the customer's: nothing is written over it.
    if (location.extent === 'object') return unwritten(location.prefix, 'Proved without writing over the object.', since, signal)
    if (context.dialect.takesBackWrites === true && !(await mayDelete(signal))) return unwritten(key, TAKEN_BACK, since, signal)
    const facts = await probes.facts(signal)
    const keepsVersions = facts.ok && facts.value.keepsVersions === true
    if (keepsVersions && !context.connection.access.includes('delete')) return unwritten(key, UNWRITTEN_VERSION, since, signal)
    const store = await probes.store(signal)
    const [single, parts] = await Promise.all([
      putOne(store, keepsVersions, signal),
      // What is always taken back may go beside the object: it need not be one that may be replaced.
      store.capabilities.multipart
        ? inParts(context, store, context.dialect.takesBackWrites === true ? probes.absentKey : key, signal)
        : NO_PARTS,
    ])
    let kmsKeyId: string | undefined
    if (single.ok) kmsKeyId = single.value.kmsKeyId
    else {
      // Of what was neither accepted nor refused, an object may have come all the same.
      if (context.dialect.denialOf(single.error) === undefined) leave(undefined)
      if (single.error.code !== 'conflict') return refused(context, single.error, since())
      // An earlier run could not delete its object: whether this one can is not proved by having none of its own.
      if (context.connection.access.includes('delete')) leave(undefined)
    }
    for (const versionId of parts.left) leave(versionId)
    if (parts.error !== undefined) return refused(context, parts.error, since())
    return {
      kind: 'written',
      ms: since(),
      ...(parts.note === undefined ? {} : { note: parts.note }),
      ...(kmsKeyId === undefined ? {} : { kmsKeyId }),
    }
  })

  const remove = once(async (signal): Promise<DeleteFinding> => {
    const store = await probes.store(signal)
    let kept = 0
    let ms = 0
    for (const [id, object] of left) {
      const result = await removal(store, object, signal)
      ms += result.ms
      if (!result.ok) {
        const denial = context.dialect.denialOf(result.error)
        return denial === undefined ? { kind: 'unclear', error: result.error, ms } : { kind: 'denied', denial, ms }
      }
      if (result.value === 'removed') left.delete(id)
      else kept += 1
    }
    return { kind: 'deleted', kept, ms }
  })

  return { write, remove, leftovers: () => [...left.values()] }
}

const TAKEN_BACK = 'Proved by a write that was begun and taken back: without the right to delete, an object would stay.'

const UNWRITTEN_VERSION =
  'Proved without writing: the bucket keeps versions, and without the right to delete every validation would leave one more.'

/** Where the store cannot do it, the object of an earlier run is written over: there is still only one. */
function ifAbsent(store: ObjectStore): { readonly ifNoneMatch?: '*' } {
  return store.capabilities.conditionalPut ? { ifNoneMatch: '*' } : {}
}

/** Deletes the version itself; where only plain deletion is granted, the object goes and its version stays. */
async function deleteProbe(
  { dialect }: ValidationContext,
  store: ObjectStore,
  object: { readonly key: string; readonly versionId?: string },
  signal: AbortSignal,
): Promise<'removed' | 'hidden'> {
  if (object.versionId === undefined) {
    await store.delete(object.key, {}, signal)
    return 'removed'
  }
  try {
    await store.delete(object.key, { versionId: object.versionId }, signal)
    return 'removed'
  } catch (error) {
    if (!isAccessError(error) || dialect.denialOf(error) === undefined) throw error
    await store.delete(object.key, {}, signal)
    return 'hidden'
  }
}

interface PartsResult {
  readonly error?: AccessError
  readonly note?: string
  /** Versions of the probe object that completing made. */
  readonly left: readonly (string | undefined)[]
}

/** A store that takes no uploads in parts has none to try. */
const NO_PARTS: PartsResult = { left: [] }

/** An upload in one part, aborted; completed onto the probe's own key where aborting is refused, so that no open upload stays. */
async function inParts(context: ValidationContext, store: ObjectStore, key: string, signal: AbortSignal): Promise<PartsResult> {
  const now = (): number => context.clock.now()
  const created = await probe(now, () => store.createMultipart(key, { contentType: 'text/plain' }, signal), signal)
  if (!created.ok) return { error: created.error, left: [] }
  const part = await probe(now, () => store.uploadPart(key, created.value, 1, BODY, signal), signal)
  const aborted = await probe(now, () => store.abortMultipart(key, created.value, signal), signal)
  if (!part.ok) return { error: part.error, left: [] }
  if (aborted.ok) return { left: [] }
  if (context.dialect.denialOf(aborted.error) === undefined) return { error: aborted.error, left: [] }
  return complete(context, store, key, created.value, part.value, signal)
}

async function complete(
  context: ValidationContext,
  store: ObjectStore,
  key: string,
  uploadId: string,
  part: UploadedPart,
  signal: AbortSignal,
): Promise<PartsResult> {
  const done = await probe(
    () => context.clock.now(),
    () => store.completeMultipart(key, uploadId, [part], signal),
    signal,
  )
  if (!done.ok) return { error: done.error, left: [] }
  return { left: [done.value.versionId], note: `Failed uploads cannot be aborted: ${context.dialect.permissions.abort} is not granted.` }
}

function refused({ dialect }: ValidationContext, error: AccessError, ms: number): WriteFinding {
  const denial = dialect.denialOf(error)
  if (denial === undefined) return { kind: 'unclear', error, ms }
  return dialect.isKeyDenial(denial) ? { kind: 'kms', denial, ms } : { kind: 'denied', denial, ms }
}

/** One key per connection and location: a second run meets the object of the first instead of adding one. */
export function probeKey(context: ValidationContext, location: Location): string {
  return `${location.prefix}.sluice-probe-${context.connection.id}`
}
