import { inspect } from 'node:util'
import { accessError, type Connection } from '@sluice/core'
import { beforeEach, describe, expect, it } from 'vitest'
import { KEYS } from './support/lease-cloud.ts'
import { createOffice, never, ROLE, roleInput, type Office } from './support/office.ts'

const MINUTE = 60_000

let office: Office
beforeEach(async () => {
  office = await createOffice()
  await office.trusted(office.alpha)
})

const lease = (changes: Partial<Parameters<Office['leases']['create']>[1]> = {}, signal = never) =>
  office.leases.create(office.alpha, { connection: 'lake', access: ['read'], ...changes }, signal)

/** Lets everything go on that waits for nothing but its turn. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('a lease', () => {
  it('covers what was asked for, in order and once, and is audited without its secret', async () => {
    const issued = await lease({ access: ['read', 'list', 'read'] })
    expect(issued.scope).toEqual({
      location: expect.objectContaining({ bucket: 'test-bucket-123', prefix: 'data/' }),
      access: ['list', 'read'],
    })
    const events = await office.events(office.alpha)
    expect(events.map((event) => event.action)).toEqual(['lease.create', 'lease.mint', 'connection.create'])
    expect(events[0]).toMatchObject({
      actor: 'token:alpha',
      target: 'lake',
      details: { lease: issued.id, access: 'list read', location: 's3://test-bucket-123/data/', narrowed: true },
    })
    if (issued.secret.kind !== 'aws') throw new Error('expected an AWS credential')
    expect(inspect(events, { depth: 9 })).not.toContain(issued.secret.secretAccessKey)
  })

  it.each([
    ['no access', { access: [] }, 'lease.no_access'],
    ['an access outside the purposes', { access: ['read', 'write'] }, 'lease.outside_scope'],
    ['another bucket', { location: 's3://other/data/' }, 'lease.outside_scope'],
    ['the parent folder', { location: 's3://test-bucket-123/' }, 'lease.outside_scope'],
    ['a sibling with the same beginning', { location: 's3://test-bucket-123/data-2/' }, 'lease.outside_scope'],
    ['a longer minimum than a lease can have', { minimumSeconds: 3_301 }, 'lease.minimum_invalid'],
    ['a minimum that is no number', { minimumSeconds: Number.NaN }, 'lease.minimum_invalid'],
    ['a connection that is not there', { connection: 'sea' }, 'store.missing'],
  ] as const)('is refused for %s, without asking the cloud', async (_, request, reason) => {
    await expect(lease(request)).rejects.toMatchObject({ reason })
    expect(office.lake.asked).toEqual([])
    expect((await office.events(office.alpha))[0]).toMatchObject({ action: 'lease.create', result: 'refused', reason })
  })

  it('may be for a part of a location', async () => {
    expect((await lease({ location: 's3://test-bucket-123/data/2026/file.parquet' })).scope.location.prefix).toBe('data/2026/file.parquet')
  })

  it('needs a location named where the connection has several', async () => {
    await office.trusted(office.alpha, { name: 'two', locations: ['s3://a/', 's3://b/'], auth: { roleArn: `${ROLE}-2` } })
    await expect(lease({ connection: 'two' })).rejects.toMatchObject({ reason: 'lease.location_needed' })
    expect((await lease({ connection: 'two', location: 's3://b/' })).scope.location.bucket).toBe('b')
  })

  it('goes where the stages of its own project point, for a connection without locations', async () => {
    await office.trusted(office.alpha, { name: 'open', locations: [], auth: { roleArn: `${ROLE}-2` } })
    const request = { connection: 'open', location: 's3://staged/in/file.csv' }
    await expect(lease(request)).rejects.toMatchObject({ reason: 'lease.outside_scope' })
    const { id } = await office.connections.get(office.alpha, 'open')
    const stage = {
      id: 'stage_1',
      project: 'beta',
      name: 'files',
      connectionId: id,
      location: { cloud: 'aws', bucket: 'staged', prefix: 'in/', extent: 'folder' },
      format: { type: 'csv', compression: 'auto' },
      comment: '',
      createdAt: '',
      updatedAt: '',
    } as const
    await office.store.stages.create(stage)
    await expect(lease(request)).rejects.toMatchObject({ reason: 'lease.outside_scope' })
    await office.store.stages.create({ ...stage, id: 'stage_2', project: 'alpha' })
    expect((await lease(request)).scope.location.bucket).toBe('staged')
  })

  it('of keys is not handed out: it would be the key', async () => {
    await office.connections.create(office.alpha, roleInput({ name: 'keys', method: 'keys', auth: KEYS }))
    await expect(lease({ connection: 'keys' })).rejects.toMatchObject({ code: 'unsupported', reason: 'lease.not_narrowed' })
    expect(office.lake.asked).toEqual([])
  })

  it('is not handed out unless it could be recorded', async () => {
    const { store, lake } = office
    let broken = false
    office = await createOffice({
      clouds: [lake.cloud],
      store: {
        ...store,
        audit: { ...store.audit, append: (event) => (broken ? Promise.reject(new Error('the disk is full')) : store.audit.append(event)) },
      },
    })
    await lease()
    broken = true
    await expect(lease()).rejects.toThrow('the disk is full')
  })
})

describe('one mint', () => {
  it('serves a thousand concurrent first requests', async () => {
    const release = office.lake.hold()
    const requests = Array.from({ length: 1_000 }, () => lease())
    await settle()
    release()
    const leases = await Promise.all(requests)
    expect(new Set(leases.map(({ id }) => id)).size).toBe(1)
    expect(office.lake.asked).toHaveLength(1)
    expect(office.leases.stats()).toEqual({ served: 1_000, minted: 1 })
  })

  it('does not make another tenant wait', async () => {
    await office.trusted(office.beta, { auth: { roleArn: `${ROLE}-2` } })
    await office.leases.create(office.beta, { connection: 'lake', access: ['read'] }, never)
    const release = office.lake.hold()
    const slow = lease()
    await settle()
    const quick = await office.leases.create(office.beta, { connection: 'lake', access: ['read'] }, never)
    expect(quick.id).toBe('lease_1')
    release()
    expect((await slow).id).toBe('lease_2')
  })

  it('goes on when one of those who wait gives up, and is aborted when all do', async () => {
    const release = office.lake.hold()
    const [first, second] = [new AbortController(), new AbortController()]
    const given = lease({}, first.signal)
    const kept = lease({}, second.signal)
    await settle()
    first.abort()
    await expect(given).rejects.toMatchObject({ name: 'AbortError' })
    release()
    expect((await kept).id).toBe('lease_1')

    office.clock.advance(50 * MINUTE)
    office.lake.hold()
    const alone = lease({}, second.signal)
    await settle()
    second.abort()
    await expect(alone).rejects.toMatchObject({ name: 'AbortError' })
    await settle()
    expect((await office.events(office.alpha)).map(({ action, result }) => `${action} ${result}`).slice(0, 2)).toContain(
      'lease.mint failed',
    )
  })

  it('that fails is told to all who wait, recorded, and not remembered', async () => {
    office.lake.behave(() => {
      throw accessError('network.timeout', { message: 'STS did not answer.' })
    })
    const release = office.lake.hold()
    const requests = [lease(), lease(), lease()]
    await settle()
    release()
    for (const request of requests) await expect(request).rejects.toMatchObject({ reason: 'network.timeout' })
    expect(office.lake.asked).toHaveLength(1)
    office.lake.behave(() => {})
    expect((await lease()).id).toBe('lease_1')
    const mints = (await office.events(office.alpha)).filter((event) => event.action === 'lease.mint')
    expect(mints.map((event) => `${event.result} ${event.reason ?? ''}`)).toEqual(['ok ', 'failed network.timeout'])
  })
})

describe('the minimum life', () => {
  it('is 15 minutes unless told: then a new lease is minted', async () => {
    await lease()
    office.clock.advance(45 * MINUTE)
    expect((await lease()).id).toBe('lease_1')
    office.clock.advance(1)
    expect((await lease()).id).toBe('lease_2')
  })

  it('may be set by the caller', async () => {
    await lease()
    office.clock.advance(10 * MINUTE)
    expect((await lease({ minimumSeconds: 3_300 })).id).toBe('lease_2')
    office.clock.advance(59 * MINUTE)
    expect((await lease({ minimumSeconds: 0 })).id).toBe('lease_2')
    office.clock.advance(MINUTE)
    expect((await lease({ minimumSeconds: 0 })).id).toBe('lease_3')
  })
})

describe('ending', () => {
  it.each([
    ['disabling', (name: string) => office.connections.disable(office.alpha, name), 'connection.disabled'],
    ['deleting', (name: string) => office.connections.delete(office.alpha, name), 'store.missing'],
  ])('%s ends what is cached', async (_, end, reason) => {
    await lease()
    await end('lake')
    await expect(lease()).rejects.toMatchObject({ reason })
  })

  it('an update ends what is cached; the next lease is of the new form', async () => {
    await lease()
    await office.connections.update(office.alpha, 'lake', { purposes: ['export'] })
    await expect(lease()).rejects.toMatchObject({ reason: 'lease.outside_scope' })
    expect((await lease({ access: ['write'] })).id).toBe('lease_2')
  })

  it('reaches mints under way: those who wait get nothing of the old, and are told why', async () => {
    const release = office.lake.hold()
    const waiting = [lease(), lease()]
    await settle()
    await office.connections.disable(office.alpha, 'lake')
    release()
    for (const request of waiting) await expect(request).rejects.toMatchObject({ reason: 'connection.disabled' })
    expect(office.leases.stats().served).toBe(0)
  })

  it('those who wait get a lease of the new form when the connection was only changed', async () => {
    office.lake.hold()
    const waiting = lease()
    await settle()
    office.lake.hold()()
    await office.connections.update(office.alpha, 'lake', { description: 'new' })
    expect((await waiting).id).toBe('lease_1')
    expect(office.lake.asked).toHaveLength(2)
  })

  it('reaches a lease between its record and its handing out', async () => {
    const { store } = office
    let disable: (() => Promise<unknown>) | undefined
    const other = await createOffice({
      store: {
        ...store,
        audit: {
          ...store.audit,
          async append(event) {
            await store.audit.append(event)
            if (event.action === 'lease.create' && event.result === 'ok') await disable?.()
          },
        },
      },
      clouds: [office.lake.cloud],
    })
    disable = () => other.connections.disable(office.alpha, 'lake')
    await expect(other.leases.create(office.alpha, { connection: 'lake', access: ['read'] }, never)).rejects.toMatchObject({
      reason: 'connection.disabled',
    })
  })
})

describe('opened stores', () => {
  const open = async () => {
    const connection = await office.connections.get(office.alpha, 'lake')
    const location = connection.locations[0]
    if (!location) throw new Error('expected a location')
    return office.leases.open(office.alpha, connection, location, ['list', 'read'], never)
  }
  const list = async (store: Awaited<ReturnType<typeof open>>) => {
    await store.listPage({ prefix: '' }, never)
    return office.lake.requests.at(-1)?.lease.id
  }

  it('share one lease for all their requests', async () => {
    const [one, other] = [await open(), await open()]
    expect(await Promise.all([list(one), list(other), list(one)])).toEqual(['lease_1', 'lease_1', 'lease_1'])
    expect(office.leases.stats()).toEqual({ served: 3, minted: 1 })
  })

  it('renew ahead of the end without a request waiting for it', async () => {
    const store = await open()
    await list(store)
    office.clock.advance(46 * MINUTE)
    const release = office.lake.hold()
    expect(await list(store)).toBe('lease_1')
    expect(await list(store)).toBe('lease_1')
    await settle()
    expect(office.lake.asked).toHaveLength(2)
    release()
    await settle()
    expect(await list(store)).toBe('lease_2')
  })

  it('go on through a failing renewal until the last minute', async () => {
    const store = await open()
    await list(store)
    office.lake.behave(() => {
      throw accessError('network.timeout', { message: 'STS did not answer.' })
    })
    office.clock.advance(58 * MINUTE)
    expect(await list(store)).toBe('lease_1')
    office.clock.advance(1.5 * MINUTE)
    await expect(list(store)).rejects.toMatchObject({ reason: 'network.timeout' })
  })

  it('are over once the connection is disabled, here at once', async () => {
    const store = await open()
    await list(store)
    await office.connections.disable(office.alpha, 'lake')
    await expect(list(store)).rejects.toMatchObject({ reason: 'connection.disabled' })
  })

  it('are over within seconds once another node has disabled the connection', async () => {
    const store = await open()
    await list(store)
    const connection = await office.connections.get(office.alpha, 'lake')
    await office.store.connections.update({ ...connection, state: 'disabled', version: 2 })
    office.clock.advance(5_000)
    await expect(list(store)).rejects.toMatchObject({ reason: 'connection.disabled' })
  })

  it('use a lease for each access where one for all is too large', async () => {
    office.lake.behave((scope) => {
      if (scope.access.length > 1) throw accessError('aws.lease.policy_too_large', { message: 'PackedPolicyTooLarge' })
    })
    const store = await open()
    await list(store)
    await list(store)
    await store.get('missing', {}, never).catch(() => {})
    expect(office.lake.requests.map(({ lease, access }) => `${access}: ${lease.scope.access.join(' ')}`)).toEqual([
      'list: list',
      'list: list',
      'read: read',
    ])
    expect(office.lake.asked).toHaveLength(3)
  })

  it('do only what they were opened for, also where that takes several leases, or a key that could do more', async () => {
    const placeOf = ({ locations: [location] }: Connection) => location ?? expect.unreachable('expected a location')
    const role = await office.connections.get(office.alpha, 'lake')
    const { connection: keys } = await office.connections.create(office.alpha, roleInput({ name: 'keys', method: 'keys', auth: KEYS }))
    for (const connection of [role, keys]) {
      const store = await office.leases.open(office.alpha, connection, placeOf(connection), ['list'], never)
      await expect(store.get('data/x', {}, never)).rejects.toMatchObject({ reason: 'lease.outside_scope' })
    }
    const { connection } = await office.connections.update(office.alpha, 'lake', { purposes: ['backup'] })
    office.lake.behave((scope) => {
      if (scope.access.length > 1) throw accessError('aws.lease.policy_too_large', { message: 'PackedPolicyTooLarge' })
    })
    const store = await office.leases.open(office.alpha, connection, placeOf(connection), ['list', 'delete'], never)
    await expect(list(store)).resolves.toBeDefined()
    await expect(store.get('data/x', {}, never)).rejects.toMatchObject({ reason: 'lease.outside_scope' })
    expect(office.lake.asked.some((asked) => asked.endsWith(' read'))).toBe(false)
  })

  it('are not opened outside the connection, nor for a connection of another project', async () => {
    const connection = await office.connections.get(office.alpha, 'lake')
    const location = { cloud: 'aws', bucket: 'other', prefix: '', extent: 'bucket' } as const
    await expect(office.leases.open(office.alpha, connection, location, ['read'], never)).rejects.toMatchObject({
      reason: 'lease.outside_scope',
    })
    await expect(office.leases.open(office.beta, connection, location, ['read'], never)).rejects.toMatchObject({ reason: 'store.missing' })
  })

  it('of keys use the secret from the vault', async () => {
    const { connection } = await office.connections.create(office.alpha, roleInput({ name: 'keys', method: 'keys', auth: KEYS }))
    const location = connection.locations[0]
    if (!location) throw new Error('expected a location')
    const store = await office.leases.open(office.alpha, connection, location, ['list'], never)
    expect(await list(store)).toBe('lease_1')
  })
})
