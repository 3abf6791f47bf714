import { describe, expect, it } from 'vitest'
import { expiryWords } from './expiry.ts'

const DAY = 86_400
const words = (secondsLeft: number) => expiryWords({ endsAt: '', secondsLeft }).text

describe('the end of a secret in words', () => {
  it('is a time from now or one that has passed', () => {
    expect([400 * DAY, 2 * DAY, 2 * DAY - 1, 3 * 3600, 100 * 60, 60, 59, 0, -1, -DAY, -10 * DAY].map(words)).toEqual([
      'ends in 400 days',
      'ends in 2 days',
      'ends in 47 hours',
      'ends in 3 hours',
      'ends in 100 minutes',
      'ends in 1 minute',
      'ends in less than a minute',
      'ended less than a minute ago',
      'ended less than a minute ago',
      'ended 24 hours ago',
      'ended 10 days ago',
    ])
  })

  it('is coloured by how urgent it is', () => {
    expect(expiryWords({ endsAt: '', secondsLeft: 5 }).colour).toBeUndefined()
    expect(expiryWords({ endsAt: '', secondsLeft: 5, warning: 'within-30-days' }).colour).toBe('yellow')
    expect(expiryWords({ endsAt: '', secondsLeft: 5, warning: 'over' }).colour).toBe('red')
  })
})
