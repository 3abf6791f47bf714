import { describe, expect, it } from 'vitest'
import { expiryOf } from './expiry.ts'

const NOW = Date.UTC(2026, 10, 22)
const DAY = 86_400_000
const warningAfter = (ms: number) => expiryOf({ secretExpiresAt: new Date(NOW + ms).toISOString() }, NOW)?.warning

describe('the end of a secret', () => {
  it('is warned of 30, 7 and 1 days before, and when it is over', () => {
    expect([31 * DAY, 30 * DAY + 1, 30 * DAY, 7 * DAY + 1, 7 * DAY, DAY + 1, DAY, 1, 0, -DAY].map(warningAfter)).toEqual([
      undefined,
      undefined,
      'within-30-days',
      'within-30-days',
      'within-7-days',
      'within-7-days',
      'within-1-day',
      'within-1-day',
      'over',
      'over',
    ])
  })

  it('says how much is left, and nothing where no end is known', () => {
    expect(expiryOf({ secretExpiresAt: '2026-11-22T00:01:30.000Z' }, NOW)).toMatchObject({ secondsLeft: 90 })
    expect(expiryOf({ secretExpiresAt: '2026-11-21T23:59:00.000Z' }, NOW)).toMatchObject({ secondsLeft: -60, warning: 'over' })
    expect(expiryOf({}, NOW)).toBeUndefined()
  })
})
