import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AccessError, type ObjectStore, type PresignedRequest, compareKeys, isAccessError } from '@sluice/core'

/** An open store under test and a way to undo the test. */
export interface StoreUnderTest {
  readonly store: ObjectStore
  /** Keys of the suite begin with it: ends with a slash, or is empty. */
  readonly prefix: string
  /** A plain HTTP client that knows nothing of the credential, for presigned requests. Absent where `presign` is false. */
  readonly send?: (request: PresignedRequest, body?: Uint8Array) => Promise<{ readonly status: number; readonly bytes: Uint8Array }>
  /** Undoes what the test did. */
  readonly close: () => Promise<void>
}

export interface ObjectStoreHarness {
  readonly open: () => Promise<StoreUnderTest>
  /** What the server at hand is known to lack, by the names below; each is a sentence in its documentation, not a wish. */
  readonly lacks?: readonly ('fetch-owner' | 'content-type' | 'utf8-order' | 'range-at-end')[]
  /** Hostile keys that no server of the protocol can hold, because its keys are paths: the driver refuses them before it asks. */
  readonly impossible?: readonly string[]
}

/** Keys that XML, URLs, signatures and paths each get wrong in their own way. */
export const HOSTILE_KEYS: readonly string[] = [
  'plain.txt',
  'with space',
  'plus+sign',
  'percent%20encoded',
  'percent%',
  'amp&eq=question?hash#',
  'quote"apos\'lt<gt>',
  'comma,semicolon;colon:at@dollar$',
  'back\\slash',
  'brackets[1]{2}(3)*!~',
  'trailing ',
  'double//slash',
  'dot/./segment',
  'dots/../segment',
  'umlaut-ä-ö',
  'decomposed-a\u0308',
  'kanji-漢字',
  'emoji-😀',
  'private-\uE000',
  'equals=1/year=2024',
]

const signal = new AbortController().signal
const text = (value: string): Uint8Array => new TextEncoder().encode(value)

/** The rules every object store keeps, whatever cloud is behind it. */
export function testObjectStore(name: string, harness: ObjectStoreHarness): void {
  describe(`${name}: object store`, () => {
    let under: StoreUnderTest
    let store: ObjectStore
    const at = (key: string): string => `${under.prefix}${key}`
    const lacks = new Set(harness.lacks ?? [])
    const impossible = new Set(harness.impossible ?? [])
    const possible = HOSTILE_KEYS.filter((key) => !impossible.has(key))

    beforeAll(async () => {
      under = await harness.open()
      store = under.store
    })
    afterAll(async () => {
      await under.close()
    })

    describe('objects', () => {
      it('gives back the bytes that were put, and the size, entity tag and time of the object', async () => {
        const put = await store.put(at('object/one'), text('hello'), { contentType: 'text/plain' }, signal)
        const { info, body, length } = await store.get(at('object/one'), {}, signal)
        expect(await read(body)).toEqual(text('hello'))
        expect(length).toBe(5)
        expect(info).toMatchObject({ key: at('object/one'), size: 5, etag: put.etag })
        if (!lacks.has('content-type')) expect(info.contentType).toBe('text/plain')
        expect(info.etag).not.toBe('')
        expect(await store.head(at('object/one'), {}, signal)).toMatchObject({ size: 5, etag: put.etag })
        expect(Number.isNaN(Date.parse(info.lastModified))).toBe(false)
      })

      it('keeps an object of no bytes', async () => {
        await store.put(at('object/empty'), new Uint8Array(), {}, signal)
        const { body, length, info } = await store.get(at('object/empty'), {}, signal)
        expect([await read(body), length, info.size]).toEqual([new Uint8Array(), 0, 0])
      })

      it('overwrites', async () => {
        const first = await store.put(at('object/twice'), text('1'), {}, signal)
        const second = await store.put(at('object/twice'), text('22'), {}, signal)
        expect(second.etag).not.toBe(first.etag)
        expect(await bytesOf(store, at('object/twice'))).toEqual(text('22'))
      })

      it('says that what is missing is missing, to get and to head', async () => {
        await expectReason(store.get(at('object/missing'), {}, signal), 'object.missing', 'not_found')
        await expectReason(store.head(at('object/missing'), {}, signal), 'object.missing', 'not_found')
      })

      it('deletes, and is content when there is nothing to delete', async () => {
        await store.put(at('object/gone'), text('x'), {}, signal)
        await store.delete(at('object/gone'), {}, signal)
        await expectReason(store.head(at('object/gone'), {}, signal), 'object.missing', 'not_found')
        await store.delete(at('object/gone'), {}, signal)
      })

      it('takes every key literally', async () => {
        for (const key of possible) await store.put(at(`hostile/${key}`), text(key), {}, signal)
        for (const key of possible) {
          expect(await bytesOf(store, at(`hostile/${key}`)), key).toEqual(text(key))
          expect((await store.head(at(`hostile/${key}`), {}, signal)).size, key).toBe(text(key).byteLength)
        }
        const { objects } = await store.listPage({ prefix: at('hostile/') }, signal)
        const listed = objects.map((object) => object.key)
        expect(listed).toEqual(possible.map((key) => at(`hostile/${key}`)).toSorted(compareKeys))
        for (const key of listed) await store.delete(key, {}, signal)
        expect((await store.listPage({ prefix: at('hostile/') }, signal)).objects).toEqual([])
      })
    })

    it('refuses keys that cannot be paths, where there are such, and asks nobody', async () => {
      for (const key of impossible) {
        await expectReason(store.put(at(`hostile/${key}`), text(key), {}, signal), 'object.key', 'invalid')
        await expectReason(store.get(at(`hostile/${key}`), {}, signal), 'object.key', 'invalid')
        await expectReason(store.delete(at(`hostile/${key}`), {}, signal), 'object.key', 'invalid')
      }
    })

    describe('ranges', () => {
      const alphabet = 'abcdefghijklmnopqrstuvwxyz'
      beforeAll(async () => {
        await store.put(at('range/letters'), text(alphabet), {}, signal)
        await store.put(at('range/empty'), new Uint8Array(), {}, signal)
      })

      it.each([
        [{ start: 0, end: 1 }, 'a'],
        [{ start: 3, end: 7 }, 'defg'],
        [{ start: 25, end: 26 }, 'z'],
        [{ start: 20, end: 999 }, 'uvwxyz'],
        [{ suffix: 4 }, 'wxyz'],
        [{ suffix: 999 }, alphabet],
      ])('reads exactly the bytes of %j', async (range, expected) => {
        const { info, body, length } = await store.get(at('range/letters'), { range }, signal)
        expect(new TextDecoder().decode(await read(body))).toBe(expected)
        expect([length, info.size]).toEqual([expected.length, alphabet.length])
      })

      it.each([[{ start: 26, end: 30 }], [{ start: 5, end: 5 }], [{ start: 7, end: 3 }], [{ suffix: 0 }]])(
        'refuses the range %j',
        async (range) => {
          if ('start' in range && range.start === alphabet.length && lacks.has('range-at-end')) return
          await expectReason(store.get(at('range/letters'), { range }, signal), 'object.range', 'invalid')
        },
      )

      it.skipIf(lacks.has('range-at-end'))('refuses any range of an object of no bytes', async () => {
        await expectReason(store.get(at('range/empty'), { range: { start: 0, end: 1 } }, signal), 'object.range', 'invalid')
      })
    })

    describe('preconditions', () => {
      it('reads only the object it was told to', async () => {
        const first = await store.put(at('match/one'), text('first'), {}, signal)
        expect(await bytesOf(store, at('match/one'), first.etag)).toEqual(text('first'))
        await store.put(at('match/one'), text('second'), {}, signal)
        await expectReason(store.get(at('match/one'), { ifMatch: first.etag }, signal), 'object.changed', 'conflict')
        await expectReason(
          store.get(at('match/one'), { ifMatch: first.etag, range: { start: 0, end: 2 } }, signal),
          'object.changed',
          'conflict',
        )
        await expectReason(store.head(at('match/one'), { ifMatch: first.etag }, signal), 'object.changed', 'conflict')
      })

      it('does not overwrite when told not to, or says that it cannot promise that', async () => {
        const write = (value: string) => store.put(at('match/new'), text(value), { ifNoneMatch: '*' }, signal)
        if (!store.capabilities.conditionalPut) return expectReason(write('1'), 'store.unsupported', 'unsupported')
        await write('1')
        await expectReason(write('2'), 'object.exists', 'conflict')
        return expect(await bytesOf(store, at('match/new'))).toEqual(text('1'))
      })

      it('refuses versions where it declares none', async () => {
        if (store.capabilities.versions) return
        await store.put(at('match/version'), text('1'), {}, signal)
        const versionId = 'v1'
        await expectReason(store.head(at('match/version'), { versionId }, signal), 'store.unsupported', 'unsupported')
        await expectReason(store.get(at('match/version'), { versionId }, signal), 'store.unsupported', 'unsupported')
        await expectReason(store.delete(at('match/version'), { versionId }, signal), 'store.unsupported', 'unsupported')
        expect(await bytesOf(store, at('match/version'))).toEqual(text('1'))
      })
    })

    describe('listing', () => {
      const keys = ['a', 'b/1', 'b/2', 'b/c/3', 'b-', 'd/e/f', 'é', '\uE000', '😀'].map((key) => `list/${key}`)
      const sorted = (): string[] => keys.map(at).toSorted(compareKeys)
      beforeAll(async () => {
        for (const key of keys) await store.put(at(key), text(key), {}, signal)
      })

      it.skipIf(lacks.has('utf8-order'))('lists in the order of UTF-8 bytes, page after page, without gap or repetition', async () => {
        for (const maxKeys of [1, 2, 3, 1_000])
          expect(await listAll(store, { prefix: at('list/'), maxKeys }), `pages of ${maxKeys}`).toEqual(sorted())
      })

      it('tells size, entity tag and time of what it lists', async () => {
        const { objects } = await store.listPage({ prefix: at('list/a') }, signal)
        const head = await store.head(at('list/a'), {}, signal)
        expect(objects).toHaveLength(1)
        expect(objects[0]).toMatchObject({ key: at('list/a'), size: head.size, etag: head.etag })
        expect(Number.isNaN(Date.parse(objects[0]?.lastModified ?? ''))).toBe(false)
      })

      it('groups by a delimiter', async () => {
        const page = await store.listPage({ prefix: at('list/'), delimiter: '/' }, signal)
        expect(page.prefixes).toEqual([at('list/b/'), at('list/d/')])
        expect(page.objects.map((object) => object.key).toSorted(compareKeys)).toEqual(
          sorted().filter((key) => !key.slice(at('list/').length).includes('/')),
        )
      })

      it('groups by a delimiter across pages', async () => {
        const prefixes: string[] = []
        for (let continuation: string | undefined, more = true; more; more = continuation !== undefined) {
          const page = await store.listPage(
            { prefix: at('list/'), delimiter: '/', maxKeys: 1, ...(continuation ? { continuation } : {}) },
            signal,
          )
          prefixes.push(...page.prefixes)
          continuation = page.continuation
        }
        expect(prefixes).toEqual([at('list/b/'), at('list/d/')])
      })

      it('starts after a key, be it there or not', async () => {
        const from = (startAfter: string) => listAll(store, { prefix: at('list/'), startAfter: at(startAfter) })
        if (!store.capabilities.listStartAfter) return expectReason(from('list/b/1'), 'store.unsupported', 'unsupported')
        expect(await from('list/b/1')).toEqual(sorted().filter((key) => compareKeys(key, at('list/b/1')) > 0))
        expect(await from('list/b/0')).toEqual(sorted().filter((key) => compareKeys(key, at('list/b/0')) > 0))
        return expect(await from('list/zzz')).toEqual(sorted().filter((key) => compareKeys(key, at('list/zzz')) > 0))
      })

      it('lists nothing where nothing is', async () => {
        expect(await store.listPage({ prefix: at('nothing/here/') }, signal)).toEqual({ objects: [], prefixes: [] })
      })

      it('tells the owner when asked, where objects have one', async () => {
        const { objects } = await store.listPage({ prefix: at('list/a'), fetchOwner: true }, signal)
        if (lacks.has('fetch-owner')) expect(objects[0]).not.toHaveProperty('ownerId')
        else expect(objects[0]?.ownerId).toMatch(/./)
      })
    })

    describe('uploads in parts', () => {
      it('are refused where the store has none', async () => {
        if (store.capabilities.multipart) return
        const key = at('parts/none')
        const part = { partNumber: 1, etag: '"e"', size: 1 }
        await expectReason(store.createMultipart(key, {}, signal), 'store.unsupported', 'unsupported')
        await expectReason(store.uploadPart(key, 'u', 1, text('x'), signal), 'store.unsupported', 'unsupported')
        await expectReason(store.completeMultipart(key, 'u', [part], signal), 'store.unsupported', 'unsupported')
        await expectReason(store.abortMultipart(key, 'u', signal), 'store.unsupported', 'unsupported')
        await expectReason(store.head(key, {}, signal), 'object.missing', 'not_found')
      })

      it('joins the parts in order of their numbers', async () => {
        if (!store.capabilities.multipart) return
        const key = at('parts/joined')
        const size = store.capabilities.minPartBytes
        const uploadId = await store.createMultipart(key, {}, signal)
        const second = await store.uploadPart(key, uploadId, 2, text('tail'), signal)
        const first = await store.uploadPart(key, uploadId, 1, filled(size, 7), signal)
        await expectReason(store.head(key, {}, signal), 'object.missing', 'not_found')
        const info = await store.completeMultipart(key, uploadId, [first, second], signal)
        expect(info.size).toBe(size + 4)
        const head = await store.head(key, {}, signal)
        expect([head.size, head.etag]).toEqual([size + 4, info.etag])
        const { body } = await store.get(key, { range: { suffix: 5 } }, signal)
        expect(await read(body)).toEqual(Uint8Array.from([7, ...text('tail')]))
      })

      it('leaves nothing behind when aborted, and knows the upload no more', async () => {
        if (!store.capabilities.multipart) return
        const key = at('parts/aborted')
        const uploadId = await store.createMultipart(key, {}, signal)
        await store.uploadPart(key, uploadId, 1, text('x'), signal)
        await store.abortMultipart(key, uploadId, signal)
        await expectReason(store.head(key, {}, signal), 'object.missing', 'not_found')
        await expectReason(store.uploadPart(key, uploadId, 2, text('y'), signal), 'upload.missing', 'not_found')
      })
    })

    describe('presigned requests', () => {
      it('let a stranger read and write one object, or are declared unsupported', async () => {
        await store.put(at('signed/a b+c'), text('signed'), {}, signal)
        const sign = (method: 'GET' | 'PUT', key: string) => store.presign(at(key), { method, expiresInSeconds: 60 })
        const { send } = under
        if (!store.capabilities.presign || send === undefined) {
          await expectReason(sign('PUT', 'signed/a b+c'), 'store.unsupported', 'unsupported')
          return expectReason(sign('GET', 'signed/a b+c'), 'store.unsupported', 'unsupported')
        }
        expect(await send(await sign('GET', 'signed/a b+c'))).toEqual({ status: 200, bytes: text('signed') })
        expect([200, 201]).toContain((await send(await sign('PUT', 'signed/written'), text('by a stranger'))).status)
        expect(await bytesOf(store, at('signed/written'))).toEqual(text('by a stranger'))
        const { url, ...rest } = await sign('GET', 'signed/a b+c')
        return expect((await send({ ...rest, url: url.replace('a%20b', 'a%20z') })).status).toBe(403)
      })
    })

    describe('cancellation', () => {
      it('rejects at once when cancelled beforehand', async () => {
        await expectReason(store.head(at('object/one'), {}, AbortSignal.abort()), 'request.cancelled', 'unavailable')
      })

      it('ends a body in the middle', async () => {
        await store.put(at('cancel/large'), filled(4 * 1024 * 1024, 1), {}, signal)
        const controller = new AbortController()
        const { body } = await store.get(at('cancel/large'), {}, controller.signal)
        const iterator = body[Symbol.asyncIterator]()
        await iterator.next()
        controller.abort()
        const drain = async (): Promise<void> => {
          while ((await iterator.next()).done !== true);
        }
        await expectReason(drain(), 'request.cancelled', 'unavailable')
      })

      it('goes on after a reader left a body unread', async () => {
        for (let round = 0; round < 3; round++) {
          const { body } = await store.get(at('cancel/large'), {}, signal)
          await body[Symbol.asyncIterator]().return?.()
        }
        expect((await store.head(at('cancel/large'), {}, signal)).size).toBe(4 * 1024 * 1024)
      })
    })
  })
}

/** Expects a rejection of a documented reason and the code that goes with it. */
async function expectReason(promise: Promise<unknown>, reason: string, code: AccessError['code']): Promise<void> {
  const outcome = await promise.then(
    () => 'resolved',
    (error: unknown) => (isAccessError(error) ? { reason: error.reason, code: error.code } : error),
  )
  expect(outcome).toEqual({ reason, code })
}

async function bytesOf(store: ObjectStore, key: string, ifMatch?: string): Promise<Uint8Array> {
  const { body } = await store.get(key, ifMatch === undefined ? {} : { ifMatch }, signal)
  return read(body)
}

async function read(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  for await (const piece of body) pieces.push(piece)
  return Uint8Array.from(Buffer.concat(pieces))
}

async function listAll(
  store: ObjectStore,
  request: { readonly prefix: string; readonly maxKeys?: number; readonly startAfter?: string },
): Promise<string[]> {
  const keys: string[] = []
  for (let continuation: string | undefined, more = true; more; more = continuation !== undefined) {
    const { startAfter, ...rest } = request
    const page = await store.listPage({ ...rest, ...(continuation ? { continuation } : startAfter ? { startAfter } : {}) }, signal)
    keys.push(...page.objects.map((object) => object.key))
    continuation = page.continuation
  }
  return keys
}

function filled(size: number, value: number): Uint8Array {
  return new Uint8Array(size).fill(value)
}
