import { createMemoryStore } from '@sluice/conformance'
import { describe, expect, it } from 'vitest'
import { headWithTail, TAIL_BYTES } from './tail.ts'

const signal = new AbortController().signal
const SIZE = TAIL_BYTES + 1000

function bucket(size = SIZE) {
  const store = createMemoryStore('b')
  const content = new Uint8Array(size).map((_, index) => index % 251)
  store.set('x.parquet', content)
  return { store, content }
}

async function read(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks)
}

describe('an object found by its end', () => {
  it('costs one request, and its end none after that', async () => {
    const { store, content } = bucket()
    const headed = await headWithTail(store, 'x.parquet', signal)
    expect(headed.info.size).toBe(SIZE)
    const range = { start: SIZE - TAIL_BYTES, end: SIZE }
    const answer = await headed.store.get('x.parquet', { range, ifMatch: headed.info.etag }, signal)
    expect(answer.length).toBe(TAIL_BYTES)
    expect(Buffer.compare(await read(answer.body), content.subarray(range.start, range.end))).toBe(0)
    expect(store.requests).toHaveLength(1)
  })

  it('is read from the store for every other byte', async () => {
    const { store, content } = bucket()
    const headed = await headWithTail(store, 'x.parquet', signal)
    const answer = await headed.store.get('x.parquet', { range: { start: 10, end: 2000 } }, signal)
    expect(Buffer.compare(await read(answer.body), content.subarray(10, 2000))).toBe(0)
    expect(store.requests).toHaveLength(2)
  })

  it('is not mixed with another version of itself', async () => {
    const { store } = bucket()
    const headed = await headWithTail(store, 'x.parquet', signal)
    const newer = store.set('x.parquet', new Uint8Array(SIZE))
    const answer = await headed.store.get('x.parquet', { range: { start: SIZE - 8, end: SIZE }, ifMatch: newer.etag }, signal)
    expect(await read(answer.body)).toEqual(Buffer.alloc(8))
  })

  it('may be shorter than what is asked for', async () => {
    const { store } = bucket(20)
    expect((await headWithTail(store, 'x.parquet', signal)).info.size).toBe(20)
  })

  it('may have no bytes at all', async () => {
    const { store } = bucket(0)
    expect((await headWithTail(store, 'x.parquet', signal)).info.size).toBe(0)
  })

  it('that is not there is not there', async () => {
    await expect(headWithTail(createMemoryStore('b'), 'x', signal)).rejects.toMatchObject({ reason: 'object.missing' })
  })
})
