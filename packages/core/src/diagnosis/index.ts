import type { Json } from '../json.ts'
import { aliyunDiagnosis } from './aliyun/index.ts'
import { awsDiagnosis } from './aws/index.ts'
import { azureDiagnosis } from './azure/index.ts'
import { readCase, type DiagnosisCase } from './case.ts'
import type { CloudDiagnosis } from './cloud-diagnosis.ts'
import { diagnose } from './diagnose.ts'
import type { Language } from './finding-text.ts'
import { gcpDiagnosis } from './gcp/index.ts'
import type { ProbePlan } from './probe-plan.ts'
import type { DiagnosisReport } from './report.ts'

export { readCase, type DiagnosisCase, type Observation } from './case.ts'
export type { Cause, Said } from './cause.ts'
export { LANGUAGES, type Language } from './finding-text.ts'
export { isTooDeep } from './json-text.ts'
export { causesLeft, nextProbes, separates, type ProbeOutcome, type ProbePlan } from './probe-plan.ts'
export { redacted, withoutSecrets } from './redact.ts'
export {
  CAPABILITIES,
  type Capability,
  type CapabilityState,
  type DiagnosisEvent,
  type DiagnosisReport,
  type OpenQuestion,
  type ShownProbe,
} from './report.ts'

/** The clouds that diagnosis knows, one line each. The first takes what shows no sign of any. */
const CLOUDS: readonly CloudDiagnosis[] = [awsDiagnosis, gcpDiagnosis, azureDiagnosis, aliyunDiagnosis]

/** Other words for a cloud that people write. */
const ALIASES: { readonly [word: string]: CloudDiagnosis['cloud'] } = {
  s3: 'aws',
  amazon: 'aws',
  gcs: 'gcp',
  google: 'gcp',
  azblob: 'azure',
  microsoft: 'azure',
  oss: 'aliyun',
  alibaba: 'aliyun',
  alicloud: 'aliyun',
}

/** Every cause that diagnosis knows, for the documents. */
export const CAUSES = CLOUDS.flatMap(({ causes }) => causes)

/** The requests by which causes of a cloud are told apart that look alike after the first ones; none where diagnosis does not know the cloud. */
export function probePlans(cloud: string): readonly ProbePlan[] {
  return called(cloud)?.probes ?? []
}

/**
 * Says what is wrong with what a case document shows. Asks nobody; nothing in the document is an error.
 * `now`, in milliseconds, is for what ends some day; the times of the answers count before it.
 */
export function diagnoseCase(document: Json, language: Language = 'en', now?: number): DiagnosisReport {
  return diagnoseRead(readCase(document), language, now)
}

/** Says what can be said from an error message alone, as a client printed it. */
export function diagnoseText(text: string, cloud?: string, language: Language = 'en', now?: number): DiagnosisReport {
  const observations = [{ ok: false, message: text }]
  return diagnoseRead(readCase(cloud === undefined ? { observations } : { cloud, observations }), language, now)
}

function diagnoseRead(subject: DiagnosisCase, language: Language, now: number | undefined): DiagnosisReport {
  const [first] = CLOUDS
  const cloud = called(subject.cloud ?? '') ?? CLOUDS.find((one) => one.recognises(subject)) ?? first
  if (cloud === undefined) throw new RangeError('diagnosis knows no cloud')
  return diagnose(subject, cloud, language, now)
}

function called(name: string): CloudDiagnosis | undefined {
  const word = ALIASES[name] ?? name
  return CLOUDS.find(({ cloud }) => cloud === word)
}
