import type { CloudEvidence, EvidencePlan } from './cloud-evidence.ts'
import { isPlainValue } from './plain-value.ts'
import type { EvidenceSubject } from './subject.ts'

/** What there is to read of a subject: nothing of a name that a client would take for something else. */
export function planOf(cloud: CloudEvidence, subject: EvidenceSubject): EvidencePlan {
  const { values, reads } = cloud.plan(subject)
  return { values: Object.fromEntries(Object.entries(values).filter(([, value]) => isPlainValue(value))), reads }
}
