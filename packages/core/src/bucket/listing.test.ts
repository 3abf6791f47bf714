import { createMemoryStore } from '@sluice/conformance'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { ListRequest, ObjectInfo, ObjectStore } from '../ports/object-store.ts'
import { compareKeys } from './key.ts'
import { listObjects } from './listing.ts'

const signal = new AbortController().signal

/** A store of many keys on a wire where every request takes one round, however many are under way. */
function wire(unsorted: readonly string[], pageSize = 1_000) {
  const keys = unsorted.toSorted(compareKeys)
  const waiting: (() => void)[] = []
  const seen = { rounds: 0, requests: 0, most: 0 }
  const round = async (aborted: AbortSignal): Promise<void> => {
    seen.requests += 1
    await new Promise<void>((resolve, reject) => {
      aborted.addEventListener('abort', () => reject(aborted.reason))
      waiting.push(resolve)
      seen.most = Math.max(seen.most, waiting.length)
      if (waiting.length > 1) return
      setImmediate(() => {
        seen.rounds += 1
        for (const answer of waiting.splice(0)) answer()
      })
    })
  }
  const listPage = async (request: ListRequest, aborted: AbortSignal) => {
    await round(aborted)
    const after = request.continuation ?? request.startAfter
    let index = after === undefined ? 0 : firstAfter(keys, after)
    while (index < keys.length && !keys[index]?.startsWith(request.prefix) && compareKeys(keys[index] ?? '', request.prefix) < 0) index++
    const objects: ObjectInfo[] = []
    const prefixes = new Set<string>()
    let last = ''
    for (; index < keys.length; index++) {
      const key = keys[index] ?? ''
      if (!key.startsWith(request.prefix)) break
      const cut = request.delimiter === undefined ? -1 : key.indexOf(request.delimiter, request.prefix.length)
      const folder = cut === -1 ? undefined : key.slice(0, cut + 1)
      if (folder !== undefined && (prefixes.has(folder) || after?.startsWith(folder))) continue
      if (objects.length + prefixes.size === pageSize) return { objects, prefixes: [...prefixes], continuation: last }
      if (folder === undefined) objects.push({ key, size: 1, etag: '"e"', lastModified: '2026-01-01T00:00:00.000Z' })
      else prefixes.add(folder)
      last = key
    }
    return { objects, prefixes: [...prefixes] }
  }
  const store: ObjectStore = { ...createMemoryStore(), listPage }
  return { store, keys, seen }
}

function firstAfter(keys: readonly string[], after: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareKeys(keys[middle] ?? '', after) <= 0) low = middle + 1
    else high = middle
  }
  return low
}

async function listed(store: ObjectStore, prefix: string, concurrency: number): Promise<string[]> {
  const keys: string[] = []
  for await (const page of listObjects(store, prefix, { concurrency }, signal)) keys.push(...page.map((object) => object.key))
  return keys
}

const number = (value: number, width: number): string => String(value).padStart(width, '0')
const LAYOUTS: { readonly [layout: string]: () => string[] } = {
  'flat numbers': () => Array.from({ length: 100_000 }, (_, index) => `data/part-${number(index, 6)}.parquet`),
  'days of files': () =>
    Array.from(
      { length: 100_000 },
      (_, index) => `data/year=${2020 + (index % 5)}/month=${number(index % 12, 2)}/f-${number(index, 6)}.csv`,
    ),
  'hashed names': () =>
    Array.from({ length: 100_000 }, (_, index) => `data/${((index * 2_654_435_761) >>> 0).toString(16).padStart(8, '0')}-${index}`),
  'folders of letters': () =>
    Array.from({ length: 100_000 }, (_, index) => `data/${'abcdefghij'[index % 10]}older/${'klmnopqrst'[(index >> 4) % 10]}/${index}`),
  'a folder each': () => Array.from({ length: 100_000 }, (_, index) => `data/id=${number(index, 6)}/data.json`),
  'one big folder among many': () =>
    Array.from({ length: 100_000 }, (_, index) =>
      index % 100 === 0 ? `data/small-${number(index, 6)}/x` : `data/big/${number(index, 6)}`,
    ),
}

it.each(Object.keys(LAYOUTS))('lists 100,000 objects of %s at least five times faster than page after page, in order', async (layout) => {
  const { store, keys, seen } = wire(LAYOUTS[layout]?.() ?? [])
  expect(await listed(store, 'data/', 16)).toEqual(keys)
  expect(seen.rounds).toBeLessThanOrEqual(20)
  expect(seen.most).toBeLessThanOrEqual(16 * 7)
  expect(seen.requests).toBeLessThan(250)
})

it('asks once when one page holds all', async () => {
  const { store, seen } = wire(Array.from({ length: 1_000 }, (_, index) => `data/${number(index, 4)}`))
  expect(await listed(store, 'data/', 16)).toHaveLength(1_000)
  expect(seen.requests).toBe(1)
})

it('makes no second request for a reader who stops within the first page', async () => {
  const { store, seen } = wire(LAYOUTS['flat numbers']?.() ?? [])
  for await (const page of listObjects(store, 'data/', { concurrency: 16 }, signal)) if (page.length > 0) break
  expect(seen.requests).toBe(1)
})

it('ends what is under way when the reader stops', async () => {
  const { store, seen } = wire(LAYOUTS['flat numbers']?.() ?? [])
  let pages = 0
  for await (const page of listObjects(store, 'data/', { concurrency: 16 }, signal)) if (page.length > 0 && ++pages === 3) break
  const { requests } = seen
  await new Promise((resolve) => setImmediate(resolve))
  expect(seen.requests).toBe(requests)
})

it('holds a bounded number of pages for a slow reader', async () => {
  const { store, seen } = wire(LAYOUTS['flat numbers']?.() ?? [])
  let pages = 0
  for await (const page of listObjects(store, 'data/', { concurrency: 4 }, signal)) {
    if (page.length === 0 || ++pages < 3) continue
    for (let pause = 0; pause < 200; pause++) await new Promise((resolve) => setImmediate(resolve))
    break
  }
  expect(seen.requests).toBeLessThan(40)
})

it('lists page after page where a store cannot start in the middle', async () => {
  const { store, keys } = wire(LAYOUTS['flat numbers']?.().slice(0, 5_000) ?? [])
  const bound = { ...store, capabilities: { ...store.capabilities, listStartAfter: false } }
  expect(await listed(bound, 'data/', 16)).toEqual(keys)
})

it('goes on through pages without objects, which stores may send', async () => {
  const object: ObjectInfo = { key: 'k', size: 1, etag: '"e"', lastModified: '2026-01-01T00:00:00.000Z' }
  for (const startsWith of [[], [{ ...object, key: 'a' }]]) {
    const pages = [
      { objects: startsWith, prefixes: [], continuation: '0' },
      ...Array.from({ length: 5 }, (_, index) => ({ objects: [], prefixes: [], continuation: String(index + 1) })),
      { objects: [object], prefixes: [] },
    ]
    const listPage = ({ continuation, startAfter, maxKeys, delimiter }: ListRequest) => {
      // Looking for places to cut the listing finds none.
      if (maxKeys !== undefined || delimiter !== undefined) return Promise.resolve({ objects: [], prefixes: [] })
      const start = startAfter === undefined ? 0 : startAfter < 'k' ? 1 : pages.length
      const at = continuation === undefined ? start : Number(continuation) + 1
      return Promise.resolve(pages[at] ?? { objects: [], prefixes: [] })
    }
    const found: string[] = []
    for await (const page of listObjects({ ...createMemoryStore(), listPage }, '', { concurrency: 4 }, signal))
      found.push(...page.map((one) => one.key))
    expect(found).toEqual([...startsWith.map((one) => one.key), 'k'])
  }
})

it.each([
  ['the same page again and again', () => 'same'],
  ['ever new pages without objects', (request: number) => `token-${request}`],
])('gives up on a store that sends %s', async (_, token) => {
  const object: ObjectInfo = { key: 'k', size: 1, etag: '"e"', lastModified: '2026-01-01T00:00:00.000Z' }
  for (const first of [[], [object]]) {
    let requests = 0
    const listPage = () => {
      requests += 1
      if (requests > 50_000) throw new Error('it goes on for ever')
      return Promise.resolve({ objects: requests === 1 ? first : [], prefixes: [], continuation: token(requests) })
    }
    const all = async () => {
      for await (const page of listObjects({ ...createMemoryStore(), listPage }, '', { concurrency: 4 }, signal)) void page
    }
    await expect(all()).rejects.toMatchObject({ reason: 'network.protocol' })
  }
})

it('throws the error of any request, and no page out of order before it', async () => {
  const { store } = wire(LAYOUTS['flat numbers']?.() ?? [])
  let calls = 0
  const failing: ObjectStore = {
    ...store,
    listPage: (request, aborted) => (++calls === 30 ? Promise.reject(new Error('thirtieth')) : store.listPage(request, aborted)),
  }
  await expect(listed(failing, 'data/', 8)).rejects.toThrow('thirtieth')
})

it('finds every key of any key space once and in order, however pages and parts fall', async () => {
  const key = fc.stringMatching(/^[a-c0-3/é😀\uE000-]{1,8}$/u)
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(key, { maxLength: 120 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 6 }),
      async (keys, pageSize, concurrency) => {
        const { store } = wire(
          keys.map((each) => `p/${each}`),
          pageSize,
        )
        expect(await listed(store, 'p/', concurrency)).toEqual(keys.map((each) => `p/${each}`).toSorted(compareKeys))
      },
    ),
    { numRuns: 150 },
  )
})
