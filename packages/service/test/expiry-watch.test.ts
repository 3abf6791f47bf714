import { createExpiryWatch, type ConnectionInput } from '@sluice/service'
import { beforeEach, describe, expect, it } from 'vitest'
import { KEYS } from './support/lease-cloud.ts'
import { createOffice, never, roleInput, type Office } from './support/office.ts'

const DAY = 86_400_000
let office: Office
beforeEach(async () => {
  office = await createOffice()
})

const inDays = (days: number) => new Date(office.clock.now() + days * DAY).toISOString()
const keyed = (name: string, changes: Partial<ConnectionInput>) =>
  office.connections.create(office.alpha, roleInput({ name, method: 'keys', auth: KEYS, ...changes }))
const warnings = async () =>
  (await office.events(office.alpha))
    .filter((event) => event.action === 'connection.expiry')
    .map(({ target, details }) => `${target} ${details['warning']}`)
    .toReversed()

describe('watching the ends of secrets', () => {
  it('tells of each threshold once, and of nothing else', async () => {
    const watch = createExpiryWatch(office)
    await keyed('ending', { auth: { ...KEYS, endsAt: inDays(31) } })
    await keyed('endless', {})
    expect(await watch.tick(never)).toBe(0)
    for (let hour = 0; hour < 32 * 24; hour++) {
      office.clock.advance(DAY / 24)
      await watch.tick(never)
    }
    expect(await warnings()).toEqual(['ending within-30-days', 'ending within-7-days', 'ending within-1-day', 'ending over'])
  })

  it('tells once whatever the number of nodes, and however often they start', async () => {
    for (let n = 0; n < 250; n++) await keyed(`key_${n}`, { auth: { ...KEYS, endsAt: inDays(5) } })
    const nodes = Array.from({ length: 3 }, () => createExpiryWatch(office))
    const told = await Promise.all(nodes.map((node) => node.tick(never)))
    expect(told.reduce((sum, one) => sum + one, 0) + (await createExpiryWatch(office).tick(never))).toBe(250)
    expect(new Set(await warnings()).size).toBe(250)
  })

  it('tells only of where a secret stands when nobody has watched for long', async () => {
    await keyed('old', { auth: { ...KEYS, endsAt: inDays(20) } })
    office.clock.advance(30 * DAY)
    await createExpiryWatch(office).tick(never)
    expect(await warnings()).toEqual(['old over'])
    const [event] = await office.events(office.alpha)
    expect(event).toMatchObject({ actor: 'system', result: 'ok', details: { secret: 'present', method: 'keys' } })
  })

  it('goes by the end that the owner names, where that is the earlier one, and warns of a new secret anew', async () => {
    const watch = createExpiryWatch(office)
    const { connection } = await keyed('named', { auth: { ...KEYS, endsAt: inDays(300) }, secretExpiresAt: inDays(25) })
    expect(connection.auth.secretExpiresAt).toBe(inDays(25))
    await watch.tick(never)
    await office.connections.update(office.alpha, 'named', { secretExpiresAt: inDays(100) })
    expect(await watch.tick(never)).toBe(0)
    await office.connections.update(office.alpha, 'named', { auth: { ...KEYS, endsAt: inDays(3) } })
    await watch.tick(never)
    expect(await warnings()).toEqual(['named within-30-days', 'named within-7-days'])
  })

  it('refuses an end of what is no secret, and what is no time', async () => {
    const refused = office.connections.create(office.alpha, roleInput({ secretExpiresAt: inDays(1) }))
    await expect(refused).rejects.toMatchObject({ reason: 'connection.bad_setting' })
    await expect(keyed('bad', { secretExpiresAt: 'soon' })).rejects.toMatchObject({ reason: 'connection.bad_setting' })
  })

  it('looks every hour until told to stop, also after something went wrong', async () => {
    const stop = new AbortController()
    const waits: number[] = []
    let isDown = true
    const store = {
      ...office.store,
      secrets: {
        ...office.store.secrets,
        ending: async (span: Parameters<typeof office.store.secrets.ending>[0]) => {
          if (isDown) throw new Error('down')
          return office.store.secrets.ending(span)
        },
      },
    }
    const clock = {
      now: () => office.clock.now(),
      async sleep(ms: number) {
        waits.push(ms)
        isDown = false
        if (waits.length === 2) stop.abort()
      },
    }
    const failures: unknown[] = []
    await keyed('ending', { auth: { ...KEYS, endsAt: inDays(1) } })
    await createExpiryWatch({ store, clock }).run(stop.signal, (cause) => failures.push(cause))
    expect(failures).toHaveLength(1)
    expect(waits).toEqual([3_600_000, 3_600_000])
    expect(await warnings()).toEqual(['ending within-1-day'])
  })
})
