import { randomBytes } from 'node:crypto'
import type { Clock, Random } from '@sluice/core'

export const random: Random = { bytes: (length) => new Uint8Array(randomBytes(length)), fraction: () => Math.random() }

/** Real time that never waits: a test that would wait for a lock fails instead. */
export const clock: Clock = {
  now: () => Date.now(),
  sleep: () => Promise.reject(new Error('this test does not wait')),
}

export const MASTER_KEY = new Uint8Array(32).fill(7)
export const OTHER_KEY = new Uint8Array(32).fill(8)
