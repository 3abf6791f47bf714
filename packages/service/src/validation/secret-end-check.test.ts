// oxlint-disable typescript/no-unsafe-type-assertion -- the part of a connection that the check reads
import type { CheckPlan, Connection } from '@sluice/core'
import { describe, expect, it } from 'vitest'
import { withSecretEndCheck } from './secret-end-check.ts'

const NOW = Date.UTC(2026, 10, 22)
const clock = { now: () => NOW }
const signal = new AbortController().signal
const endingIn = (days: number | undefined) => {
  const end = days === undefined ? {} : { secretExpiresAt: new Date(NOW + days * 86_400_000).toISOString() }
  return { name: 'lake', auth: { method: 'keys', fields: {}, secretId: 's', ...end } } as unknown as Connection
}
const other: CheckPlan = { name: 'reads-object', needs: [], run: async () => ({ status: 'passed', ms: 1 }) }
const own: CheckPlan = { name: 'credential-in-force', needs: [], run: async () => ({ status: 'passed', ms: 3 }) }

const outcomeOf = (plans: readonly CheckPlan[], days: number | undefined) =>
  withSecretEndCheck(plans, endingIn(days), clock)
    .find((plan) => plan.name === 'credential-in-force')
    ?.run(signal)

describe('the end of a secret in a validation', () => {
  it('is no check where no end is known', () => {
    expect(withSecretEndCheck([other], endingIn(undefined), clock)).toEqual([other])
  })

  it('is a check of its own, with a note when the end is near, and fails when it is over', async () => {
    expect(await outcomeOf([other], 100)).toEqual({ status: 'passed', ms: 0 })
    expect(await outcomeOf([other], 12)).toEqual({ status: 'passed', ms: 0, note: 'It ends on 2026-12-04: in 12 days.' })
    expect(await outcomeOf([other], 1.5)).toMatchObject({ note: expect.stringContaining('in 36 hours') })
    expect(await outcomeOf([other], -1)).toMatchObject({
      status: 'failed',
      reason: 'auth.secret_expired',
      remedy: { command: 'sluice connection rotate lake' },
    })
  })

  it('adds its note to the check that the cloud has, and leaves its verdict alone', async () => {
    expect(await outcomeOf([other, own], 12)).toMatchObject({ status: 'passed', ms: 3, note: expect.stringContaining('12 days') })
    const failing: CheckPlan = { ...own, run: async () => ({ status: 'inconclusive', ms: 1, because: 'no answer' }) }
    expect(await outcomeOf([failing], 12)).toEqual({ status: 'inconclusive', ms: 1, because: 'no answer' })
    expect(withSecretEndCheck([other, own], endingIn(12), clock)).toHaveLength(2)
  })
})
