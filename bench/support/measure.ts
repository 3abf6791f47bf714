import { performance } from 'node:perf_hooks'
import type { RequestLogEntry } from '@sluice/lab'
import type { RemoteLab } from '../lab/remote-lab.ts'

/** What one run took. */
export interface Sample {
  readonly ms: number
  /** When it was over, as the log tells time. */
  readonly endedAt: number
  readonly requests: number
  /** The longest row of requests each of which was sent after the one before had been answered in full. */
  readonly inARow: number
  /** Body bytes the cloud sent. */
  readonly bytes: number
  /** Processor time of the lab's process and of this one, without its children. */
  readonly labProcessorMs: number
  readonly ownProcessorMs: number
  readonly log: readonly RequestLogEntry[]
}

/** Runs work once and tells what it took, by the clock and by the lab's log. */
export async function sample(lab: RemoteLab, work: () => Promise<void>): Promise<Sample> {
  await lab.call('forgetRequests')
  const labBefore = await lab.call('processorMs')
  const ownBefore = process.cpuUsage()
  const begin = performance.now()
  await work()
  const ms = performance.now() - begin
  const endedAt = Date.now()
  const own = process.cpuUsage(ownBefore)
  const labProcessorMs = (await lab.call('processorMs')) - labBefore
  const log = await lab.call('requests')
  return {
    ms,
    endedAt,
    requests: log.length,
    inARow: requestsInARow(log),
    bytes: log.reduce((sum, entry) => sum + entry.bytesOut, 0),
    labProcessorMs,
    ownProcessorMs: (own.user + own.system) / 1000,
    log,
  }
}

/** Runs work several times and gives the run of median duration. */
export async function medianSample(lab: RemoteLab, runs: number, work: () => Promise<void>): Promise<Sample> {
  const samples: Sample[] = []
  for (let run = 0; run < runs; run++) samples.push(await sample(lab, work))
  return middle(samples, (one) => one.ms)
}

/** The item in the middle by a measure, the better one of two. */
export function middle<T>(items: readonly T[], by: (item: T) => number): T {
  const sorted = items.toSorted((a, b) => by(a) - by(b))
  const found = sorted[Math.floor((sorted.length - 1) / 2)]
  if (found === undefined) throw new Error('Nothing was measured')
  return found
}

/** The value that a share of the values does not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

// Log times are in whole milliseconds, and a client has its answer a moment before the server notes that it was sent.
const TOLERANCE_MS = 5

/** The length of the longest row of requests that do not overlap in time. */
export function requestsInARow(log: readonly RequestLogEntry[]): number {
  let count = 0
  let last = -Infinity
  const spans = log.map(spanOf)
  // Taking the one that ends first, again and again, gives the longest row.
  for (const { start, end } of spans.toSorted((a, b) => a.end - b.end)) {
    if (start < last - TOLERANCE_MS) continue
    count++
    last = end
  }
  return count
}

/** When a request began and ended, in milliseconds since the epoch. */
export function spanOf({ at, ms }: RequestLogEntry): { readonly start: number; readonly end: number } {
  const end = Date.parse(at)
  return { start: end - ms, end }
}
