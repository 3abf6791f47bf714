import { type Check, type ConnectionAuth, type Report, isAccessError } from '@sluice/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type WebdavServer, startWebdavServer } from './support/webdav-server.ts'
import { type WebdavWorld, webdavWorld } from './support/webdav-world.ts'

const signal = new AbortController().signal
let server: WebdavServer
let world: WebdavWorld

beforeEach(async () => {
  server = await startWebdavServer({ open: '/public/', readOnly: '/archive/' })
  for (const share of ['lake', 'public', 'archive']) server.put(`/${share}/data/a.csv`, 'a,b\n1,2\n')
  world = webdavWorld(server.url)
})
afterEach(async () => {
  world.transport.close()
  await server.close()
})

function opened(password = server.password, method = 'password') {
  const fields: { readonly [name: string]: string } = method === 'none' ? {} : { user: server.user, password }
  const { auth, secret } = world.webdav.parseAuth(method, fields, world.context())
  return { auth, ...(secret === undefined ? {} : { secret }) }
}

async function storeOf(share: string) {
  const { auth, secret } = opened()
  const connection = world.connection({ auth })
  const location = world.webdav.parse(`webdav://${share}/`)
  const scope = { location, access: ['list', 'read', 'write', 'delete'] as const }
  const lease = await world.webdav.lease({ connection, ...(secret ? { secret } : {}) }, scope, 3_600, signal)
  return world.webdav.open(connection, location, async () => lease)
}

async function validate(
  url: string,
  access: readonly ('list' | 'read' | 'write' | 'delete')[],
  { auth, secret }: { readonly auth: ConnectionAuth; readonly secret?: { readonly [field: string]: string } } = opened(),
): Promise<readonly (Pick<Check, 'name'> & { readonly status: string; readonly reason?: string })[]> {
  const connection = world.connection({ auth, access })
  const run = world.webdav.validation({ connection, locations: [world.webdav.parse(url)], ...(secret ? { secret } : {}) })
  const outcomes = []
  for (const { name, run: check } of run.checks) outcomes.push({ name, ...(await check(signal)) })
  expect(run.leftovers() satisfies Report['leftovers']).toEqual([])
  return outcomes
}

const notPassed = (outcomes: Awaited<ReturnType<typeof validate>>) =>
  outcomes.filter(({ status }) => status === 'failed' || status === 'inconclusive').map(({ name, status }) => `${name} ${status}`)

describe('a share', () => {
  it('is read back from the URL it is written as, whatever it is called', () => {
    for (const url of ['webdav://lake/', 'webdav://My%20Files/a%20b/', 'webdav://%C3%A4/x.csv', 'webdav://a%3Ab/'])
      expect(world.webdav.parse(world.webdav.format(world.webdav.parse(url)))).toEqual(world.webdav.parse(url))
    for (const url of [
      'webdav://',
      'webdav://../',
      'webdav://a%2Fb/',
      'webdav://lake/a//b',
      'webdav://lake/?x',
      'https://dav.example.com/lake/',
    ])
      expect(() => world.webdav.parse(url), url).toThrow('')
  })

  it('gives up a user and a password from a URL', () => {
    expect(world.webdav.splitCredential('webdav://a%40b:p%3Ass@lake/data/')).toEqual({
      url: 'webdav://lake/data/',
      credential: { method: 'password', fields: { user: 'a@b', password: 'p:ss' } },
    })
    expect(world.webdav.splitCredential('webdav://lake/a@b:c/')).toEqual({ url: 'webdav://lake/a@b:c/' })
  })

  it('never loses a folder to a delete of its name, nor shows one as an object', async () => {
    const store = await storeOf('lake')
    await store.delete('data', {}, signal)
    expect(server.files()).toContain('/lake/data/a.csv')
    await expect(store.get('data', {}, signal)).rejects.toMatchObject({ reason: 'object.missing' })
    await expect(store.head('data', {}, signal)).rejects.toMatchObject({ reason: 'object.missing' })
  })

  it('is not listed as empty when it is not there, or not to be seen', async () => {
    await expect((await storeOf('nowhere')).listPage({ prefix: '' }, signal)).rejects.toMatchObject({ reason: 'object.missing' })
    expect(await (await storeOf('lake')).listPage({ prefix: 'nothing/' }, signal)).toEqual({ objects: [], prefixes: [] })
  })

  it('says who was refused what, and not the password', async () => {
    const refused = await (await storeOf('archive')).put('x', new Uint8Array(1), {}, signal).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'denied', reason: 'write.denied', provider: { status: 403 } })
    expect(isAccessError(refused) ? JSON.stringify([refused, refused.message]) : server.password).not.toContain(server.password)
  })
})

describe('validating a share', () => {
  it('passes for who may read and write, and leaves nothing behind', async () => {
    expect(notPassed(await validate('webdav://lake/data/', ['list', 'read', 'write', 'delete']))).toEqual([
      'grant-no-broader-than-asked failed',
    ])
    expect(server.files()).toHaveLength(3)
  })

  it('passes for a public share without a user', async () => {
    const outcomes = await validate('webdav://public/data/', ['list', 'read'], opened('', 'none'))
    expect(notPassed(outcomes).filter((line) => !line.startsWith('grant-'))).toEqual([])
  })

  it.each([
    ['the password is wrong', 'webdav://lake/data/', ['list', 'read'], 'wrong', 'trust-accepts-us'],
    ['the share is not there', 'webdav://nowhere/', ['list', 'read'], undefined, 'bucket-is-the-expected-one'],
    ['the user may not write', 'webdav://archive/data/', ['list', 'read', 'write'], undefined, 'writes-object'],
  ] as const)('fails at the right check when %s', async (_case, url, access, password, name) => {
    const outcomes = await validate(url, access, opened(password))
    expect(outcomes.find((outcome) => outcome.name === name)).toMatchObject({ status: 'failed' })
  })

  it('cannot tell of an empty folder whether it could be read', async () => {
    const store = await storeOf('lake')
    await store.put('empty/x', new Uint8Array(1), {}, signal)
    await store.delete('empty/x', {}, signal)
    const outcomes = await validate('webdav://lake/empty/', ['list', 'read'])
    expect(outcomes.find(({ name }) => name === 'reads-object')).toMatchObject({ status: 'inconclusive' })
  })
})
