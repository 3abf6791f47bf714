import type { Json, JsonObject } from '../json.ts'
import { ACCESSES } from '../access.ts'
import { inLanguage, type Language } from '../diagnosis/finding-text.ts'
import type { Said } from '../diagnosis/cause.ts'
import { said } from '../diagnosis/said.ts'
import { isList, isObject } from '../policy/shapes.ts'
import type { Answers } from './answer.ts'
import { aliyunEvidence } from './aliyun/index.ts'
import { awsEvidence } from './aws/index.ts'
import { azureEvidence } from './azure/index.ts'
import type { CloudEvidence } from './cloud-evidence.ts'
import { gcpEvidence } from './gcp/index.ts'
import { readEvidenceFile, type EvidenceRun } from './file.ts'
import { merged } from './merge.ts'
import { planOf } from './plan.ts'
import { known } from './seen.ts'
import { shellScript } from './script.ts'
import type { EvidenceSubject } from './subject.ts'
import { walk, type Asked } from './walk.ts'

export { isEvidenceFile } from './file.ts'
export { questionOf, type Answer, type Answers } from './answer.ts'
export type { EvidenceRead } from './read.ts'
export type { EvidenceSubject } from './subject.ts'
export type { Asked } from './walk.ts'

const CLOUDS: readonly CloudEvidence[] = [awsEvidence, gcpEvidence, azureEvidence, aliyunEvidence]

/** The clouds that can be read with the customer's own eyes. */
export const EVIDENCE_CLOUDS = CLOUDS.map(({ cloud }) => cloud)

/** What a customer of a cloud has to read it with. */
export function evidenceClient(cloud: EvidenceSubject['cloud']): Pick<CloudEvidence, 'client' | 'product' | 'environment'> {
  return of(cloud)
}

/** The reads that these answers lead to: those without an answer are still to be made. */
export function evidenceReads(subject: EvidenceSubject, answers: Answers): readonly Asked[] {
  const { values, reads } = planOf(of(subject.cloud), subject)
  return walk(reads, values, answers)
}

/** A script for the customer's own shell that reads all of it, and writes one file. */
export function evidenceScript(subject: EvidenceSubject, language: Language = 'en'): string {
  return shellScript(of(subject.cloud), subject, language)
}

/** The case document of what was read just now. */
export function caseOfAnswers(subject: EvidenceSubject, answers: Answers, language: Language = 'en'): JsonObject {
  return caseOfRuns(subject, [{ time: '', answers }], [], language)
}

/**
 * The case document of what the script wrote. Of a subject that is known, only what is about that counts; otherwise the file says what it is
 * about. `now`, in milliseconds, tells whether it is old.
 */
export function caseOfFile(text: string, subject: EvidenceSubject | undefined, language: Language = 'en', now?: number): JsonObject {
  const { runs, notes } = readEvidenceFile(text)
  const all = [...notes, ...oldNotes(runs, now)].map((note) => inLanguage(note, language))
  const about = subject ?? runs.map(({ about: one }) => subjectIn(one)).find((one) => one !== undefined)
  return about === undefined ? { notes: [...all, inLanguage(ABOUT_NOTHING, language)] } : caseOfRuns(about, runs, all, language)
}

const OLD_MS = 24 * 60 * 60_000

/** What was changed after it was read is not in it: of what is older than a day that is said. */
function oldNotes(runs: readonly EvidenceRun[], now: number | undefined): readonly Said[] {
  const old = runs.filter(({ time }) => now !== undefined && time !== '' && now - Date.parse(time) > OLD_MS)
  return old.map(({ time }) =>
    said(`The evidence was read at ${time}: what was changed since is not in it.`, `证据读取于 ${time}:此后的更改不在其中。`),
  )
}

const ABOUT_NOTHING = said('The evidence does not say what it is about: nothing of it is taken.', '证据文件没有说明其对象:未采用任何内容。')

function caseOfRuns(subject: EvidenceSubject, runs: readonly EvidenceRun[], notes: readonly string[], language: Language): JsonObject {
  const cloud = of(subject.cloud)
  const { values, reads } = planOf(cloud, subject)
  const read = merged(runs.map(({ answers }) => cloud.gather(subject, walk(reads, values, answers))))
  const { method, principal, roleArn, location, access } = subject
  return {
    cloud: subject.cloud,
    // What was not tried is foretold from the documents alone, of what the connection is for.
    connection: known({ method, principal, roleArn, location, access: read.isPartial ? undefined : access }),
    observations: read.observations,
    documents: read.documents,
    notes: [...notes, ...read.notes.map((note) => inLanguage(note, language))],
  }
}

function of(cloud: EvidenceSubject['cloud']): CloudEvidence {
  const found = CLOUDS.find((one) => one.cloud === cloud)
  if (found === undefined) throw new RangeError(`nobody reads ${cloud}`)
  return found
}

/** What a run says it was about, read as carefully as anything that went through other hands. */
function subjectIn(about: Json | undefined): EvidenceSubject | undefined {
  if (!isObject(about)) return undefined
  const cloud = CLOUDS.find((one) => one.cloud === about['cloud'])?.cloud
  if (cloud === undefined) return undefined
  const access = about['access']
  const keys = about['keys']
  return {
    cloud,
    ...texts(about),
    ...(isList(access) ? { access: ACCESSES.filter((one) => access.includes(one)) } : {}),
    ...(isList(keys) ? { keys: keys.filter((one) => typeof one === 'string') } : {}),
  }
}

const TEXTS = ['method', 'principal', 'roleArn', 'accessKeyId', 'clientId', 'location', 'region'] as const

function texts(about: JsonObject): { readonly [name in (typeof TEXTS)[number]]?: string } {
  const found: { [name in (typeof TEXTS)[number]]?: string } = {}
  for (const name of TEXTS) {
    const value = about[name]
    if (typeof value === 'string') found[name] = value
  }
  return found
}
