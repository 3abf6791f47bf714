import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Access,
  type AuthContext,
  CHECKS,
  type Cloud,
  type Connection,
  type Location,
  type OpenConnection,
  REASONS,
  isAccessError,
} from '@sluice/core'

/** One way to authenticate, ready to use against the server of the test. */
export interface MethodUnderTest {
  /** Inputs as a user gives them. */
  readonly fields: { readonly [name: string]: string }
  readonly context: AuthContext
  readonly connection: Connection
  /** A folder that the method's credential may list, read, write and delete in; list and read where the method is `none`. */
  readonly folder: Location
}

/** A cloud under test, with a folder to work in for each method, and something beside it. */
export interface CloudUnderTest {
  readonly cloud: Cloud
  /** Every method the cloud declares has an entry. */
  readonly methods: { readonly [method: string]: MethodUnderTest }
  /** A key outside the folders, of an object that exists in each of their buckets. */
  readonly outsideKey: string
  /** A URL of the cloud with a credential in it, and the credential. */
  readonly credentialUrl: { readonly url: string; readonly secret: string }
  readonly close: () => Promise<void>
}

const never = new AbortController().signal

/** The rules every cloud keeps. Its object store has a suite of its own, `testObjectStore`. */
export function testCloud(
  name: string,
  harness: { readonly open: () => Promise<CloudUnderTest>; readonly methods: readonly string[] },
): void {
  describe(`${name}: cloud`, () => {
    let under: CloudUnderTest
    let cloud: Cloud
    beforeAll(async () => {
      under = await harness.open()
      cloud = under.cloud
    })
    afterAll(async () => {
      await under.close()
    })
    const method = (id: string): MethodUnderTest => {
      const found = under.methods[id]
      if (found === undefined) throw new Error(`the harness has no method ${id}`)
      return found
    }
    /** The connection as it is after its inputs were parsed, with the secret where the vault would bring it from. */
    const opened = (id: string): OpenConnection => {
      const { fields, context, connection } = method(id)
      const { auth, secret } = cloud.parseAuth(id, fields, context)
      return { connection: { ...connection, auth }, ...(secret === undefined ? {} : { secret }) }
    }

    it('declares the methods under test and no other', () => {
      expect(cloud.methods.map((each) => each.id)).toEqual(harness.methods)
    })

    it('reads back every location that it writes', () => {
      const prefixes = ['', 'a/', 'a/b c+d/', 'é/漢字/😀/', '100%/', 'a*b?c#d[e]/', 'file.csv', 'a/file name.csv', ' lead/trail ']
      for (const prefix of prefixes) {
        const { region: _, ...folder } = method(harness.methods[0] ?? '').folder
        const location: Location = { ...folder, prefix, extent: prefix === '' ? 'bucket' : prefix.endsWith('/') ? 'folder' : 'object' }
        expect(cloud.parse(cloud.format(location)), prefix).toEqual(location)
        expect(
          cloud.schemes.some((scheme) => cloud.format(location).startsWith(scheme)),
          cloud.format(location),
        ).toBe(true)
      }
    })

    it('refuses what names no location, with a documented reason', () => {
      const base = cloud.format({ ...method(harness.methods[0] ?? '').folder, prefix: '', extent: 'bucket' })
      for (const url of [
        '',
        'nonsense',
        `${base}a/../b`,
        `${base}%2e%2e/b`,
        `${base}a%00b`,
        `${base}*/f`,
        'file:///etc/passwd',
        'unknown://b/',
      ])
        expect(
          reasonOf(() => cloud.parse(url)),
          url,
        ).toMatch(/./)
    })

    it('refuses a credential in a URL and repeats nothing of it', () => {
      const { url, secret } = under.credentialUrl
      const told = thrownBy(() => cloud.parse(url))
      expect(isAccessError(told)).toBe(true)
      expect(`${String(told)} ${JSON.stringify(told)}`).not.toContain(secret)
    })

    it('takes no endpoint of a stranger for its own', () => {
      for (const endpoint of ['https://evil.example', 'http://127.0.0.1', 'https://169.254.169.254/', 'nonsense', ''])
        expect(cloud.ownEndpoint?.(endpoint), endpoint).toBeUndefined()
    })

    it.each(harness.methods)('keeps secrets of %s out of what is stored openly', (id) => {
      const { fields, context } = method(id)
      const declared = cloud.methods.find((each) => each.id === id)
      const parsed = cloud.parseAuth(id, fields, context)
      expect(parsed.auth.method).toBe(id)
      for (const field of declared?.fields ?? []) {
        const value = fields[field.name]
        if (!field.secret || value === undefined) continue
        expect(parsed.secret?.[field.name]).toBe(value)
        expect(JSON.stringify([parsed.auth, parsed.warnings])).not.toContain(value)
      }
    })

    it.each(harness.methods)('refuses unknown and missing inputs of %s', (id) => {
      const { fields, context } = method(id)
      expect(reasonOf(() => cloud.parseAuth(id, { ...fields, surprise: 'x' }, context))).toBe('auth.unknown_field')
      for (const field of cloud.methods.find((each) => each.id === id)?.fields.filter((each) => each.required) ?? []) {
        const { [field.name]: _, ...rest } = fields
        expect(
          reasonOf(() => cloud.parseAuth(id, rest, context)),
          field.name,
        ).toBe('auth.missing_field')
      }
    })

    it('refuses a method it does not have', () => {
      const { context } = method(harness.methods[0] ?? '')
      expect(reasonOf(() => cloud.parseAuth('telepathy', {}, context))).toBe('auth.unknown_method')
    })

    it.each(harness.methods)('issues leases of %s for exactly the scope asked for, or says that it cannot narrow', async (id) => {
      const { folder } = method(id)
      const scope = { location: folder, access: ['list', 'read'] satisfies Access[] }
      const open = opened(id)
      const lease = await cloud.lease(open, scope, 3_600, never)
      expect(lease.scope).toEqual(scope)
      expect(lease.narrowed).toBe(cloud.methods.find((each) => each.id === id)?.narrows)
      const store = cloud.open(open.connection, folder, async () => lease)
      await store.listPage({ prefix: folder.prefix, maxKeys: 1 }, never)
      if (!lease.narrowed) return
      await expect(store.get(under.outsideKey, {}, never)).rejects.toMatchObject({ code: 'denied' })
      await expect(store.listPage({ prefix: '' }, never)).rejects.toMatchObject({ code: 'denied' })
      await expect(store.put(`${folder.prefix}x`, new Uint8Array(1), {}, never)).rejects.toMatchObject({ code: 'denied' })
    })

    it.each(harness.methods)('never takes an empty scope of %s for everything', async (id) => {
      await expect(cloud.lease(opened(id), { location: method(id).folder, access: [] }, 3_600, never)).rejects.toMatchObject({
        code: 'invalid',
      })
    })

    it('asks for a lease before each request and says what the request does', async () => {
      const id = harness.methods[0] ?? ''
      const open = opened(id)
      const { folder } = method(id)
      const lease = await cloud.lease(open, { location: folder, access: ['list', 'read', 'write', 'delete'] }, 3_600, never)
      const asked: Access[] = []
      const store = cloud.open(open.connection, folder, async (_, access) => {
        asked.push(access)
        return lease
      })
      const key = `${folder.prefix}conformance`
      await store.put(key, new Uint8Array(1), {}, never)
      await store.head(key, {}, never)
      await store.listPage({ prefix: key }, never)
      await store.delete(key, {}, never)
      // A request that was sent on to another region asks again.
      expect(asked.filter((access, index) => access !== asked[index - 1])).toEqual(['write', 'read', 'list', 'delete'])
    })

    it.each(harness.methods.filter((id) => id !== 'none'))('writes a setup for %s that depends on nothing but its inputs', (id) => {
      const open = opened(id)
      const { platform } = method(id).context
      const connection = { ...open.connection, locations: [method(id).folder] }
      const setup = cloud.setup(connection, platform, {})
      expect(cloud.setup(connection, platform, {})).toEqual(setup)
      for (const secret of Object.values(open.secret ?? {})) expect(JSON.stringify(setup)).not.toContain(secret)
      const artifacts = setup.artifacts.map((artifact) => artifact.id)
      expect(new Set(artifacts).size).toBe(artifacts.length)
      for (const route of setup.routes) for (const artifact of route.artifacts) expect(artifacts).toContain(artifact)
      for (const proof of setup.proofs) expect(proof.actual, proof.claim).toBe(proof.expected)
    })

    it.each(harness.methods)('says of %s what the customer can remove once the connection is gone', (id) => {
      const open = opened(id)
      const sentences = cloud.removable({ ...open.connection, locations: [method(id).folder] })
      expect(sentences).not.toEqual([])
      for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z].*[.]$/)
      for (const secret of Object.values(open.secret ?? {})) expect(sentences.join()).not.toContain(secret)
      // Also while nothing but the method is known.
      const bare = cloud.removable({ ...open.connection, auth: { method: id, fields: {} }, locations: [] })
      expect(bare.join()).not.toContain('undefined')
    })

    it.each(harness.methods)('plans checks of %s that the table knows, each once, none waiting for itself', (id) => {
      const { checks } = cloud.validation({ ...opened(id), locations: [method(id).folder] })
      const known: readonly string[] = CHECKS.map((check) => check.name)
      const names = checks.map((check) => check.name)
      expect(names.filter((each) => !known.includes(each))).toEqual([])
      expect(new Set(names).size).toBe(names.length)
      // Every check can be reached: done again and again, what needs only what is done is done in the end.
      const done = new Set<string>()
      for (let round = 0; round < checks.length; round++)
        for (const check of checks) if (check.needs.every((needed) => done.has(needed))) done.add(check.name)
      expect(names.filter((each) => !done.has(each))).toEqual([])
    })
  })
}

function thrownBy(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  return undefined
}

/** The reason of the AccessError that is thrown: one that has an entry in the table. */
function reasonOf(act: () => unknown): string {
  const error = thrownBy(act)
  if (!isAccessError(error)) return ''
  expect(Object.keys(REASONS)).toContain(error.reason)
  return error.reason
}
