import { inspect } from 'node:util'
import { accessError, type Connection } from '@sluice/core'
import type { Rotation, RotationEvent, RotationRequest } from '@sluice/service'
import { beforeEach, describe, expect, it } from 'vitest'
import { KEYS } from './support/lease-cloud.ts'
import { createOffice, never, roleInput, type Office } from './support/office.ts'

const NEW_SECRET = 'n'.repeat(40)
const NEW = { accessKeyId: 'AKIANEWNEWNEWNEWNEWN', secretAccessKey: NEW_SECRET }

let office: Office
beforeEach(async () => {
  office = await createOffice()
  await office.connections.create(office.alpha, roleInput({ method: 'keys', auth: KEYS }))
})

async function rotate(
  request: RotationRequest,
  signal = never,
): Promise<{ readonly events: readonly RotationEvent[]; readonly rotation: Rotation }> {
  const events: RotationEvent[] = []
  for await (const event of office.rotations.rotate(office.alpha, 'lake', request, signal)) events.push(event)
  const last = events.at(-1)
  if (last?.type !== 'rotation') throw new Error('expected a rotation last')
  return { events, rotation: last.rotation }
}

const lake = () => office.connections.get(office.alpha, 'lake')
const secretOf = async ({ id, auth }: Pick<Connection, 'id' | 'auth'>) =>
  (await office.store.secrets.get(auth.secretId ?? '', id))?.['secretAccessKey']
const actions = async () =>
  (await office.events(office.alpha)).map(({ action, result, reason }) => [action, result, reason].join(' ').trim()).toReversed()

describe('rotating a secret', () => {
  it('tries the new one first, then switches, deletes the old one and ends its leases', async () => {
    office.lake.accepted.add(NEW_SECRET)
    const before = await lake()
    const old = await office.leases.open(office.alpha, before, before.locations[0]!, ['read'], never)
    await old.get('data/a', {}, never).catch(() => {})
    const askedBefore = office.lake.asked.length
    const { events, rotation } = await rotate({ auth: NEW })
    expect(events.map((event) => event.type)).toEqual(['checks-planned', 'check-started', 'check-finished', 'rotation'])
    expect(rotation).toMatchObject({ outcome: 'switched', report: { verdict: 'passed' }, connection: { state: 'ready' } })
    const after = await lake()
    office.clock.advance(10_000)
    await old.get('data/a', {}, never).catch(() => {})
    expect(office.lake.asked).toHaveLength(askedBefore + 1)
    expect(after).toMatchObject({ auth: { fields: { accessKeyId: NEW.accessKeyId } }, state: 'ready', pinned: { region: 'us-west-2' } })
    expect(after.next).toBeUndefined()
    expect([await secretOf(after), await secretOf({ ...before })]).toEqual([NEW_SECRET, undefined])
    const changes = (await actions()).filter((action) => action.startsWith('connection.'))
    expect(changes).toEqual(['connection.create ok', 'connection.rotate-begin ok', 'connection.rotate ok'])
    expect(await office.store.reports.list(after.id, 10)).toHaveLength(1)
    expect(inspect([events, await office.events(office.alpha)], { depth: 20 })).not.toContain(NEW_SECRET)
  })

  it('keeps the old one when the new one fails, and says why', async () => {
    const { rotation } = await rotate({ auth: NEW })
    expect(rotation).toMatchObject({ outcome: 'kept', report: { verdict: 'failed', checks: [{ reason: 'aws.denied' }] } })
    const after = await lake()
    expect([await secretOf(after), after.state]).toEqual([KEYS.secretAccessKey, 'waiting'])
    expect(after.next).toMatchObject({ auth: { fields: { accessKeyId: NEW.accessKeyId } }, checked: { verdict: 'failed' } })
    expect(await office.store.reports.list(after.id, 10)).toEqual([])
    expect(await actions()).toEqual(['connection.create ok', 'connection.rotate-begin ok', 'connection.rotate refused aws.denied'])
  })

  it('tries the one that waits again, and switches once it holds', async () => {
    await rotate({ auth: NEW })
    office.lake.accepted.add(NEW_SECRET)
    expect((await rotate({})).rotation.outcome).toBe('switched')
    expect(await secretOf(await lake())).toBe(NEW_SECRET)
  })

  it('does not take what could not be told for a pass', async () => {
    office.lake.accepted.add(NEW_SECRET)
    office.lake.behave(() => {
      throw accessError('network.timeout', { message: 'No answer.' })
    })
    expect((await rotate({ auth: NEW })).rotation).toMatchObject({ outcome: 'kept', report: { verdict: 'inconclusive' } })
    expect((await lake()).next).toMatchObject({ checked: { verdict: 'inconclusive' } })
    expect(await secretOf(await lake())).toBe(KEYS.secretAccessKey)
  })

  it('goes on with the old one when it is broken off in the middle, and can be taken up again', async () => {
    office.lake.accepted.add(NEW_SECRET)
    const release = office.lake.hold()
    const crash = new AbortController()
    const running = rotate({ auth: NEW }, crash.signal)
    while ((await lake()).next === undefined) await new Promise((resolve) => setImmediate(resolve))
    crash.abort()
    await expect(running).rejects.toThrow()
    release()
    const after = await lake()
    expect([await secretOf(after), after.next?.checked]).toEqual([KEYS.secretAccessKey, undefined])
    expect((await rotate({})).rotation.outcome).toBe('switched')
  })

  it('lets the later of two rotations win', async () => {
    office.lake.accepted.add(NEW_SECRET).add('o'.repeat(40))
    const release = office.lake.hold()
    const first = rotate({ auth: NEW })
    const refused = expect(first).rejects.toMatchObject({ reason: 'rotation.overtaken' })
    while ((await lake()).next === undefined) await new Promise((resolve) => setImmediate(resolve))
    const second = rotate({ auth: { ...NEW, secretAccessKey: 'o'.repeat(40) } })
    while ((await lake()).version < 3) await new Promise((resolve) => setImmediate(resolve))
    release()
    await refused
    expect((await second).rotation.outcome).toBe('switched')
    expect(await secretOf(await lake())).toBe('o'.repeat(40))
  })

  it('does not switch when the connection became another one under the test', async () => {
    office.lake.accepted.add(NEW_SECRET)
    const release = office.lake.hold()
    const running = rotate({ auth: NEW })
    const refused = expect(running).rejects.toMatchObject({ reason: 'rotation.overtaken' })
    while ((await lake()).next === undefined) await new Promise((resolve) => setImmediate(resolve))
    await office.connections.update(office.alpha, 'lake', { locations: ['s3://other/'] })
    release()
    await refused
    expect(await secretOf(await lake())).toBe(KEYS.secretAccessKey)
  })

  it('keeps the open fields that are not said anew, and the new end', async () => {
    office.lake.accepted.add(NEW_SECRET)
    const { rotation } = await rotate({ auth: { secretAccessKey: NEW_SECRET }, secretExpiresAt: '2027-01-01T00:00:00Z' })
    expect(rotation.connection.auth).toMatchObject({
      fields: { accessKeyId: KEYS.accessKeyId },
      secretExpiresAt: '2027-01-01T00:00:00.000Z',
    })
  })

  it('takes the first secret of a connection that waits for it', async () => {
    await office.connections.replace(office.alpha, roleInput({ method: 'role', auth: {} }))
    await office.connections.replace(office.alpha, roleInput({ method: 'keys', auth: {} }))
    expect((await lake()).auth.secretId).toBeUndefined()
    expect((await rotate({ auth: KEYS })).rotation.outcome).toBe('switched')
    expect(await secretOf(await lake())).toBe(KEYS.secretAccessKey)
  })

  it('is given up on demand: the waiting secret is deleted', async () => {
    await rotate({ auth: NEW })
    const waiting = (await lake()).next
    expect((await office.rotations.abandon(office.alpha, 'lake')).next).toBeUndefined()
    expect(await office.store.secrets.get(waiting?.auth.secretId ?? '', (await lake()).id)).toBeUndefined()
    expect(await secretOf(await lake())).toBe(KEYS.secretAccessKey)
    await expect(office.rotations.abandon(office.alpha, 'lake')).rejects.toMatchObject({ reason: 'rotation.none' })
  })

  it.each([
    ['the present secret again', { auth: KEYS }, 'rotation.same_secret'],
    ['no secret', { auth: { accessKeyId: 'AKIA' } }, 'auth.missing_field'],
    ['nothing while nothing waits', {}, 'rotation.none'],
  ] as const)('refuses %s', async (_, request, reason) => {
    await expect(rotate(request)).rejects.toMatchObject({ reason })
    expect((await lake()).next).toBeUndefined()
  })

  it('refuses a method without a secret, a disabled connection, and another project', async () => {
    await office.connections.create(office.alpha, roleInput({ name: 'role' }))
    const collect = async (name: string, caller = office.alpha) => {
      for await (const _ of office.rotations.rotate(caller, name, { auth: NEW }, never));
    }
    await expect(collect('role')).rejects.toMatchObject({ reason: 'rotation.no_secret' })
    await expect(collect('lake', office.beta)).rejects.toMatchObject({ reason: 'store.missing' })
    await office.connections.disable(office.alpha, 'lake')
    await expect(collect('lake')).rejects.toMatchObject({ reason: 'connection.disabled' })
    expect((await lake()).next).toBeUndefined()
  })
})
