import type { CheckEvent, CheckName, CheckOutcome, CheckPlan, Clock } from '@sluice/core'
import { describe, expect, it } from 'vitest'
import { runChecks } from './run-checks.ts'
import { countChecks, verdictOf } from './verdict.ts'

const clock: Clock = { now: () => 0, sleep: () => Promise.resolve() }
const signal = new AbortController().signal
const passed: CheckOutcome = { status: 'passed', ms: 1 }
const remedy = { who: 'platform', where: 'here', summary: 'Mend it.', verify: 'Look.' } as const
const failed: CheckOutcome = { status: 'failed', ms: 1, reason: 'trust.refused', message: 'No.', remedy }

function plan(name: CheckName, needs: readonly CheckName[], outcome: CheckOutcome | (() => Promise<CheckOutcome>)): CheckPlan {
  return { name, needs, run: () => (typeof outcome === 'function' ? outcome() : Promise.resolve(outcome)) }
}

describe('runChecks', () => {
  it('reports in the order of the table, whatever order the plans come and end in', async () => {
    const rows = await runChecks([plan('reads-object', [], passed), plan('trust-accepts-us', [], passed)], clock, () => {}, signal)
    expect(rows.map((row) => row.name)).toEqual(['trust-accepts-us', 'reads-object'])
  })

  it('skips what needs a check that failed, and names the root of a chain', async () => {
    const rows = await runChecks(
      [
        plan('trust-accepts-us', [], failed),
        plan('lists-under-prefix', ['trust-accepts-us'], passed),
        plan('reads-object', ['lists-under-prefix'], passed),
      ],
      clock,
      () => {},
      signal,
    )
    expect(rows.map((row) => [row.name, row.status, row.status === 'skipped' ? row.blockedBy : undefined])).toEqual([
      ['trust-accepts-us', 'failed', undefined],
      ['lists-under-prefix', 'skipped', 'trust-accepts-us'],
      ['reads-object', 'skipped', 'trust-accepts-us'],
    ])
    expect(verdictOf(rows)).toBe('failed')
    expect(countChecks(rows)).toEqual({ passed: 0, failed: 1, skipped: 2, inconclusive: 0 })
  })

  it('never runs a plan whose needs did not pass', async () => {
    let ran = false
    await runChecks(
      [
        plan('trust-accepts-us', [], { status: 'inconclusive', ms: 0, because: 'A time-out.' }),
        plan('reads-object', ['trust-accepts-us'], () => {
          ran = true
          return Promise.resolve(passed)
        }),
      ],
      clock,
      () => {},
      signal,
    )
    expect(ran).toBe(false)
  })

  it('takes a plan that throws for inconclusive, and keeps internal text out of the report', async () => {
    const rows = await runChecks(
      [plan('reads-object', [], () => Promise.reject(new TypeError('cannot read properties of undefined')))],
      clock,
      () => {},
      signal,
    )
    expect(rows[0]).toMatchObject({ status: 'inconclusive', because: 'Sluice met a condition it does not handle.' })
    expect(verdictOf(rows)).toBe('inconclusive')
  })

  it('runs independent plans side by side', async () => {
    let release = (): void => {}
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const rows = await runChecks(
      [
        plan('lists-under-prefix', [], async () => {
          await gate
          return passed
        }),
        plan('trust-accepts-us', [], () => {
          release()
          return Promise.resolve(passed)
        }),
      ],
      clock,
      () => {},
      signal,
    )
    expect(rows.every((row) => row.status === 'passed')).toBe(true)
  })

  it('tells each check once as finished, started before finished', async () => {
    const events: CheckEvent[] = []
    await runChecks(
      [plan('trust-accepts-us', [], failed), plan('reads-object', ['trust-accepts-us'], passed)],
      clock,
      (event) => events.push(event),
      signal,
    )
    expect(events.map((event) => (event.type === 'check-finished' ? `finished ${event.check.name}` : event.type))).toEqual([
      'checks-planned',
      'check-started',
      'finished trust-accepts-us',
      'finished reads-object',
    ])
  })

  it('throws the reason of an abort instead of reporting', async () => {
    const controller = new AbortController()
    const work = runChecks(
      [
        plan('reads-object', [], () => {
          controller.abort(new Error('gone'))
          return Promise.reject(new Error('aborted'))
        }),
      ],
      clock,
      () => {},
      controller.signal,
    )
    await expect(work).rejects.toThrow('gone')
  })

  it('lets advisory failures pass the whole', async () => {
    const rows = await runChecks(
      [plan('grant-no-broader-than-asked', [], failed), plan('reads-object', [], passed)],
      clock,
      () => {},
      signal,
    )
    expect(verdictOf(rows)).toBe('passed')
  })
})
