import type { MetadataStore, SigningKey } from '@sluice/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { testConnections } from './store-connections.ts'
import { testExternalIds } from './store-external-ids.ts'
import { testSecrets } from './store-secrets.ts'
import {
  HOSTILE,
  namesOf,
  sampleConnection,
  sampleEvent,
  sampleReport,
  sampleSigningKey,
  sampleStage,
  sampleStatement,
} from './store-samples.ts'

/** One empty database of the kind under test. */
export interface StoreDatabase {
  /** Opens it, with the master key it is always opened with or with another one. */
  open(key?: 'usual' | 'other'): Promise<MetadataStore>
  remove(): Promise<void>
}

export interface StoreHarness {
  makeDatabase(): Promise<StoreDatabase>
}

/** The store under test, which a case may close and open again. */
export interface StoreSubject {
  readonly store: MetadataStore
  reopen(): Promise<void>
}

/** What every metadata store must do, whatever database it keeps its rows in. */
export function testStore(name: string, harness: StoreHarness): void {
  describe(name, () => {
    let database: StoreDatabase
    let store: MetadataStore
    const subject: StoreSubject = {
      get store() {
        return store
      },
      async reopen() {
        await store.close()
        store = await database.open()
      },
    }

    beforeEach(async () => {
      database = await harness.makeDatabase()
      store = await database.open()
    })
    afterEach(async () => {
      await store.close()
      await database.remove()
    })

    describe('organizations and projects', () => {
      it('makes each once and renames on the second time', async () => {
        await subject.store.organizations.ensure({ id: 'org', name: 'One' })
        await subject.store.organizations.ensure({ id: 'org', name: 'Two' })
        await subject.store.projects.ensure({ id: 'alpha', organization: 'org', name: 'Alpha' })
        await subject.store.projects.ensure({ id: 'alpha', organization: 'org', name: 'Alpha 2' })
        expect(await subject.store.organizations.list()).toEqual([{ id: 'org', name: 'Two' }])
        expect(await subject.store.projects.list()).toEqual([{ id: 'alpha', organization: 'org', name: 'Alpha 2' }])
        expect(await subject.store.projects.get('alpha')).toMatchObject({ name: 'Alpha 2' })
        expect(await subject.store.projects.get('beta')).toBeUndefined()
      })
    })

    testConnections(subject)
    testExternalIds(subject)
    testSecrets(subject)

    describe('stages', () => {
      beforeEach(() => subject.store.connections.create(sampleConnection({ id: 'one' })))

      it('gives back what was stored, in any case of the name', async () => {
        const stage = sampleStage({ id: 'stage', name: 'Lake', connectionId: 'one', comment: HOSTILE })
        await subject.store.stages.create(stage)
        expect(await subject.store.stages.get('alpha', 'LAKE')).toEqual(stage)
        expect(await subject.store.stages.get('beta', 'Lake')).toBeUndefined()
      })

      it('refuses a taken name, and replaces when told to', async () => {
        await subject.store.stages.create(sampleStage({ id: 'stage', connectionId: 'one' }))
        const second = sampleStage({ id: 'other', name: 'STAGE', connectionId: 'one', comment: 'second' })
        await expect(subject.store.stages.create(second)).rejects.toMatchObject({ reason: 'store.duplicate' })
        await subject.store.stages.put(second)
        await subject.store.stages.put({ ...second, comment: 'third' })
        expect(await subject.store.stages.list('alpha', {})).toEqual([{ ...second, comment: 'third' }])
      })

      it('refuses a connection that does not exist', async () => {
        const orphan = sampleStage({ id: 'stage', connectionId: 'nowhere' })
        await expect(subject.store.stages.create(orphan)).rejects.toMatchObject({ reason: 'store.missing' })
        await expect(subject.store.stages.put(orphan)).rejects.toMatchObject({ reason: 'store.missing' })
      })

      it('lists by name, page by page, and by connection', async () => {
        await subject.store.connections.create(sampleConnection({ id: 'two' }))
        await subject.store.stages.create(sampleStage({ id: 'b', connectionId: 'one' }))
        await subject.store.stages.create(sampleStage({ id: 'A', connectionId: 'two' }))
        await subject.store.stages.create(sampleStage({ id: 'c', connectionId: 'one' }))
        expect(namesOf(await subject.store.stages.list('alpha', {}))).toEqual(['A', 'b', 'c'])
        expect(namesOf(await subject.store.stages.list('alpha', { after: 'a', limit: 1 }))).toEqual(['b'])
        expect(namesOf(await subject.store.stages.listByConnection('one'))).toEqual(['b', 'c'])
      })

      it('deletes, and says when there is nothing to delete', async () => {
        await subject.store.stages.create(sampleStage({ id: 'stage', connectionId: 'one' }))
        await subject.store.stages.delete('alpha', 'STAGE')
        await expect(subject.store.stages.delete('alpha', 'stage')).rejects.toMatchObject({ reason: 'store.missing' })
      })
    })

    describe('watches', () => {
      const [morning, noon, night] = ['2026-11-22T06:00:00.000Z', '2026-11-22T12:00:00.000Z', '2026-11-22T22:00:00.000Z']

      it('finds what is due, and what nobody has scheduled', async () => {
        for (const id of ['one', 'two', 'three']) await subject.store.connections.create(sampleConnection({ id }))
        expect(await subject.store.watches.due(noon, 10)).toEqual(['one', 'three', 'two'])
        await subject.store.watches.take('one', morning, night)
        await subject.store.watches.take('two', morning, noon)
        expect((await subject.store.watches.due(noon, 10)).toSorted()).toEqual(['three', 'two'])
        expect(await subject.store.watches.due(noon, 1)).toHaveLength(1)
        expect(await subject.store.watches.due(night, 10)).toHaveLength(3)
      })

      it('lets exactly one take what is due', async () => {
        await subject.store.connections.create(sampleConnection({ id: 'one' }))
        const takers = Array.from({ length: 5 }, () => subject.store.watches.take('one', morning, night))
        expect((await Promise.all(takers)).filter((taken) => taken)).toHaveLength(1)
        expect(await subject.store.watches.take('one', noon, night)).toBe(false)
        expect(await subject.store.watches.take('one', night, night)).toBe(true)
      })

      it('forgets a connection that is deleted, and knows none that never was', async () => {
        await subject.store.connections.create(sampleConnection({ id: 'one' }))
        await subject.store.watches.take('one', morning, noon)
        await subject.store.connections.delete('one')
        expect(await subject.store.watches.due(night, 10)).toEqual([])
        await expect(subject.store.watches.take('one', morning, noon)).rejects.toMatchObject({ reason: 'store.missing' })
      })
    })

    describe('reports', () => {
      it('lists the newest first and keeps the latest hundred', async () => {
        await subject.store.connections.create(sampleConnection({ id: 'one' }))
        await subject.store.connections.create(sampleConnection({ id: 'two' }))
        await subject.store.reports.add(sampleReport('two', -1))
        for (let ms = 0; ms < 105; ms++) await subject.store.reports.add(sampleReport('one', ms))
        expect((await subject.store.reports.list('one', 2)).map((report) => report.ms)).toEqual([104, 103])
        const all = await subject.store.reports.list('one', 1_000)
        expect(all).toHaveLength(100)
        expect(all.at(-1)).toEqual(sampleReport('one', 5))
        expect(await subject.store.reports.list('two', 10)).toHaveLength(1)
      })

      it('refuses a report on a connection that is gone', async () => {
        await expect(subject.store.reports.add(sampleReport('gone', 1))).rejects.toMatchObject({ reason: 'store.missing' })
      })
    })

    it('refuses to open with another master key, and opens again with the right one', async () => {
      await subject.store.close()
      await expect(database.open('other')).rejects.toMatchObject({ reason: 'store.wrong_master_key' })
      store = await database.open()
      expect(await subject.store.organizations.list()).toEqual([])
    })

    describe('signing keys', () => {
      const first = sampleSigningKey(1)
      const alongside = { retired: [], events: [] }

      it('come back in the order of their generations, the private part for itself', async () => {
        await subject.store.signingKeys.add(first, { d: HOSTILE }, { ...alongside, events: [sampleEvent({ action: 'issuer.rotate' })] })
        const second = sampleSigningKey(2)
        await subject.store.signingKeys.add(second, { d: 'two' }, alongside)
        await subject.reopen()
        expect(await subject.store.signingKeys.list()).toEqual([first, second])
        expect(await subject.store.signingKeys.privateKey(first.id)).toEqual({ d: HOSTILE })
        expect(await subject.store.signingKeys.privateKey('nobody')).toBeUndefined()
        expect(await subject.store.audit.list('alpha', { limit: 10 })).toMatchObject([{ action: 'issuer.rotate' }])
      })

      it('retires others in the same change', async () => {
        await subject.store.signingKeys.add(first, { d: 'one' }, alongside)
        const second = sampleSigningKey(2)
        await subject.store.signingKeys.add(second, { d: 'two' }, { ...alongside, retired: [first.id, 'never-there'] })
        expect(await subject.store.signingKeys.list()).toEqual([second])
        expect(await subject.store.signingKeys.privateKey(first.id)).toBeUndefined()
      })

      it('are never of a generation that came and went', async () => {
        await subject.store.signingKeys.add(first, { d: 'one' }, alongside)
        await subject.store.signingKeys.add(sampleSigningKey(2), { d: 'two' }, { ...alongside, retired: [first.id] })
        await subject.store.signingKeys.add(sampleSigningKey(3), { d: 'three' }, { ...alongside, retired: ['key-2'] })
        const late = { ...sampleSigningKey(2), id: 'late' }
        await expect(subject.store.signingKeys.add(late, { d: 'late' }, alongside)).rejects.toMatchObject({ reason: 'store.duplicate' })
        expect(await subject.store.signingKeys.list()).toEqual([sampleSigningKey(3)])
      })

      it('are one for each generation, whoever makes it first, and the others leave no trace', async () => {
        await subject.store.signingKeys.add(first, { d: 'one' }, alongside)
        const rivals = Array.from({ length: 8 }, (_, n) => ({ ...sampleSigningKey(2), id: `rival-${n}` }))
        const add = (key: SigningKey) =>
          subject.store.signingKeys.add(key, { d: key.id }, { retired: [first.id], events: [sampleEvent({ target: key.id })] })
        const outcomes = await Promise.allSettled(rivals.map(add))
        const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
        expect(refused.map(({ reason }): unknown => reason)).toEqual(
          Array.from({ length: 7 }, () => expect.objectContaining({ reason: 'store.duplicate' })),
        )
        const [kept, ...more] = await subject.store.signingKeys.list()
        expect(more).toEqual([])
        expect(await subject.store.audit.list('alpha', { limit: 10 })).toMatchObject([{ target: kept?.id }])
      })
    })

    it('finds tokens by their hash', async () => {
      const token = { id: 'tok_1', project: 'alpha', name: 'first', hash: 'ab'.repeat(32), createdAt: '2026-11-22T00:00:00.000Z' }
      await subject.store.tokens.create(token)
      await expect(subject.store.tokens.create({ ...token, id: 'tok_2' })).rejects.toMatchObject({ reason: 'store.duplicate' })
      expect(await subject.store.tokens.findByHash(token.hash)).toEqual(token)
      expect(await subject.store.tokens.findByHash('cd'.repeat(32))).toBeUndefined()
      expect(await subject.store.tokens.list('alpha')).toEqual([token])
      expect(await subject.store.tokens.list('beta')).toEqual([])
      await subject.store.tokens.delete('tok_1')
      expect(await subject.store.tokens.findByHash(token.hash)).toBeUndefined()
    })

    it('lists audit events newest first, by project and action', async () => {
      const first = sampleEvent({ target: HOSTILE, details: { rows: 1, ok: true, note: HOSTILE }, requestId: 'req_1' })
      await subject.store.audit.append(first)
      await subject.store.audit.append(sampleEvent({ action: 'lease.mint', target: 'second' }))
      await subject.store.audit.append(sampleEvent({ target: 'third' }))
      await subject.store.audit.append(sampleEvent({ project: 'beta' }))
      const targets = async (options: { limit: number; action?: string }) =>
        (await subject.store.audit.list('alpha', options)).map((event) => event.target)
      expect(await targets({ limit: 10 })).toEqual(['third', 'second', HOSTILE])
      expect(await targets({ limit: 1 })).toEqual(['third'])
      expect(await targets({ limit: 10, action: 'lease.mint' })).toEqual(['second'])
      expect((await subject.store.audit.list('alpha', { limit: 10 })).at(-1)).toEqual(first)
    })

    it('lists statements newest first', async () => {
      for (const id of ['1', '2', '3']) await subject.store.history.add(sampleStatement(id))
      expect((await subject.store.history.list('alpha', 2)).map(({ id }) => id)).toEqual(['3', '2'])
      const { project: _, ...listed } = sampleStatement('3')
      expect((await subject.store.history.list('alpha', 1))[0]).toEqual(listed)
      expect(await subject.store.history.list('beta', 10)).toEqual([])
    })
  })
}
