import type { Clock } from '@sluice/core'

/** A clock that moves only when told. It starts now, so that an SDK that reads the real time is not skewed. */
export interface ManualClock extends Clock {
  advance(ms: number): void
}

export function manualClock(start = Math.floor(Date.now() / 1000) * 1000): ManualClock {
  let now = start
  return {
    now: () => now,
    sleep: async (ms) => {
      now += ms
    },
    advance(ms) {
      now += ms
    },
  }
}
