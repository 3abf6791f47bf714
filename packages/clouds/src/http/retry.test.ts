import { createMemoryStore } from '@sluice/conformance'
import { type ObjectStore, accessError, isAccessError } from '@sluice/core'
import { expect, it } from 'vitest'
import { retry } from './retry.ts'
import { withRetries } from './retry-layer.ts'

const never = new AbortController().signal

function policy(fraction = 0.5) {
  const waits: number[] = []
  return {
    waits,
    clock: {
      now: () => 0,
      sleep: async (ms: number, signal: AbortSignal) => {
        signal.throwIfAborted()
        waits.push(ms)
      },
    },
    random: { bytes: (length: number) => new Uint8Array(length), fraction: () => fraction },
  }
}

/** Fails so many times, then answers. */
function failing(times: number, error: unknown) {
  const calls = { count: 0 }
  const attempt = async (): Promise<string> => {
    calls.count += 1
    if (calls.count <= times) throw error
    return 'answer'
  }
  return { attempt, calls }
}

const later = accessError('aws.unavailable', { message: 'not now' })

it('tries again what may pass, waiting a random time below a bound that doubles', async () => {
  const { attempt, calls } = failing(3, later)
  const rules = policy(0.5)
  expect(await retry(attempt, rules, never)).toBe('answer')
  expect(calls.count).toBe(4)
  expect(rules.waits).toEqual([50, 100, 200])
})

it('gives up after four tries and marks the last error exhausted', async () => {
  const { attempt, calls } = failing(9, later)
  const error = await retry(attempt, policy(), never).catch((thrown: unknown) => thrown)
  expect(isAccessError(error) && { reason: error.reason, retry: error.retry, tries: error.context['tries'] }).toEqual({
    reason: 'aws.unavailable',
    retry: 'exhausted',
    tries: 4,
  })
  expect(calls.count).toBe(4)
})

it.each([accessError('aws.denied', { message: 'no' }), accessError('network.tls', { message: 'forged' }), new Error('a defect')])(
  'does not try again what will not pass: %s',
  async (error) => {
    const { attempt, calls } = failing(1, error)
    await expect(retry(attempt, policy(), never)).rejects.toBe(error)
    expect(calls.count).toBe(1)
  },
)

function asking(retryAfterSeconds: number): Error {
  return accessError('aws.throttled', { message: 'slow down', context: { retryAfterSeconds } })
}

it('waits as long as the cloud asks for, unless that is too long', async () => {
  const patient = policy(0)
  await retry(failing(1, asking(3)).attempt, patient, never)
  expect(patient.waits).toEqual([3_000])
  const { attempt, calls } = failing(1, asking(3_600))
  await expect(retry(attempt, policy(), never)).rejects.toMatchObject({ reason: 'aws.throttled', retry: 'exhausted' })
  expect(calls.count).toBe(1)
})

it('stops at once when the caller cancels', async () => {
  const controller = new AbortController()
  const { attempt, calls } = failing(9, later)
  const cancelling = async (): Promise<string> => {
    controller.abort()
    return attempt()
  }
  await expect(retry(cancelling, policy(), controller.signal)).rejects.toBe(later)
  expect(calls.count).toBe(1)
})

/** A memory store whose GET bodies end with an error after so many bytes. */
function cutting(bytesEach: number) {
  const store = createMemoryStore()
  const seen: unknown[] = []
  const cut: ObjectStore = {
    ...store,
    get: async (key, request, signal) => {
      seen.push(request)
      const answer = await store.get(key, request, signal)
      return {
        ...answer,
        body: (async function* () {
          let sent = 0
          for await (const chunk of answer.body) {
            const piece = chunk.subarray(0, bytesEach - sent)
            sent += piece.byteLength
            if (piece.byteLength > 0) yield piece
            if (sent >= bytesEach && answer.length > bytesEach) throw accessError('network.truncated', { message: 'cut' })
          }
        })(),
      }
    },
  }
  return { store, cut, seen }
}

async function bytesOf(body: AsyncIterable<Uint8Array>): Promise<number[]> {
  const pieces: number[] = []
  for await (const piece of body) pieces.push(...piece)
  return pieces
}

it('reads on where a body was cut, pinned to the object it began with', async () => {
  const { store, cut, seen } = cutting(4)
  const { etag } = store.set(
    'k',
    Uint8Array.from({ length: 10 }, (_, index) => index),
  )
  const { body } = await withRetries(policy())(cut).get('k', { range: { start: 1, end: 10 } }, never)
  expect(await bytesOf(body)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(seen).toEqual([
    { range: { start: 1, end: 10 } },
    { ifMatch: etag, range: { start: 5, end: 10 } },
    { ifMatch: etag, range: { start: 9, end: 10 } },
  ])
})

it('reads on in a suffix', async () => {
  const { store, cut } = cutting(3)
  store.set(
    'k',
    Uint8Array.from({ length: 10 }, (_, index) => index),
  )
  const { body } = await withRetries(policy())(cut).get('k', { range: { suffix: 7 } }, never)
  expect(await bytesOf(body)).toEqual([3, 4, 5, 6, 7, 8, 9])
})

it('ends with an error, never with mixed bytes, when the object changed meanwhile', async () => {
  const { store, cut } = cutting(4)
  store.set('k', new Uint8Array(10).fill(1))
  const { body } = await withRetries(policy())(cut).get('k', {}, never)
  const iterator = body[Symbol.asyncIterator]()
  await iterator.next()
  store.set('k', new Uint8Array(10).fill(2))
  await expect(iterator.next()).rejects.toMatchObject({ reason: 'object.changed' })
})

it('does not repeat what must not happen twice', async () => {
  const calls: string[] = []
  const fail = (name: string) => async () => {
    calls.push(name)
    throw later
  }
  const store = withRetries(policy())({
    ...createMemoryStore(),
    put: fail('put'),
    createMultipart: fail('createMultipart'),
    completeMultipart: fail('completeMultipart'),
  })
  await expect(store.put('k', new Uint8Array(), { ifNoneMatch: '*' }, never)).rejects.toBe(later)
  await expect(store.createMultipart('k', {}, never)).rejects.toBe(later)
  expect(calls).toEqual(['put', 'createMultipart'])
  await expect(store.put('k', new Uint8Array(), {}, never)).rejects.toMatchObject({ retry: 'exhausted' })
  expect(calls.filter((name) => name === 'put')).toHaveLength(5)
})
