import type { Finding } from '../finding.ts'
import { attribute } from './attribution.ts'
import { bestOf } from './candidates.ts'
import type { DiagnosisCase, Observation } from './case.ts'
import type { Found } from './cause.ts'
import type { CloudDiagnosis } from './cloud-diagnosis.ts'
import type { Clue } from './clue.ts'
import type { Facts } from './facts.ts'
import type { Failure } from './failure.ts'
import { isKeptVersion } from './kept-version.ts'
import { servedLater } from './later-success.ts'
import { findingOf, inLanguage, type Language } from './finding-text.ts'
import { createMemo } from './memo.ts'
import { openQuestions, unexplainedQuestion } from './open-questions.ts'
import { scrubbed } from './redact.ts'
import { CAPABILITIES, type Capability, type CapabilityState, type DiagnosisReport, type OpenQuestion } from './report.ts'
import { shownProbe } from './shown-probe.ts'
import { timeOf } from './time-of.ts'

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
 * Refusals that one cause explains are one finding.
 */
export function diagnose(given: DiagnosisCase, cloud: CloudDiagnosis, language: Language, now?: number): DiagnosisReport {
  const subject = cloud.absorb(given)
  const read = subject.observations.map((observation): Read => {
    const clue = cloud.clueOf(observation)
    return { observation, clue, capability: cloud.capabilityOf(observation, clue, subject.connection) }
  })
  const facts = factsOf(subject, read, cloud, timeOf(subject.observations) ?? now)
  const explained = facts.failures.map((failure) => bestOf(failure, facts, cloud.causes))
  const found = attribute(explained.filter((one) => one !== undefined))
  const unexplained = facts.failures.filter((failure, index) => explained[index] === undefined && !hasPassed(failure, facts))
  const security = cloud.causes.flatMap((cause): readonly Found[] => {
    const explanation = cause.notice?.(facts)
    return explanation === undefined ? [] : [{ cause, explanation, alternatives: [], affects: [] }]
  })
  const capabilities = capabilitiesOf(read, facts, cloud)
  const open = (found.length === 0 ? (cloud.leavesOpen?.(facts) ?? []) : []).map((one): OpenQuestion => ({
    ...one,
    because: inLanguage(one.because, language),
  }))
  const report: DiagnosisReport = {
    verdict: verdictOf(capabilities, found, unexplained.length + open.length > 0, facts),
    capabilities,
    findings: found.map((one) => findingOf(one, language)),
    security: security.map((one): Finding => findingOf(one, language)),
    cannotTell: [...openQuestions(found, language), ...unexplained.map((failure) => unexplainedQuestion(failure, language)), ...open],
    probes: read.map(({ observation, clue }) => shownProbe(observation, clue)),
    notes: subject.notes,
  }
  return scrubbed(report, given)
}

function factsOf(subject: DiagnosisCase, read: readonly Read[], cloud: CloudDiagnosis, now: number | undefined): Facts {
  const failures = read.filter(({ observation, clue }) => isFailure(observation, clue, subject, cloud)).map(failureOf)
  const seen: Facts = {
    subject,
    connection: subject.connection,
    documents: subject.documents,
    failures,
    successes: read.filter(({ observation }) => observation.ok === true).map(({ observation }) => observation),
    ...(now === undefined ? {} : { now }),
    memo: createMemo(),
  }
  return { ...seen, failures: [...failures, ...cloud.predict(seen)] }
}

function isFailure(observation: Observation, clue: Clue, subject: DiagnosisCase, cloud: CloudDiagnosis): boolean {
  if (observation.ok === true) return false
  const says = observation.ok === false || clue.code !== undefined || (observation.status ?? 0) >= 300 || clue.text !== undefined
  return says && !isKeptVersion(observation, subject.observations) && !cloud.isHarmless(observation, clue, subject.observations)
}

/** Whether a cloud that was busy, or down, served the same request later: nobody is kept out by that. */
function hasPassed(failure: Failure, facts: Facts): boolean {
  const status = failure.clue.status ?? failure.observation.status ?? 0
  return (status === 429 || status >= 500) && servedLater(failure, facts)
}

function failureOf({ observation, clue, capability }: Read): Failure {
  return { observation, clue, ...(capability === undefined ? {} : { capability }) }
}

function capabilitiesOf(read: readonly Read[], facts: Facts, cloud: CloudDiagnosis): DiagnosisReport['capabilities'] {
  const { access } = facts.connection
  const state = (capability: Capability): CapabilityState => {
    const failed = facts.failures.filter((failure) => failure.capability === capability)
    // What was served later is denied no more.
    if (failed.some((failure) => !servedLater(failure, facts))) return 'denied'
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
  isOpen: boolean,
  facts: Facts,
): DiagnosisReport['verdict'] {
  const states = CAPABILITIES.map((capability) => capabilities[capability])
  const nothingSeen = facts.failures.length === 0 && facts.subject.observations.length === 0 && Object.keys(facts.documents).length === 0
  if (nothingSeen) return 'inconclusive'
  if (found.length === 0) return isOpen ? 'inconclusive' : 'ok'
  return states.some((state, index) => state === 'ok' && CAPABILITIES[index] !== 'assume') ? 'degraded' : 'blocked'
}
