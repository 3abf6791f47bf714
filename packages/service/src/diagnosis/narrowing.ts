import { type DiagnosisReport, nextProbes, type ProbePlan, type ProbeRequest, type ProbeRequests } from '@sluice/core'
import { type DiagnosisSubject, type FirstAnswers, leaseFor, probeKey, readByte, tried } from './first-requests.ts'

/** What was learned is asked for in so many requests in a row at most, beside the first ones: at 40 ms each that is well within two seconds. */
const MOST_IN_A_ROW = 24

/** What narrowing needs: what can be asked, and what is made of what was seen so far. */
export interface Narrowing {
  readonly plans: readonly ProbePlan[]
  readonly requests: ProbeRequests
  readonly diagnose: () => DiagnosisReport
  /** Told of the probes that are made next, side by side. */
  readonly begin: (next: readonly ProbePlan[]) => void
}

/** What is known at the end, and the versions of our object that probes wrote. */
export interface Narrowed {
  readonly report: DiagnosisReport
  readonly written: readonly { readonly versionId?: string }[]
}

/**
 * Asks on while the first finding is one of several causes that look alike and something that was not asked yet would tell them apart:
 * the cheapest first, side by side those that cost alike. No probe is made twice.
 */
export async function narrow({ plans, requests, diagnose, begin }: Narrowing, signal: AbortSignal): Promise<Narrowed> {
  let report = diagnose()
  let written: Narrowed['written'] = []
  let open = plans.filter(({ name }) => requests[name] !== undefined)
  for (let left = MOST_IN_A_ROW; ;) {
    const next = nextProbes(
      report,
      open.filter(({ cost }) => cost <= left),
    )
    if (next.length === 0) return { report, written }
    begin(next)
    const answers = await Promise.all(next.map(async ({ name }) => tried(async () => (await requests[name]?.(signal)) ?? {}, signal)))
    written = [
      ...written,
      ...answers.filter((answer, index) => answer !== undefined && next[index]?.writes === true).map((one) => one ?? {}),
    ]
    left -= Math.max(...next.map(({ cost }) => cost))
    open = open.filter((plan) => !next.includes(plan))
    report = diagnose()
  }
}

/** Every probe that can be made of a connection after its first requests: those of any store, and the cloud's own. */
export function probeRequests(subject: DiagnosisSubject, first: FirstAnswers): ProbeRequests {
  const { cloud, open, location, write } = subject
  const { store, lease, refused, key, otherKey } = first
  const again: ProbeRequest = async (signal) => {
    const session = await leaseFor(subject, signal)
    const renewed = cloud.open(open.connection, location, () => Promise.resolve(session))
    if (refused.includes('list')) await renewed.listPage({ prefix: location.prefix, maxKeys: 1 }, signal)
    else if (key !== undefined) await readByte(renewed, key, signal)
  }
  const isIssued = lease.expiresAt !== Infinity
  const canWrite = write && open.connection.access.includes('write') && location.extent !== 'object'
  return {
    ...(otherKey === undefined ? {} : { 'another-object': async (signal) => void (await readByte(store, otherKey, signal)) }),
    ...(isIssued && (refused.includes('list') || key !== undefined) ? { 'newer-session': again } : {}),
    ...cloud.diagnostics?.probes({
      ...open,
      location,
      lease,
      refused,
      ...(key === undefined ? {} : { key }),
      ...(canWrite ? { writeKey: probeKey(subject) } : {}),
    }),
  }
}
