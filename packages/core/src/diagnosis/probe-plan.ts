import type { JsonObject } from '../json.ts'
import type { CaseDocuments } from './case.ts'
import type { Said } from './cause.ts'
import type { Capability, DiagnosisReport } from './report.ts'

/**
 * A request, or a few that belong together, by which causes are told apart that look alike until then. What it tells is data: what the cloud
 * answers, and which causes that leaves. A test feeds each answer to the diagnosis and sees that it says the same.
 */
export interface ProbePlan {
  /** Stable; whoever makes the request knows it by this name. */
  readonly name: string
  /** What is asked, for people. */
  readonly asks: Said
  /** Requests in a row that it takes: of several that would tell, the cheapest are asked first. */
  readonly cost: number
  /** Asked only where one of these is refused. */
  readonly about: readonly Capability[]
  /** And only where these work. */
  readonly needs?: readonly Capability[]
  /** And only where none of these causes is open: with one of them, its answers tell something else. */
  readonly unless?: readonly string[]
  /** The document of a case that it reads, by name: whoever has it need not ask. */
  readonly reads?: keyof CaseDocuments
  /** Whether it writes something, which takes consent. */
  readonly writes?: true
  /** The ways it can go. Where it tells nothing on one of them, that one is left out. */
  readonly outcomes: readonly ProbeOutcome[]
}

/** One way a probe can go, and what that tells. */
export interface ProbeOutcome {
  /** What is seen then. */
  readonly shows: Said
  /** Codes of the causes that it tells: `leaves` says that it is one of these, `excludes` that it is none of them. */
  readonly tells: { readonly leaves: readonly string[] } | { readonly excludes: readonly string[] }
  /**
   * The answers, as the observations of a case. `{operation}` and `{target}` stand for the request that was refused before: what was sent
   * with it is sent again, but for headers that are empty here. `{bucket}`, `{prefix}`, `{role}` … stand for what the connection has.
   */
  readonly answers: readonly JsonObject[]
}

/** Of causes that look alike, those that stay when a probe goes this way. */
export function causesLeft({ tells }: ProbeOutcome, codes: readonly string[]): readonly string[] {
  return codes.filter((code) => ('leaves' in tells ? tells.leaves.includes(code) : !tells.excludes.includes(code)))
}

/** Whether some way that the probe can go would leave some of these causes and not others. */
export function separates({ outcomes }: ProbePlan, codes: readonly string[]): boolean {
  return outcomes.some((outcome) => {
    const left = causesLeft(outcome, codes).length
    return left > 0 && left < codes.length
  })
}

/**
 * The probes to make next, side by side: the cheapest of those that would tell apart what the report leaves open. None where it leaves
 * nothing open, or nothing that these would tell.
 */
export function nextProbes(report: DiagnosisReport, plans: readonly ProbePlan[]): readonly ProbePlan[] {
  const telling = plans.filter((plan) => isTelling(plan, report))
  const cheapest = Math.min(...telling.map(({ cost }) => cost))
  return telling.filter(({ cost }) => cost === cheapest)
}

/** Of several findings the first counts: what is behind it shows once it is repaired. */
function isTelling(plan: ProbePlan, { verdict, capabilities, findings: [first] }: DiagnosisReport): boolean {
  const { about, needs = [], unless = [] } = plan
  if (needs.some((capability) => capabilities[capability] !== 'ok')) return false
  // Where nothing that is known explains what was seen, whatever is told may.
  if (first === undefined) return verdict === 'inconclusive'
  const codes = [first.cause, ...first.alternatives]
  if (first.certainty !== 'group' || codes.some((code) => unless.includes(code))) return false
  return about.some((capability) => first.affects.includes(capability)) && separates(plan, codes)
}
