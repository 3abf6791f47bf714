import { describe, expect, it } from 'vitest'
import { roleAuth, sampleConnection } from './store-samples.ts'
import type { StoreSubject } from './store.ts'

const ROLE = 'arn:aws:iam::987654321987:role/lake-test'

/** No project ever gets hold of an external id, or a role without one, that another project holds or held. */
export function testExternalIds(subject: StoreSubject): void {
  describe('external ids', () => {
    const taken = { code: 'conflict', reason: 'store.external_id_taken' }

    it('refuses an id that another project holds, or ever held', async () => {
      await subject.store.connections.create(sampleConnection({ id: 'one', auth: roleAuth('a', ROLE) }))
      const thief = sampleConnection({ id: 'two', project: 'beta', auth: roleAuth('a') })
      await expect(subject.store.connections.create(thief)).rejects.toMatchObject(taken)
      await subject.store.connections.delete('one')
      await subject.reopen()
      await expect(subject.store.connections.create(thief)).rejects.toMatchObject(taken)
      expect(await subject.store.connections.getById('two')).toBeUndefined()
      await subject.store.connections.create(sampleConnection({ id: 'again', auth: roleAuth('a', ROLE) }))
    })

    it('claims with a change too, and a refused change changes nothing', async () => {
      await subject.store.connections.create(sampleConnection({ id: 'one', auth: roleAuth('a', ROLE) }))
      const two = sampleConnection({ id: 'two', project: 'beta', auth: roleAuth('b') })
      await subject.store.connections.create(two)
      await expect(subject.store.connections.update({ ...two, auth: roleAuth('a', ROLE), version: 2 })).rejects.toMatchObject(taken)
      expect(await subject.store.connections.getById('two')).toEqual(two)
      await subject.store.connections.update({ ...two, auth: roleAuth('b', ROLE), version: 2 })
    })

    it('a failed creation claims nothing', async () => {
      await subject.store.connections.create(sampleConnection({ id: 'one' }))
      const duplicate = sampleConnection({ id: 'two', name: 'one', auth: roleAuth('a') })
      await expect(subject.store.connections.create(duplicate)).rejects.toMatchObject({ reason: 'store.duplicate' })
      await subject.store.connections.create(sampleConnection({ id: 'three', project: 'beta', auth: roleAuth('a') }))
    })

    it('keeps a role without an id to one project: it would accept any id', async () => {
      const none = { method: 'role', fields: { roleArn: ROLE }, externalId: { kind: 'none' } } as const
      const other = `${ROLE}-2`
      await subject.store.connections.create(sampleConnection({ id: 'one', auth: none }))
      await subject.store.connections.create(sampleConnection({ id: 'same-project', auth: none }))
      const inBeta = (auth: Parameters<typeof sampleConnection>[0]['auth'] & {}) =>
        subject.store.connections.create(sampleConnection({ id: JSON.stringify(auth), project: 'beta', auth }))
      await expect(inBeta(none)).rejects.toMatchObject(taken)
      await expect(inBeta(roleAuth('b', ROLE))).rejects.toMatchObject(taken)
      await inBeta({ ...none, fields: { roleArn: other } })
      await expect(
        subject.store.connections.create(sampleConnection({ id: 'four', project: 'gamma', auth: { ...none, fields: { roleArn: other } } })),
      ).rejects.toMatchObject(taken)
    })

    it('knows a role again however its ARN is written: an account has one role of a name, whatever case and path', async () => {
      const none = (roleArn: string) => ({ method: 'role', fields: { roleArn }, externalId: { kind: 'none' } }) as const
      await subject.store.connections.create(sampleConnection({ id: 'one', auth: none(ROLE) }))
      const account = ROLE.slice(0, ROLE.indexOf('role/'))
      for (const spelling of ['role/LAKE-test', 'role/data/lake-test', 'role/Data/x/Lake-Test'])
        for (const auth of [none(account + spelling), roleAuth(`b-${spelling.length}`, account + spelling)])
          await expect(
            subject.store.connections.create(sampleConnection({ id: `beta-${spelling}`, project: 'beta', auth })),
            spelling,
          ).rejects.toMatchObject(taken)
      await subject.store.connections.create(
        sampleConnection({ id: 'beta', project: 'beta', auth: none(`${account}role/lake-test/other`) }),
      )
    })

    it('a role under an id of its own for each project is fine', async () => {
      await subject.store.connections.create(sampleConnection({ id: 'one', auth: roleAuth('a', ROLE) }))
      await subject.store.connections.create(sampleConnection({ id: 'two', project: 'beta', auth: roleAuth('b', ROLE) }))
      const none = { method: 'role', fields: { roleArn: ROLE }, externalId: { kind: 'none' } } as const
      await expect(subject.store.connections.create(sampleConnection({ id: 'three', project: 'gamma', auth: none }))).rejects.toMatchObject(
        taken,
      )
    })

    it('roles not known yet do not collide', async () => {
      const none = { method: 'role', fields: {}, externalId: { kind: 'none' } } as const
      await subject.store.connections.create(sampleConnection({ id: 'one', auth: none }))
      await subject.store.connections.create(sampleConnection({ id: 'two', project: 'beta', auth: none }))
    })

    it('gives a contested id to exactly one project', async () => {
      const contenders = Array.from({ length: 8 }, (_, index) =>
        subject.store.connections.create(sampleConnection({ id: `c${index}`, project: `p${index}`, auth: roleAuth('contested', ROLE) })),
      )
      const outcomes = await Promise.allSettled(contenders)
      expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1)
      for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject(taken)
    })

    it('remembers what was issued to a connection that changed its method', async () => {
      const one = sampleConnection({ id: 'one', auth: roleAuth('a', ROLE) })
      await subject.store.connections.create(one)
      await subject.store.connections.update({ ...one, auth: { method: 'none', fields: {} }, version: 2 })
      expect(await subject.store.connections.issuedExternalId('one')).toBe('sluice-a')
      expect(await subject.store.connections.issuedExternalId('two')).toBeUndefined()
    })
  })
}
