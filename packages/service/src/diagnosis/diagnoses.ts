import { accessError, diagnoseCase, type Cloud, type Connection, type DiagnosisReport, type Json, type SeenRequest } from '@sluice/core'
import { okEvent, recordingFailure } from '../audit/record.ts'
import type { Diagnoses, DiagnosisOptions, Leases } from '../contract.ts'
import { requireUsable } from '../leases/usable-connection.ts'
import type { ServiceDeps } from '../shared/deps.ts'
import { locationsOf, requireCloud, requireConnection } from '../shared/lookup.ts'
import { caseOf } from './case-of.ts'
import { probe } from './probes.ts'

/** What diagnosis needs besides what every use case does. */
export interface DiagnosisDeps extends ServiceDeps {
  /** The same clouds, telling of each request they make: diagnosis goes by the answers themselves. */
  readonly observedClouds: (tell: (seen: SeenRequest) => void) => readonly Cloud[]
}

/** Probes of one connection in one minute: each asks the customer's cloud, and is seen there. */
const MOST_A_MINUTE = 6
const MINUTE_MS = 60_000

/** The use case of diagnosis. One for each process: the limit of a connection's probes is in its memory. */
export function createDiagnoses(deps: DiagnosisDeps, leases: Leases): Diagnoses {
  const begun = new Map<string, readonly number[]>()

  function takePlace(connection: Connection): void {
    const now = deps.clock.now()
    const recent = (begun.get(connection.id) ?? []).filter((at) => now - at < MINUTE_MS)
    const [oldest] = recent
    if (recent.length >= MOST_A_MINUTE && oldest !== undefined)
      throw accessError('diagnosis.too_often', {
        message: `The connection ${connection.name} was diagnosed ${recent.length} times in the last minute.`,
        context: { retryAfterSeconds: Math.ceil((oldest + MINUTE_MS - now) / 1000) },
      })
    begun.set(connection.id, [...recent, now])
    // Connections that are not diagnosed any more are forgotten.
    for (const [id, times] of begun) if (times.every((at) => now - at >= MINUTE_MS)) begun.delete(id)
  }

  return {
    async diagnose(caller, name, options, signal) {
      const act = { action: 'connection.diagnose', target: name }
      return recordingFailure(deps, caller, act, async () => {
        const connection = requireUsable(caller, await requireConnection(deps, caller, name))
        takePlace(connection)
        const report = await run(deps, leases, connection, options, signal)
        const details = {
          verdict: report.verdict,
          findings: report.findings.map(({ cause }) => cause).join(' '),
          probes: report.probes.length,
        }
        await deps.store.audit.append(okEvent(caller, { ...act, target: connection.name, details }, deps.clock))
        return report
      })
    },
  }
}

async function run(
  deps: DiagnosisDeps,
  leases: Leases,
  connection: Connection,
  options: DiagnosisOptions,
  signal: AbortSignal,
): Promise<DiagnosisReport> {
  // Before anything is blamed on the customer, what we hold is let go: a session from before a change sees the world before it.
  leases.end(connection.id)
  const seen: SeenRequest[] = []
  const cloud = requireCloud(
    deps.observedClouds((one) => seen.push(one)),
    connection.cloud,
  )
  const { secretId } = connection.auth
  const secret = secretId === undefined ? undefined : await deps.store.secrets.get(secretId, connection.id)
  const locations = await locationsOf(deps, connection)
  await probe(
    { cloud, open: { connection, ...(secret === undefined ? {} : { secret }) }, locations, write: options.write === true },
    deps,
    signal,
  )
  const document = caseOf({ connection, cloud, platform: deps.platform(), locations, seen, write: options.write === true })
  return diagnoseCase(withEvidence(document, options.evidence), options.language ?? 'en', deps.clock.now())
}

/** The case with the parts of another joined: its documents, and its observations after ours. */
function withEvidence(own: { readonly [part: string]: Json }, evidence: Json | undefined): Json {
  if (typeof evidence !== 'object' || evidence === null || Array.isArray(evidence)) return own
  const given = new Map<string, Json>(Object.entries(evidence))
  const observations = [own['observations'], given.get('observations')].flatMap((list) => (Array.isArray(list) ? list : []))
  const documents = given.get('documents')
  return { ...own, observations, ...(documents === undefined ? {} : { documents }) }
}
