import { beforeEach, describe, expect, it } from 'vitest'
import { HOSTILE, keysAuth, sampleConnection, sampleEvent } from './store-samples.ts'
import type { StoreSubject } from './store.ts'

const LATER = '2027-01-31T00:00:00.000Z'
const LAST = '2027-02-28T12:00:00.000Z'

/** The secrets of connections: the one in use, the one to follow it, and when each ends. */
export function testSecrets(subject: StoreSubject): void {
  describe('secrets', () => {
    it('open for the connection they were stored for, and no other', async () => {
      await subject.store.secrets.put({ id: 'secret_1', connectionId: 'one', value: { key: HOSTILE } })
      expect(await subject.store.secrets.get('secret_1', 'one')).toEqual({ key: HOSTILE })
      expect(await subject.store.secrets.get('secret_1', 'two')).toBeUndefined()
      await subject.reopen()
      expect(await subject.store.secrets.get('secret_1', 'one')).toEqual({ key: HOSTILE })
      await subject.store.secrets.delete('secret_1')
      expect(await subject.store.secrets.get('secret_1', 'one')).toBeUndefined()
    })

    it('are not replaced silently', async () => {
      await subject.store.secrets.put({ id: 'secret_1', connectionId: 'one', value: { key: 'first' } })
      await expect(subject.store.secrets.put({ id: 'secret_1', connectionId: 'two', value: { key: 'second' } })).rejects.toMatchObject({
        reason: 'store.duplicate',
      })
      expect(await subject.store.secrets.get('secret_1', 'one')).toEqual({ key: 'first' })
    })

    it('are two while the next one waits, and then the one that is in use', async () => {
      const { connections, secrets } = subject.store
      const one = sampleConnection({ id: 'one', auth: keysAuth('secret_1') })
      await connections.create(one, { secret: { id: 'secret_1', value: { key: 'first' } } })
      const next = { auth: keysAuth('secret_2'), addedAt: LATER }
      await connections.update({ ...one, next, version: 2 }, { secret: { id: 'secret_2', value: { key: 'second' } } })
      expect(await connections.getById('one')).toMatchObject({ auth: { secretId: 'secret_1' }, next })
      expect([await secrets.get('secret_1', 'one'), await secrets.get('secret_2', 'one')]).toEqual([{ key: 'first' }, { key: 'second' }])
      await connections.update({ ...one, auth: next.auth, version: 3 })
      expect([await secrets.get('secret_1', 'one'), await secrets.get('secret_2', 'one')]).toEqual([undefined, { key: 'second' }])
    })

    it('lose the next one when it is given up', async () => {
      const { connections, secrets } = subject.store
      const one = sampleConnection({ id: 'one', auth: keysAuth('secret_1') })
      await connections.create(one, { secret: { id: 'secret_1', value: { key: 'first' } } })
      const next = { auth: keysAuth('secret_2'), addedAt: LATER }
      await connections.update({ ...one, next, version: 2 }, { secret: { id: 'secret_2', value: { key: 'second' } } })
      await connections.update({ ...one, version: 3 })
      expect([await secrets.get('secret_1', 'one'), await secrets.get('secret_2', 'one')]).toEqual([{ key: 'first' }, undefined])
    })
  })

  describe('the ends of secrets', () => {
    const one = sampleConnection({ id: 'one', auth: { ...keysAuth('secret_1'), secretExpiresAt: LATER } })
    const ending = (warning: string, span = { after: '', until: LAST }) => subject.store.secrets.ending({ ...span, warning, limit: 10 })
    const idsOf = async (warning: string, span?: { readonly after: string; readonly until: string }) =>
      (await ending(warning, span)).map((secret) => secret.id)
    beforeEach(() => subject.store.connections.create(one, { secret: { id: 'secret_1', value: { key: 'first' } } }))

    it('are found within a span of time, the earliest first', async () => {
      const other = sampleConnection({ id: 'two', auth: { ...keysAuth('secret_2'), secretExpiresAt: '2027-01-30T18:00:00-06:00' } })
      await subject.store.connections.create(other, { secret: { id: 'secret_2', value: { key: 'k' } } })
      const last = sampleConnection({ id: 'three', auth: { ...keysAuth('secret_3'), secretExpiresAt: LAST } })
      await subject.store.connections.create(last, { secret: { id: 'secret_3', value: { key: 'k' } } })
      await subject.store.connections.create(sampleConnection({ id: 'endless', auth: keysAuth('secret_4') }), {
        secret: { id: 'secret_4', value: { key: 'k' } },
      })
      expect(await ending('soon')).toEqual([
        { id: 'secret_1', connectionId: 'one', endsAt: LATER },
        { id: 'secret_2', connectionId: 'two', endsAt: LATER },
        { id: 'secret_3', connectionId: 'three', endsAt: LAST },
      ])
      expect(await idsOf('soon', { after: LATER, until: LAST })).toEqual(['secret_3'])
      expect(await idsOf('soon', { after: '', until: LATER })).toEqual(['secret_1', 'secret_2'])
      expect(await subject.store.secrets.ending({ after: '', until: LAST, warning: 'soon', limit: 1 })).toHaveLength(1)
    })

    it('are warned of once, whoever is first, with one event', async () => {
      const warn = (target: string) =>
        subject.store.secrets.warned('secret_1', 'soon', sampleEvent({ action: 'connection.expiry', target }))
      const told = await Promise.all(Array.from({ length: 8 }, (_, node) => warn(`node-${node}`)))
      expect(told.filter(Boolean)).toHaveLength(1)
      await subject.reopen()
      expect(await warn('late')).toBe(false)
      expect(await idsOf('soon')).toEqual([])
      expect(await idsOf('over')).toEqual(['secret_1'])
      expect(await subject.store.audit.list('alpha', { limit: 10 })).toMatchObject([{ target: `node-${told.indexOf(true)}` }])
    })

    it('are warned of anew when they move, and not when something else changes', async () => {
      await subject.store.secrets.warned('secret_1', 'soon', sampleEvent({}))
      await subject.store.connections.update({ ...one, description: 'changed', version: 2 })
      expect(await idsOf('soon')).toEqual([])
      await subject.store.connections.update({ ...one, auth: { ...one.auth, secretExpiresAt: LAST }, version: 3 })
      expect(await ending('soon')).toEqual([{ id: 'secret_1', connectionId: 'one', endsAt: LAST }])
    })

    it('are those of the next secret too, and gone with the connection', async () => {
      const next = { auth: { ...keysAuth('secret_2'), secretExpiresAt: LAST }, addedAt: LATER }
      await subject.store.connections.update({ ...one, next, version: 2 }, { secret: { id: 'secret_2', value: { key: 'second' } } })
      expect(await idsOf('soon')).toEqual(['secret_1', 'secret_2'])
      await subject.store.connections.delete('one')
      expect(await idsOf('soon')).toEqual([])
      expect(await subject.store.secrets.warned('secret_1', 'soon', sampleEvent({}))).toBe(false)
    })
  })
}
