import { createMemoryStore } from '@sluice/conformance'
import { expect, it } from 'vitest'
import type { Location } from '../location.ts'
import type { ObjectStore } from '../ports/object-store.ts'
import { accessError } from '../reasons/index.ts'
import { Bucket } from './bucket.ts'

const signal = new AbortController().signal
const folder: Location = { cloud: 's3', bucket: 'b', prefix: 'data/', extent: 'folder' }
const reason = (name: string) => expect.objectContaining({ reason: name })

async function* stream(...sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (const [index, size] of sizes.entries()) yield new Uint8Array(size).fill(index + 1)
}

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of source) items.push(item)
  return items
}

it('makes whole keys of paths below the location, and refuses those that lead out of it', () => {
  const bucket = new Bucket(createMemoryStore(), folder)
  expect(bucket.keyOf('a/b.csv')).toBe('data/a/b.csv')
  for (const path of ['../x', 'a/../../x', '/x', 'a\u0000']) expect(() => bucket.keyOf(path), path).toThrowError(reason('object.key'))
  expect(new Bucket(createMemoryStore(), { ...folder, prefix: 'data/f.csv', extent: 'object' }).keyOf('')).toBe('data/f.csv')
})

it('asks the store for nothing outside the location', async () => {
  const store = createMemoryStore()
  const bucket = new Bucket(store, folder)
  const outside = reason('object.outside')
  await expect(bucket.get('other', {}, signal)).rejects.toThrowError(outside)
  await expect(bucket.head('other', {}, signal)).rejects.toThrowError(outside)
  await expect(bucket.put('other', new Uint8Array(), {}, signal)).rejects.toThrowError(outside)
  await expect(bucket.putStream('other', stream(1), {}, signal)).rejects.toThrowError(outside)
  await expect(bucket.delete('other', {}, signal)).rejects.toThrowError(outside)
  await expect(bucket.deleteMany(['data/a', 'other'], signal)).rejects.toThrowError(outside)
  await expect(bucket.list({ prefix: 'dat' }, signal).next()).rejects.toThrowError(outside)
  expect(store.requests).toEqual([])
})

it('lists a location of one object as that object alone', async () => {
  const store = createMemoryStore()
  for (const key of ['data/f.csv', 'data/f.csv.bak']) store.set(key, new Uint8Array(1))
  const bucket = new Bucket(store, { ...folder, prefix: 'data/f.csv', extent: 'object' })
  const keys = await collect(bucket.list({}, signal))
  expect(keys.map((object) => object.key)).toEqual(['data/f.csv'])
})

it('reads an object whole up to the limit and not beyond', async () => {
  const store = createMemoryStore()
  store.set('data/f', Uint8Array.from([1, 2, 3, 4]))
  const bucket = new Bucket(store, folder)
  expect((await bucket.readAll('data/f', { maxBytes: 4 }, signal)).bytes).toEqual(Uint8Array.from([1, 2, 3, 4]))
  expect((await bucket.readAll('data/f', { maxBytes: 2, range: { suffix: 2 } }, signal)).bytes).toEqual(Uint8Array.from([3, 4]))
  await expect(bucket.readAll('data/f', { maxBytes: 3 }, signal)).rejects.toThrowError(reason('object.too_large'))
})

it('writes a short stream in one request and a long one in parts, the bytes in order', async () => {
  for (const sizes of [[], [3], [10], [4, 6], [11], [25, 1, 30, 7], [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]]) {
    const store = createMemoryStore()
    const bucket = new Bucket(store, folder)
    const expected = Buffer.concat(await collect(stream(...sizes)))
    const info = await bucket.putStream('data/s', stream(...sizes), { partBytes: 10, concurrency: 3 }, signal)
    expect(info.size, sizes.join()).toBe(expected.byteLength)
    expect(Buffer.from((await bucket.readAll('data/s', { maxBytes: 1_000 }, signal)).bytes), sizes.join()).toEqual(expected)
    expect(store.requests.filter((request) => request.operation === 'put')).toHaveLength(expected.byteLength <= 10 ? 1 : 0)
  }
})

it('holds no more parts at a time than it may', async () => {
  const store = createMemoryStore()
  let running = 0
  let most = 0
  const counting: ObjectStore = {
    ...store,
    uploadPart: async (...part) => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setImmediate(resolve))
      running -= 1
      return store.uploadPart(...part)
    },
  }
  await new Bucket(counting, folder).putStream('data/s', stream(...Array<number>(40).fill(5)), { partBytes: 5, concurrency: 3 }, signal)
  expect(most).toBe(3)
})

it('aborts the upload when a part, the source or the caller fails, and tells that failure', async () => {
  const failure = accessError('network.reset', { message: 'cut' })
  const failingPart: Partial<ObjectStore> = { uploadPart: () => Promise.reject(failure) }
  async function* failingSource(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(30)
    throw failure
  }
  const controller = new AbortController()
  async function* cancelling(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(30)
    controller.abort()
    yield new Uint8Array(30)
  }
  const attempts: readonly (readonly [Partial<ObjectStore>, AsyncIterable<Uint8Array>, AbortSignal, string])[] = [
    [failingPart, stream(30), signal, 'network.reset'],
    [{}, failingSource(), signal, 'network.reset'],
    [{}, cancelling(), controller.signal, 'request.cancelled'],
  ]
  for (const [overrides, source, caller, expected] of attempts) {
    const store = createMemoryStore()
    const aborted: string[] = []
    const observed: ObjectStore = {
      ...store,
      ...overrides,
      abortMultipart: async (key, uploadId, own) => {
        expect(own.aborted).toBe(false)
        aborted.push(uploadId)
        await store.abortMultipart(key, uploadId, own)
      },
    }
    await expect(new Bucket(observed, folder).putStream('data/s', source, { partBytes: 10 }, caller)).rejects.toThrowError(reason(expected))
    expect(aborted).toHaveLength(1)
    await expect(store.head('data/s', {}, signal)).rejects.toThrowError(reason('object.missing'))
  }
})

it('does not write in parts what must not overwrite: no store can promise that', async () => {
  const bucket = new Bucket(createMemoryStore(), folder)
  await expect(bucket.putStream('data/s', stream(30), { partBytes: 10, ifNoneMatch: '*' }, signal)).rejects.toThrowError(
    reason('store.unsupported'),
  )
})

it('deletes what it can and tells what it could not', async () => {
  const store = createMemoryStore()
  const denied = accessError('aws.denied', { message: 'no' })
  const guarded: ObjectStore = {
    ...store,
    delete: (key, ...rest) => (key.endsWith('7') ? Promise.reject(denied) : store.delete(key, ...rest)),
  }
  const keys = Array.from({ length: 40 }, (_, index) => `data/${index}`)
  for (const key of keys) store.set(key, new Uint8Array(1))
  const { deleted, failed } = await new Bucket(guarded, folder).deleteMany(keys, signal)
  expect(deleted).toHaveLength(36)
  expect(failed.map(({ key, error }) => [key, error.reason])).toEqual(
    ['data/7', 'data/17', 'data/27', 'data/37'].map((key) => [key, 'aws.denied']),
  )
})
