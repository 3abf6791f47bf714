import type { CheckEvent, Report } from '@sluice/core'
import { beforeEach, expect, it } from 'vitest'
import { createHealthWatch, type HealthChange } from '../src/index.ts'
import { createOffice, roleInput, type Office } from './support/office.ts'

const signal = new AbortController().signal
const DAY_MS = 86_400_000

let office: Office
let verdict: Report['verdict']
let looks: string[]
beforeEach(async () => {
  office = await createOffice()
  verdict = 'passed'
  looks = []
  const { connection } = await office.connections.create(office.alpha, roleInput())
  await office.store.connections.update({
    ...connection,
    state: 'ready',
    firstPassedAt: connection.createdAt,
    version: connection.version + 1,
  })
})

/** Reports what the test says, and moves the state as a validation does. */
async function* validate(_caller: unknown, name: string): AsyncGenerator<CheckEvent> {
  looks.push(name)
  const connection = await office.connections.get(office.alpha, name)
  const held = { name: 'trust-accepts-us', title: 'Trust accepts us', severity: 'required' } as const
  const remedy = { who: 'cloud-admin', where: '', summary: '', verify: '' } as const
  const report: Report = {
    connectionId: connection.id,
    connection: name,
    verdict,
    checks: [
      verdict === 'passed'
        ? { ...held, status: 'passed', ms: 1 }
        : verdict === 'failed'
          ? { ...held, status: 'failed', ms: 1, reason: 'trust.refused', message: 'refused', remedy }
          : { ...held, status: 'inconclusive', ms: 1, because: 'no answer' },
    ],
    counts: { passed: 0, failed: 0, skipped: 0, inconclusive: 0 },
    leftovers: [],
    startedAt: new Date(office.clock.now()).toISOString(),
    ms: 1,
  }
  await office.store.reports.add(report)
  if (verdict !== 'inconclusive')
    await office.store.connections.update({
      ...connection,
      state: verdict === 'passed' ? 'ready' : 'failing',
      version: connection.version + 1,
    })
  yield { type: 'report', report }
}

const watch = () =>
  createHealthWatch({
    store: office.store,
    clock: office.clock,
    random: { bytes: (length) => new Uint8Array(length), fraction: () => 0 },
    hours: 24,
    validations: { validate },
  })

async function after(ms: number, next: Report['verdict']): Promise<readonly HealthChange[]> {
  office.clock.advance(ms)
  verdict = next
  return watch().tick(signal)
}

it('looks at a connection once a day while it holds, however many watch', async () => {
  expect(await after(0, 'passed')).toEqual([])
  expect(looks).toEqual(['lake'])
  await after(DAY_MS - 1, 'passed')
  expect(looks).toHaveLength(1)
  office.clock.advance(1)
  await Promise.all([watch().tick(signal), watch().tick(signal)])
  expect(looks).toHaveLength(2)
})

it('tells of drift once, looks again in an hour, and tells when it holds again', async () => {
  await after(0, 'passed')
  expect(await after(DAY_MS, 'failed')).toMatchObject([
    { kind: 'drift', connection: 'lake', check: 'trust-accepts-us', reason: 'trust.refused' },
  ])
  expect(await after(3_599_999, 'failed')).toEqual([])
  expect(await after(1, 'failed')).toEqual([])
  expect(looks).toHaveLength(3)
  const [change] = await after(3_600_000, 'passed')
  expect(change).toMatchObject({ kind: 'recovered' })
  expect(change).not.toHaveProperty('check')
  const kinds = (await office.events(office.alpha))
    .filter(({ action }) => action === 'connection.health')
    .map(({ details }) => details['kind'])
  expect(kinds).toEqual(['recovered', 'drift'])
})

it('tells an outage from drift, once, and tries again within minutes', async () => {
  await after(0, 'passed')
  expect(await after(DAY_MS, 'inconclusive')).toMatchObject([{ kind: 'outage' }])
  expect(await after(5 * 60_000, 'inconclusive')).toEqual([])
  expect(await after(5 * 60_000, 'passed')).toMatchObject([{ kind: 'recovered' }])
  expect(await after(DAY_MS, 'passed')).toEqual([])
})

it('leaves alone what never passed, and what is disabled', async () => {
  await office.connections.create(office.alpha, roleInput({ name: 'new' }))
  await office.connections.disable(office.alpha, 'lake')
  await after(DAY_MS, 'passed')
  expect(looks).toEqual([])
})

it('goes on to the next where one cannot be looked at, and loses nothing that it found', async () => {
  await after(0, 'passed')
  office.clock.advance(DAY_MS)
  verdict = 'failed'
  const { connection } = await office.connections.create(office.alpha, roleInput({ name: 'broken' }))
  const ready = { ...connection, state: 'ready' as const, firstPassedAt: connection.createdAt, version: connection.version + 1 }
  await office.store.connections.update(ready)
  const defect = new Error('a defect')
  const breaking = createHealthWatch({
    store: office.store,
    clock: office.clock,
    random: { bytes: (length) => new Uint8Array(length), fraction: () => 0 },
    hours: 24,
    validations: {
      validate: (caller, name) => {
        if (name === 'broken') throw defect
        return validate(caller, name)
      },
    },
  })
  const heard: unknown[] = []
  expect(await breaking.tick(signal, (cause) => heard.push(cause))).toMatchObject([{ kind: 'drift', connection: 'lake' }])
  expect(heard).toEqual([defect])
})
