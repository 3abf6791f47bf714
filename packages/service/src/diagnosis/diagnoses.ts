import {
  accessError,
  diagnoseCase,
  isAccessError,
  probePlans,
  withoutSecrets,
  type Cloud,
  type Connection,
  type DiagnosisEvent,
  type DiagnosisReport,
  type Json,
  type ProbePlan,
  type Said,
  type SeenRequest,
} from '@sluice/core'
import { okEvent, recordingFailure } from '../audit/record.ts'
import type { Caller, Diagnoses, DiagnosisOptions, Leases } from '../contract.ts'
import { requireUsable } from '../leases/usable-connection.ts'
import type { ServiceDeps } from '../shared/deps.ts'
import { locationsOf, opened, requireCloud, requireConnection } from '../shared/lookup.ts'
import { shownName } from '../shared/name.ts'
import { endingChannel } from '../validation/event-channel.ts'
import { caseOf } from './case-of.ts'
import { askFirst, type DiagnosisSubject } from './first-requests.ts'
import { narrow, probeRequests } from './narrowing.ts'
import { takeAway } from './take-away.ts'

/** What diagnosis needs besides what every use case does. */
export interface DiagnosisDeps extends ServiceDeps {
  /** The same clouds, telling of each request they make, without `secrets`: diagnosis goes by the answers themselves. */
  readonly observedClouds: (tell: (seen: SeenRequest) => void, secrets: readonly string[]) => readonly Cloud[]
}

/** Probes of one connection in one minute: each asks the customer's cloud, and is seen there. */
const MOST_A_MINUTE = 6
/** Those that nobody asked for leave room for those that somebody does. */
const MOST_UNASKED_A_MINUTE = 3
const MINUTE_MS = 60_000

/** The use case of diagnosis. One for each process: the limit of a connection's probes is in its memory. */
export function createDiagnoses(deps: DiagnosisDeps, leases: Leases): Diagnoses {
  const begun = new Map<string, readonly number[]>()

  /** Takes a place among so many of this minute; otherwise says how many there were, and when the next is free. */
  function takePlace(connection: Connection, most: number): { readonly times: number; readonly freeAt: number } | undefined {
    const now = deps.clock.now()
    const recent = (begun.get(connection.id) ?? []).filter((at) => now - at < MINUTE_MS)
    const [oldest] = recent
    if (recent.length >= most && oldest !== undefined) return { times: recent.length, freeAt: oldest + MINUTE_MS }
    begun.set(connection.id, [...recent, now])
    // Connections that are not diagnosed any more are forgotten.
    for (const [id, times] of begun) if (times.every((at) => now - at >= MINUTE_MS)) begun.delete(id)
    return undefined
  }

  function requirePlace(connection: Connection): void {
    const taken = takePlace(connection, MOST_A_MINUTE)
    if (taken === undefined) return
    throw accessError('diagnosis.too_often', {
      message: `The connection ${connection.name} was diagnosed ${taken.times} times in the last minute.`,
      context: { retryAfterSeconds: Math.ceil((taken.freeAt - deps.clock.now()) / 1000) },
    })
  }

  async function diagnose(
    caller: Caller,
    name: string,
    options: DiagnosisOptions,
    tell: Tell,
    signal: AbortSignal,
  ): Promise<DiagnosisReport> {
    const act = { action: 'connection.diagnose', target: shownName(name) }
    return recordingFailure(deps, caller, act, async () => {
      const connection = requireUsable(caller, await requireConnection(deps, caller, name))
      requirePlace(connection)
      const report = await run({ deps, leases, connection, options, tell }, signal)
      const details = {
        verdict: report.verdict,
        findings: report.findings.map(({ cause }) => cause).join(' '),
        probes: report.probes.length,
      }
      await deps.store.audit.append(okEvent(caller, { ...act, target: connection.name, details }, deps.clock))
      return report
    })
  }

  return {
    diagnose: (caller, name, options, signal) => diagnose(caller, name, options, () => undefined, signal),

    follow: (caller, name, options, signal) =>
      endingChannel<DiagnosisEvent>(signal, async (tell, ending) => {
        tell({ type: 'report', report: await diagnose(caller, name, options, tell, ending) })
      }),

    async explain(connection, options, signal) {
      if (takePlace(connection, MOST_UNASKED_A_MINUTE) !== undefined) return undefined
      try {
        const report = await run({ deps, leases, connection, options, tell: () => undefined }, signal)
        return report.findings.length === 0 ? undefined : report
      } catch (error) {
        signal.throwIfAborted()
        if (!isAccessError(error)) throw error
        return undefined
      }
    },
  }
}

type Tell = (event: DiagnosisEvent) => void

interface Running {
  readonly deps: DiagnosisDeps
  readonly leases: Leases
  readonly connection: Connection
  readonly options: DiagnosisOptions
  readonly tell: Tell
}

/** What every diagnosis asks first, for people. */
const FIRST: Said = {
  en: 'what a job would: a lease, a listing, a byte of some objects',
  zh: '与作业相同的请求:租约、列出对象、若干对象的一个字节',
}

async function run({ deps, leases, connection, options, tell }: Running, signal: AbortSignal): Promise<DiagnosisReport> {
  // Before anything is blamed on the customer, what we hold is let go: a session from before a change sees the world before it.
  leases.end(connection.id)
  const seen: SeenRequest[] = []
  const open = await opened(deps, connection)
  const secrets = Object.values(open.secret ?? {})
  const cloud = requireCloud(
    deps.observedClouds((one) => seen.push(one), secrets),
    connection.cloud,
  )
  const locations = await locationsOf(deps, connection)
  const [location] = locations
  const write = options.write === true
  const documents = location === undefined ? {} : (cloud.diagnostics?.documents(open, location) ?? {})
  const evidence = parts(options.evidence)
  const { language = 'en' } = options
  const begin = (asked: readonly Said[]) => tell({ type: 'probes-started', asks: asked.map((one) => one[language]) })
  const diagnose = (): DiagnosisReport => {
    const own = caseOf({ open, cloud, platform: deps.platform(), locations, documents, seen, write })
    return diagnoseCase(withEvidence(own, evidence), language, deps.clock.now())
  }
  const report =
    location === undefined ? diagnose() : await probed({ cloud, open, location, write }, { ...deps, diagnose, evidence, begin }, signal)
  // Once more: what was escaped on its way is as it was after it was parsed.
  return withoutSecrets(report, secrets)
}

interface Probing extends Pick<ServiceDeps, 'clock' | 'random'> {
  readonly diagnose: () => DiagnosisReport
  readonly evidence: ReadonlyMap<string, Json>
  readonly begin: (asked: readonly Said[]) => void
}

/** Asks what every diagnosis begins with, then what tells apart what that leaves open, and takes away again what it wrote. */
async function probed(
  subject: DiagnosisSubject,
  { diagnose, evidence, begin, ...deps }: Probing,
  signal: AbortSignal,
): Promise<DiagnosisReport> {
  begin([FIRST])
  const first = await askFirst(subject, deps, signal)
  if (first === undefined) return diagnose()
  const given = parts(evidence.get('documents'))
  const plans = probePlans(subject.cloud.id)
    .filter(({ reads }) => reads === undefined || !given.has(reads))
    .filter(({ writes }) => writes !== true || subject.write)
  const asking = {
    plans,
    requests: probeRequests(subject, first),
    diagnose,
    begin: (next: readonly ProbePlan[]) => begin(next.map(({ asks }) => asks)),
  }
  const narrowed = await narrow(asking, signal)
  const written = [...first.written, ...narrowed.written]
  if (written.length === 0) return narrowed.report
  const left = await takeAway(subject, first.store, written, signal)
  const report = diagnose()
  return { ...report, notes: [...report.notes, ...left] }
}

/** The case with the parts of another joined: its notes, its documents beside ours, which are those in use, and its observations after ours. */
function withEvidence(own: { readonly [part: string]: Json }, given: ReadonlyMap<string, Json>): Json {
  const observations = [own['observations'], given.get('observations')].flatMap((list) => (Array.isArray(list) ? list : []))
  const documents = Object.fromEntries([...parts(given.get('documents')), ...parts(own['documents'])])
  return { ...own, observations, documents, notes: given.get('notes') ?? [] }
}

/** The parts of a JSON object by name; none of anything else. */
function parts(value: Json | undefined): ReadonlyMap<string, Json> {
  return new Map(typeof value !== 'object' || value === null || Array.isArray(value) ? [] : Object.entries(value))
}
