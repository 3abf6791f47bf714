import type { AccessError, ObjectInfo } from '@sluice/core'
import type { ValidationContext } from './context.ts'
import { type Denial, type Probe, once, probe } from './denial.ts'
import { type LocationProbes, discard } from './probes.ts'

/** What reading one location came to; the reading and the encryption check both look at it. */
export type ReadFinding =
  | { readonly kind: 'read'; readonly object: ObjectInfo; readonly ms: number }
  /** Nothing there to read, but the store told us that a key is absent, which it tells only to who may read. */
  | { readonly kind: 'may-read'; readonly note: string; readonly ms: number }
  | { readonly kind: 'kms'; readonly denial: Denial; readonly key: string; readonly ms: number }
  /** The key exists and cannot be used in its state: disabled, or pending deletion. */
  | { readonly kind: 'kms-state'; readonly error: AccessError; readonly key: string; readonly ms: number }
  | { readonly kind: 'foreign-object'; readonly denial: Denial; readonly key: string; readonly ms: number }
  | { readonly kind: 'denied'; readonly denial: Denial; readonly key: string; readonly ms: number }
  | { readonly kind: 'unclear'; readonly error: AccessError; readonly ms: number }

export type ReadProbe = (signal: AbortSignal) => Promise<ReadFinding>

/** Reads one object of each owner among the first listed, and a key that cannot exist. */
export function readProbe(context: ValidationContext, probes: LocationProbes): ReadProbe {
  return once(async (signal) => {
    const now = (): number => context.clock.now()
    const { service, denialOf, isKeyDenial, readWasAllowed, isArchived } = context.dialect
    const startedAt = now()
    const listed = await candidates(probes, signal)
    const store = await probes.store(signal)
    const readable = listed.filter((object) => !isArchived(object))
    const [absent, reads] = await Promise.all([
      probes.absent(signal),
      Promise.all(
        onePerOwner(readable).map(async (object) => ({
          object,
          result: await probe(now, () => discard(store, object.key, signal), signal),
        })),
      ),
    ])
    const ms = now() - startedAt
    const { accountId } = await context.access.wide(signal)
    // Who gives reasons gives them to callers of the owner's account: there, a refusal without one is the object's own.
    const explained = accountId !== undefined && accountId === context.expectedOwner
    for (const { object, result } of reads) {
      const finding = refusal(context, object, result, explained && !absent.ok && readWasAllowed(absent.error), ms)
      if (finding !== undefined) return finding
    }
    const first = reads[0]
    if (first?.result.ok) return { kind: 'read', object: first.result.value, ms }
    if (reads.some(({ result }) => !result.ok && readWasAllowed(result.error)))
      return { kind: 'may-read', note: `The object is not there; ${service} tells so only to who may read.`, ms }
    if (!absent.ok && readWasAllowed(absent.error)) {
      const note =
        listed.length === 0
          ? `There is no object yet; ${service} tells so, of a key that is absent, only to who may read.`
          : 'All objects listed first are archived: restore them before reading.'
      return { kind: 'may-read', note, ms }
    }
    const denial = absent.ok ? undefined : denialOf(absent.error)
    if (denial !== undefined)
      return isKeyDenial(denial)
        ? { kind: 'kms', denial, key: probes.absentKey, ms }
        : { kind: 'denied', denial, key: probes.absentKey, ms }
    if (!absent.ok) return { kind: 'unclear', error: absent.error, ms }
    return { kind: 'may-read', note: 'There is no object yet.', ms }
  })
}

async function candidates(probes: LocationProbes, signal: AbortSignal): Promise<readonly ObjectInfo[]> {
  if (probes.location.extent === 'object') {
    const list = await probes.list(signal)
    const listed = list.ok ? list.value.objects.filter((object) => object.key === probes.location.prefix) : []
    // Without listing, the one object is still known by name; its size is not, and nothing here needs it.
    return listed.length > 0 ? listed : [{ key: probes.location.prefix, size: 1, etag: '', lastModified: '' }]
  }
  const list = await probes.list(signal)
  return list.ok ? list.value.objects.filter((object) => object.size > 0) : []
}

function onePerOwner(objects: readonly ObjectInfo[]): readonly ObjectInfo[] {
  const owners = new Map<string, ObjectInfo>()
  for (const object of objects) if (!owners.has(object.ownerId ?? '')) owners.set(object.ownerId ?? '', object)
  return [...owners.values()].slice(0, 3)
}

function refusal(
  { dialect }: ValidationContext,
  object: ObjectInfo,
  result: Probe<ObjectInfo>,
  explainsOthers: boolean,
  ms: number,
): ReadFinding | undefined {
  // What is archived, or not there yet, is not refused.
  if (result.ok || dialect.saysArchived(result.error) || dialect.readWasAllowed(result.error)) return undefined
  if (dialect.isKeyState(result.error)) return { kind: 'kms-state', error: result.error, key: object.key, ms }
  const denial = dialect.denialOf(result.error)
  if (denial === undefined) return { kind: 'unclear', error: result.error, ms }
  if (dialect.isKeyDenial(denial)) return { kind: 'kms', denial, key: object.key, ms }
  // Reading is allowed in general and this object alone is refused without a reason: it belongs to another account.
  if (denial.bare && explainsOthers) return { kind: 'foreign-object', denial, key: object.key, ms }
  return { kind: 'denied', denial, key: object.key, ms }
}
