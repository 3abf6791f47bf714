import type { Finding } from '../finding.ts'
import type { DiagnosisCase, Observation } from './case.ts'
import type { Cause, Explanation, Found } from './cause.ts'
import type { CloudDiagnosis } from './cloud-diagnosis.ts'
import type { Clue } from './clue.ts'
import type { Facts } from './facts.ts'
import type { Failure } from './failure.ts'
import { findingOf, type Language } from './finding-text.ts'
import { CAPABILITIES, type Capability, type CapabilityState, type DiagnosisReport, type OpenQuestion } from './report.ts'
import { shownProbe } from './shown-probe.ts'

/** The layers in the order in which a request meets them. */
const LAYERS: readonly Cause['layer'][] = [
  'credential',
  'trust',
  'place',
  'network',
  'organization',
  'policy',
  'key',
  'ownership',
  'object',
  'settings',
]

/** An observation with what its answer tells. */
interface Read {
  readonly observation: Observation
  readonly clue: Clue
  readonly capability: Capability | undefined
}

/**
 * Says what is wrong with what a case shows. Pure: it asks nobody.
 *
 * For each refusal every cause says how it stands to it. What a document proves counts before what the cloud's text names,
 * and that before what merely fits; several that fit alike are one group, and only one that is left alone is called consistent.
 */
export function diagnose(given: DiagnosisCase, cloud: CloudDiagnosis, language: Language): DiagnosisReport {
  const subject = cloud.absorb(given)
  const read = subject.observations.map((observation): Read => {
    const clue = cloud.clueOf(observation)
    return { observation, clue, capability: cloud.capabilityOf(observation, clue, subject.connection) }
  })
  const failures = read.filter(({ observation, clue }) => isFailure(observation, clue, subject, cloud)).map(failureOf)
  const seen: Facts = {
    subject,
    connection: subject.connection,
    documents: subject.documents,
    failures,
    successes: read.filter(({ observation }) => observation.ok === true).map(({ observation }) => observation),
  }
  const facts: Facts = { ...seen, failures: [...failures, ...cloud.predict(seen)] }
  const found = merge(facts.failures.flatMap((failure) => explain(failure, facts, cloud.causes) ?? []))
  const unexplained = facts.failures.filter((failure) => explain(failure, facts, cloud.causes) === undefined)
  const security = cloud.causes.flatMap((cause): readonly Found[] => {
    const explanation = cause.notice?.(facts)
    return explanation === undefined ? [] : [{ cause, explanation, alternatives: [], affects: [] }]
  })
  const capabilities = capabilitiesOf(read, facts, cloud)
  return {
    verdict: verdictOf(capabilities, found, unexplained, facts),
    capabilities,
    findings: found.map((one) => findingOf(one, language)),
    security: security.map((one): Finding => findingOf(one, language)),
    cannotTell: [...openQuestions(found), ...unexplained.map(questionOf)],
    probes: read.map(({ observation, clue }) => shownProbe(observation, clue)),
    notes: subject.notes,
  }
}

function isFailure(observation: Observation, clue: Clue, subject: DiagnosisCase, cloud: CloudDiagnosis): boolean {
  if (observation.ok === true) return false
  const says = observation.ok === false || clue.code !== undefined || (observation.status ?? 0) >= 300 || clue.text !== undefined
  return says && !cloud.isHarmless(observation, clue, subject.observations)
}

function failureOf({ observation, clue, capability }: Read): Failure {
  return { observation, clue, ...(capability === undefined ? {} : { capability }) }
}

/** The best explanation of one refusal; undefined where no cause explains it. */
function explain(failure: Failure, facts: Facts, causes: readonly Cause[]): Found | undefined {
  const fitting = causes.flatMap((cause): readonly { readonly cause: Cause; readonly explanation: Explanation }[] => {
    const explanation = cause.explain(failure, facts)
    return explanation === undefined ? [] : [{ cause, explanation }]
  })
  const affects = failure.capability === undefined ? [] : [failure.capability]
  for (const fits of ['proved', 'named', 'possible'] as const) {
    const alike = fitting.filter(({ explanation }) => explanation.fits === fits)
    // What is proved stands by itself: whatever is met first is repaired first, and what else is proved shows then.
    // Of what cannot be told apart the likeliest comes first: that is the order in which a cloud lists its causes.
    const ordered = fits === 'proved' ? alike.toSorted((a, b) => LAYERS.indexOf(a.cause.layer) - LAYERS.indexOf(b.cause.layer)) : alike
    const [first, ...others] = ordered
    if (first === undefined) continue
    const alternatives = fits === 'proved' ? [] : others.map(({ cause }) => cause)
    return { ...first, alternatives, affects }
  }
  return undefined
}

/** One finding for each cause or group, in the order of the refusals, however many refusals it explains. */
function merge(all: readonly Found[]): readonly Found[] {
  const merged = new Map<string, Found>()
  for (const one of all) {
    const key = [one.cause.code, ...one.alternatives.map(({ code }) => code)].toSorted().join(' ')
    const before = merged.get(key)
    merged.set(
      key,
      before === undefined ? one : { ...before, affects: unique([...before.affects, ...one.affects]), explanation: both(before, one) },
    )
  }
  return [...merged.values()]
}

function both({ explanation: a }: Found, { explanation: b }: Found): Explanation {
  return { ...a, for: unique([...a.for, ...b.for]), against: unique([...(a.against ?? []), ...(b.against ?? [])]) }
}

function unique<T>(list: readonly T[]): readonly T[] {
  return [...new Set(list)]
}

function capabilitiesOf(read: readonly Read[], facts: Facts, cloud: CloudDiagnosis): DiagnosisReport['capabilities'] {
  const { access } = facts.connection
  const state = (capability: Capability): CapabilityState => {
    if (facts.failures.some((failure) => failure.capability === capability)) return 'denied'
    const own = read.filter((one) => one.capability === capability)
    if (own.some(({ observation, clue }) => observation.ok === true || cloud.isHarmless(observation, clue, facts.subject.observations)))
      return 'ok'
    if (capability !== 'assume' && access !== undefined && !access.includes(capability)) return 'skipped'
    return 'unknown'
  }
  return { assume: state('assume'), list: state('list'), read: state('read'), write: state('write'), delete: state('delete') }
}

function verdictOf(
  capabilities: DiagnosisReport['capabilities'],
  found: readonly Found[],
  unexplained: readonly Failure[],
  facts: Facts,
): DiagnosisReport['verdict'] {
  const states = CAPABILITIES.map((capability) => capabilities[capability])
  const nothingSeen = facts.failures.length === 0 && facts.successes.length === 0 && Object.keys(facts.documents).length === 0
  if (nothingSeen) return 'inconclusive'
  if (found.length === 0) return unexplained.length > 0 ? 'inconclusive' : 'ok'
  return states.some((state, index) => state === 'ok' && CAPABILITIES[index] !== 'assume') ? 'degraded' : 'blocked'
}

/** Groups stay open; the first of their causes that says how to settle it says so for all. */
function openQuestions(found: readonly Found[]): readonly OpenQuestion[] {
  return found.flatMap(({ cause, alternatives }): readonly OpenQuestion[] => {
    if (alternatives.length === 0) return []
    const all = [cause, ...alternatives]
    const settle = all.find((one) => one.settle !== undefined)?.settle
    return [
      {
        causes: all.map(({ code }) => code),
        because: 'From outside these look the same.',
        ...(settle === undefined ? {} : { settle }),
      },
    ]
  })
}

function questionOf({ observation, clue }: Failure): OpenQuestion {
  const what = observation.operation ?? clue.operation ?? `observation ${observation.index}`
  return { causes: [], because: `Nothing known explains what ${what} answered.` }
}
