import type { ListPage, ObjectInfo, ObjectStore } from '../ports/object-store.ts'
import { accessError } from '../reasons/index.ts'
import { compareKeys } from './key.ts'
import { splitPoints } from './split.ts'

/** A part of the key space, listed page after page by one worker at a time. Parts stand in key order. */
interface Part {
  after: string
  through: string | undefined
  /** Objects found and not yet handed on. */
  pages: (readonly ObjectInfo[])[]
  state: 'waiting' | 'running' | 'done'
  /** Nothing of it has been asked for yet, so that a neighbour may take it over. */
  fresh: boolean
}

export interface ListingOptions {
  /** Requests at a time; 1 lists page after page. */
  readonly concurrency: number
}

/**
 * Lists every object under a prefix, in key order, page by page. The first page comes from one request; only when there is more
 * is the rest cut into parts that are listed side by side. At most a few pages a worker are held, however slow the reader.
 */
export async function* listObjects(
  store: ObjectStore,
  prefix: string,
  options: ListingOptions,
  signal: AbortSignal,
): AsyncGenerator<readonly ObjectInfo[], void, undefined> {
  const first = await store.listPage({ prefix }, signal)
  const advances = progress()
  advances(first)
  if (first.objects.length > 0) yield first.objects
  const last = first.objects.at(-1)?.key
  if (first.continuation === undefined) return
  if (last !== undefined && options.concurrency > 1 && store.capabilities.listStartAfter)
    yield* listInParts(store, prefix, first.objects, options.concurrency, signal)
  else yield* listOn(store, prefix, first.continuation, advances, signal)
}

/** Pages without an object, one after another, that a store may send: more of them are no listing that ends. */
const EMPTY_PAGES = 1_000

/** Makes a check that throws for a page that says there is more, when the listing as a whole does not come nearer to its end. */
function progress(): (page: ListPage) => void {
  let before: string | undefined
  let empty = 0
  return ({ objects, continuation }) => {
    empty = objects.length > 0 ? 0 : empty + 1
    const circles = empty > 0 && continuation !== undefined && (continuation === before || empty > EMPTY_PAGES)
    before = continuation
    if (circles)
      throw accessError('network.protocol', { message: 'The store says again and again that there is more to list, and lists nothing.' })
  }
}

async function* listOn(
  store: ObjectStore,
  prefix: string,
  from: string,
  advances: (page: ListPage) => void,
  signal: AbortSignal,
): AsyncGenerator<readonly ObjectInfo[], void> {
  for (let continuation: string | undefined = from; continuation !== undefined;) {
    const page = await store.listPage({ prefix, continuation }, signal)
    advances(page)
    if (page.objects.length > 0) yield page.objects
    continuation = page.continuation
  }
}

/** Pages that are held at most for each worker: of the parts before one that wants to go on, and in all. */
const HELD_BEFORE = 4
const HELD = 6

async function* listInParts(
  store: ObjectStore,
  prefix: string,
  firstPage: readonly ObjectInfo[],
  concurrency: number,
  signal: AbortSignal,
): AsyncGenerator<readonly ObjectInfo[], void> {
  const stop = new AbortController()
  const inner = AbortSignal.any([signal, stop.signal])
  const parts: Part[] = [part(firstPage.at(-1)?.key ?? '', undefined)]
  const failures: unknown[] = []
  const workers = new Set<Promise<void>>()
  let change = Promise.withResolvers<void>()
  /**
   * Whether a part may go on: the first one always, the others while few pages are held that the reader gets before theirs. So workers
   * that have run ahead come back to help the first, which everything else waits for.
   */
  const mayGoOn = (whole: Part): boolean => {
    let before = 0
    for (const each of parts) {
      if (each === whole) return each === parts[0] || (before < concurrency * HELD_BEFORE && held() < concurrency * HELD)
      before += each.pages.length
    }
    return false
  }
  const held = (): number => parts.reduce((sum, each) => sum + each.pages.length, 0)

  const split = async (whole: Part, page: readonly ObjectInfo[], most: number): Promise<void> => {
    const range = { after: whole.after, ...(whole.through === undefined ? {} : { through: whole.through }) }
    const points = await splitPoints(store, prefix, page, range, most, inner)
    const [nearest] = points
    if (nearest === undefined) return
    const added = points.map((after, index) => part(after, points[index + 1] ?? whole.through))
    whole.through = nearest
    parts.splice(parts.indexOf(whole) + 1, 0, ...added)
  }

  /** Takes from a page what belongs to the part, and to the parts after it that nobody has begun. Tells whether the part is done. */
  const take = (whole: Part, objects: readonly ObjectInfo[], isLast: boolean): boolean => {
    for (;;) {
      const { through } = whole
      const beyond = through === undefined ? -1 : objects.findIndex((object) => compareKeys(object.key, through) > 0)
      const next = parts[parts.indexOf(whole) + 1]
      if ((beyond !== -1 || isLast) && next?.fresh === true && next.state === 'waiting') {
        whole.through = next.through
        parts.splice(parts.indexOf(next), 1)
        continue
      }
      const taken = beyond === -1 ? objects : objects.slice(0, beyond)
      if (taken.length > 0) whole.pages.push(taken)
      whole.after = taken.at(-1)?.key ?? whole.after
      return beyond !== -1 || isLast
    }
  }

  const work = async (whole: Part): Promise<void> => {
    whole.state = 'running'
    whole.fresh = false
    const advances = progress()
    let continuation: string | undefined
    for (;;) {
      const page = await store.listPage({ prefix, ...(continuation === undefined ? { startAfter: whole.after } : { continuation }) }, inner)
      advances(page)
      // After a page without an object there is no key to go on from.
      continuation = page.objects.length === 0 ? page.continuation : undefined
      const done = take(whole, page.objects, page.continuation === undefined)
      if (done) whole.state = 'done'
      else if (!mayGoOn(whole)) whole.state = 'waiting'
      if (whole.state !== 'running') return
      notify()
      const idle = concurrency - workers.size
      // Cut no finer than there are workers to take the pieces: each cut costs a page that overlaps the next one.
      if (idle > 0 && !parts.some((each) => each.state === 'waiting' && mayGoOn(each))) await split(whole, page.objects, idle)
      schedule()
    }
  }

  const notify = (): void => {
    change.resolve()
    change = Promise.withResolvers<void>()
  }

  const schedule = (): void => {
    while (workers.size < concurrency && failures.length === 0) {
      const ready = parts.filter((each) => each.state === 'waiting' && mayGoOn(each))
      // Rather one whose neighbour before it is not under way: that neighbour may come to take over what follows it.
      const next = ready.find((each) => parts[parts.indexOf(each) - 1]?.state !== 'running') ?? ready[0]
      if (next === undefined) return
      const worker: Promise<void> = work(next)
        .catch((error: unknown) => {
          failures.push(error)
        })
        .finally(() => {
          workers.delete(worker)
          schedule()
          notify()
        })
      workers.add(worker)
    }
  }

  try {
    const [rest] = parts
    if (rest !== undefined) await split(rest, firstPage, concurrency * 2)
    schedule()
    for (let head = parts[0]; head !== undefined; head = parts[0]) {
      const page = head.pages.shift()
      if (page !== undefined) yield page
      else if (failures.length > 0) throw failures[0]
      else if (head.state === 'done') parts.shift()
      else {
        const changed = change.promise
        schedule()
        await changed
      }
    }
  } finally {
    stop.abort()
    await Promise.all(workers)
  }
}

function part(after: string, through: string | undefined): Part {
  return { after, through, pages: [], state: 'waiting', fresh: true }
}
