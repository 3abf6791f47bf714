import { expect, it } from 'vitest'
import { appendQueue } from './append-queue.ts'

/** A writer whose writes end when they are told to. */
function slowWriter() {
  const writes: (readonly number[])[] = []
  const ends: PromiseWithResolvers<void>[] = []
  const write = (items: readonly number[]): Promise<void> => {
    writes.push(items)
    const end = Promise.withResolvers<void>()
    ends.push(end)
    return end.promise
  }
  return { write, writes, end: () => ends.shift()?.resolve() }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

it('writes together what came while a write was under way, in order, and resolves what is written', async () => {
  const writer = slowWriter()
  const append = appendQueue(writer.write)
  const done: number[] = []
  for (let item = 1; item <= 300; item++) void append(item).then(() => done.push(item))
  expect(writer.writes).toEqual([[1]])
  writer.end()
  await turn()
  expect(done).toEqual([1])
  expect(writer.writes.map((items) => items.length)).toEqual([1, 256])
  writer.end()
  await turn()
  writer.end()
  await turn()
  expect(writer.writes.flat()).toEqual(done)
  expect(done).toHaveLength(300)
})

it('tells a failure to the one that failed and writes the others', async () => {
  const written: number[] = []
  const append = appendQueue((items: readonly number[]) => {
    if (items.includes(3)) return Promise.reject(new Error('not this one'))
    written.push(...items)
    return Promise.resolve()
  })
  const outcomes = await Promise.allSettled([1, 2, 3, 4].map((item) => append(item)))
  expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled'])
  expect(written).toEqual([1, 2, 4])
})

it('goes on after a failure', async () => {
  let attempts = 0
  const append = appendQueue(() => (++attempts === 1 ? Promise.reject(new Error('once')) : Promise.resolve()))
  await expect(append(1)).rejects.toThrow('once')
  await expect(append(2)).resolves.toBeUndefined()
})
