import { describe, expect, it } from 'vitest'
import { HOSTILE, keysAuth, sampleConnection, sampleEvent, sampleReport, sampleStage } from './store-samples.ts'
import type { StoreSubject } from './store.ts'

/** Connections, and what is written in one transaction with them. */
export function testConnections(subject: StoreSubject): void {
  describe('connections', () => {
    it('gives back what was stored, whatever its texts hold', async () => {
      const connection = sampleConnection({
        id: 'one',
        description: HOSTILE,
        labels: { team: HOSTILE },
        pinned: { bucketOwner: '987654321987' },
      })
      await subject.store.connections.create(connection)
      expect(await subject.store.connections.get('alpha', 'one')).toEqual(connection)
      await subject.reopen()
      expect(await subject.store.connections.getById('one')).toEqual(connection)
      expect(await subject.store.connections.getById('two')).toBeUndefined()
    })

    it('finds a name in any case, in its own project only', async () => {
      await subject.store.connections.create(sampleConnection({ id: 'one', name: 'Lake_Test' }))
      expect(await subject.store.connections.get('alpha', 'lake_TEST')).toMatchObject({ name: 'Lake_Test' })
      expect(await subject.store.connections.get('beta', 'Lake_Test')).toBeUndefined()
    })

    it('finds nothing by what nothing can be called', async () => {
      const { audit, connections, stages } = subject.store
      await connections.create(sampleConnection({ id: 'one', name: 'lake' }))
      await stages.create(sampleStage({ id: 'lake', connectionId: 'one' }))
      for (const name of ['\u0000', 'lake\u0000', HOSTILE]) {
        expect(await connections.get('alpha', name)).toBeUndefined()
        expect(await stages.get('alpha', name)).toBeUndefined()
        await expect(stages.delete('alpha', name)).rejects.toMatchObject({ reason: 'store.missing' })
        expect(await audit.list('alpha', { limit: 10, action: name })).toEqual([])
      }
      expect(await connections.list('alpha', { after: 'lake\u0000' })).toEqual([])
      expect(await stages.list('alpha', { after: '\u0000' })).toHaveLength(1)
    })

    it('refuses a name that differs in case alone, and takes it in another project', async () => {
      await subject.store.connections.create(sampleConnection({ id: 'one', name: 'lake' }))
      await expect(subject.store.connections.create(sampleConnection({ id: 'two', name: 'LAKE' }))).rejects.toMatchObject({
        reason: 'store.duplicate',
      })
      await subject.store.connections.create(sampleConnection({ id: 'three', project: 'beta', name: 'lake' }))
    })

    it('lists by name without regard to case, page by page', async () => {
      for (const name of ['b-1', 'A', 'b_1', 'C', 'b1'])
        await subject.store.connections.create(sampleConnection({ id: `id-${name}`, name }))
      await subject.store.connections.create(sampleConnection({ id: 'foreign', project: 'beta' }))
      const names = async (options: { limit?: number; after?: string }) =>
        (await subject.store.connections.list('alpha', options)).map((connection) => connection.name)
      expect(await names({})).toEqual(['A', 'b-1', 'b1', 'b_1', 'C'])
      expect(await names({ limit: 2 })).toEqual(['A', 'b-1'])
      expect(await names({ limit: 2, after: 'B-1' })).toEqual(['b1', 'b_1'])
      expect(await names({ after: 'c' })).toEqual([])
    })

    it('changes only the version that the change was based on', async () => {
      const one = sampleConnection({ id: 'one' })
      await subject.store.connections.create(one)
      await subject.store.connections.update({ ...one, description: 'second', version: 2 })
      await expect(subject.store.connections.update({ ...one, description: 'stale', version: 2 })).rejects.toMatchObject({
        reason: 'store.version',
      })
      await expect(subject.store.connections.update({ ...one, version: 9 })).rejects.toMatchObject({ reason: 'store.version' })
      await expect(subject.store.connections.update(sampleConnection({ id: 'gone', version: 2 }))).rejects.toMatchObject({
        reason: 'store.missing',
      })
      expect(await subject.store.connections.getById('one')).toMatchObject({ description: 'second', version: 2 })
    })

    it('lets exactly one of many concurrent changes through', async () => {
      const one = sampleConnection({ id: 'one' })
      await subject.store.connections.create(one)
      const changes = Array.from({ length: 8 }, (_, index) =>
        subject.store.connections.update({ ...one, description: `${index}`, version: 2 }),
      )
      const outcomes = await Promise.allSettled(changes)
      expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1)
      for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ reason: 'store.version' })
    })

    it('renames, and refuses a name that is taken', async () => {
      const one = sampleConnection({ id: 'one' })
      await subject.store.connections.create(one)
      await subject.store.connections.create(sampleConnection({ id: 'two' }))
      await expect(subject.store.connections.update({ ...one, name: 'TWO', version: 2 })).rejects.toMatchObject({
        reason: 'store.duplicate',
      })
      await subject.store.connections.update({ ...one, name: 'renamed', version: 2 })
      expect(await subject.store.connections.get('alpha', 'one')).toBeUndefined()
      expect(await subject.store.connections.get('alpha', 'renamed')).toMatchObject({ id: 'one', version: 2 })
    })

    it('deletes with secrets and reports, and says when there is nothing to delete', async () => {
      await subject.store.connections.create(sampleConnection({ id: 'one' }), { secret: { id: 'secret_1', value: { key: 'k' } } })
      await subject.store.reports.add(sampleReport('one', 1))
      await subject.store.connections.delete('one', { event: sampleEvent({ action: 'connection.delete' }) })
      expect(await subject.store.connections.getById('one')).toBeUndefined()
      expect(await subject.store.secrets.get('secret_1', 'one')).toBeUndefined()
      expect(await subject.store.reports.list('one', 10)).toEqual([])
      expect(await subject.store.audit.list('alpha', { limit: 10 })).toMatchObject([{ action: 'connection.delete' }])
      await expect(subject.store.connections.delete('one')).rejects.toMatchObject({ reason: 'store.missing' })
    })

    it('is not deleted while a stage refers to it', async () => {
      await subject.store.connections.create(sampleConnection({ id: 'one' }), { secret: { id: 'secret_1', value: { key: 'k' } } })
      await subject.store.stages.create(sampleStage({ id: 'stage', connectionId: 'one' }))
      await expect(subject.store.connections.delete('one')).rejects.toMatchObject({ code: 'conflict', reason: 'store.in_use' })
      expect(await subject.store.secrets.get('secret_1', 'one')).toEqual({ key: 'k' })
      await subject.store.stages.delete('alpha', 'stage')
      await subject.store.connections.delete('one')
    })
  })

  describe('what is written alongside a connection', () => {
    it('is there with it, and not there when it is refused', async () => {
      const value = { secretAccessKey: HOSTILE }
      await subject.store.connections.create(sampleConnection({ id: 'one' }), { secret: { id: 'secret_1', value }, event: sampleEvent({}) })
      expect(await subject.store.secrets.get('secret_1', 'one')).toEqual(value)
      const refused = subject.store.connections.create(sampleConnection({ id: 'two', name: 'one' }), {
        secret: { id: 'secret_2', value },
        event: sampleEvent({ target: 'two' }),
      })
      await expect(refused).rejects.toMatchObject({ reason: 'store.duplicate' })
      expect(await subject.store.secrets.get('secret_2', 'two')).toBeUndefined()
      expect(await subject.store.audit.list('alpha', { limit: 10 })).toMatchObject([{ target: 'one' }])
    })

    it('replaces the secret of a connection, the former one is gone', async () => {
      const one = sampleConnection({ id: 'one', auth: keysAuth('secret_1') })
      await subject.store.connections.create(one, { secret: { id: 'secret_1', value: { key: 'first' } } })
      await subject.store.connections.update({ ...one, description: 'same key', version: 2 })
      expect(await subject.store.secrets.get('secret_1', 'one')).toEqual({ key: 'first' })
      await subject.store.connections.update(
        { ...one, auth: keysAuth('secret_2'), version: 3 },
        { secret: { id: 'secret_2', value: { key: 'second' } } },
      )
      expect(await subject.store.secrets.get('secret_1', 'one')).toBeUndefined()
      expect(await subject.store.secrets.get('secret_2', 'one')).toEqual({ key: 'second' })
      await subject.store.connections.update({ ...one, auth: { method: 'none', fields: {} }, version: 4 })
      expect(await subject.store.secrets.get('secret_2', 'one')).toBeUndefined()
    })
  })
}
