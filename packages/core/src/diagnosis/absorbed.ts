import type { CaseDocuments, DiagnosisCase, Observation } from './case.ts'

/** The case with what successful reads of configuration carried as documents, where it has none of the kind. */
export function absorbed(subject: DiagnosisCase, read: (observation: Observation) => CaseDocuments): DiagnosisCase {
  let documents: CaseDocuments = subject.documents
  for (const observation of subject.observations) if (observation.ok === true) documents = { ...read(observation), ...documents }
  return { ...subject, documents }
}
