import { expect, it } from 'vitest'
import { faultSwitches } from './faults.ts'

const signal = new AbortController().signal

/** Switches on a clock of their own, with the waits they asked for. */
function switches() {
  const waits: number[] = []
  let now = 0
  let oversleep: number | undefined
  const sleep = async (ms: number): Promise<void> => {
    waits.push(Math.round(ms))
    if (oversleep !== undefined) now += ms + oversleep
  }
  return {
    ...faultSwitches({ now: () => now, sleep }),
    waits,
    advance: (ms: number) => (now += ms),
    oversleepBy: (ms: number) => (oversleep = ms),
    now: () => now,
  }
}

it('adds the latencies of all faults that meet a request', () => {
  const faults = switches()
  faults.add({ operation: '*', effect: { kind: 'latency', ms: 40 } })
  faults.add({ operation: 's3.*', effect: { kind: 'latency', ms: 5 } })
  expect(faults.inject({ operation: 's3.GetObject' }).latencyMs).toBe(45)
  expect(faults.inject({ operation: 'sts.AssumeRole' }).latencyMs).toBe(40)
})

it('counts only the requests it meets', () => {
  const faults = switches()
  faults.add({ operation: 's3.GetObject', keyPrefix: 'a', times: 1, effect: { kind: 'reset' } })
  expect(faults.inject({ operation: 's3.GetObject', key: 'b' }).ending).toBeUndefined()
  expect(faults.inject({ operation: 's3.GetObject', key: 'ab' }).ending).toEqual({ kind: 'reset' })
  expect(faults.inject({ operation: 's3.GetObject', key: 'ab' }).ending).toBeUndefined()
})

it('shares one link among all transfers', async () => {
  const faults = switches()
  faults.add({ operation: '*', effect: { kind: 'bandwidth', bytesPerSecond: 1000 } })
  const [one, two] = [faults.inject({ operation: 's3.GetObject' }), faults.inject({ operation: 's3.GetObject' })]
  await one.pace(100, signal)
  await two.pace(100, signal)
  expect(faults.waits).toEqual([100, 200])
  faults.advance(10_000)
  await one.pace(50, signal)
  expect(faults.waits.at(-1)).toBe(50)
})

it('keeps its speed though timers ring too late', async () => {
  const faults = switches()
  faults.oversleepBy(3)
  faults.add({ operation: '*', effect: { kind: 'bandwidth', bytesPerSecond: 1000 } })
  const { pace } = faults.inject({ operation: 's3.GetObject' })
  for (let piece = 0; piece < 50; piece++) await pace(10, signal)
  expect(faults.now()).toBe(503)
})

it('does not sleep for less than a timer can tell, and does not forget it', async () => {
  const faults = switches()
  faults.add({ operation: '*', effect: { kind: 'bandwidth', bytesPerSecond: 1000 } })
  const { pace } = faults.inject({ operation: 's3.GetObject' })
  for (let piece = 0; piece < 4; piece++) await pace(1, signal)
  expect(faults.waits).toEqual([4])
})
