import type { CaseDocuments, DiagnosisCase, Observation } from '../case.ts'
import { isJsonList, isJsonObject, objectsIn, parsedJson } from '../json-text.ts'
import { operationName } from './operations.ts'

/** A read of configuration that succeeded is evidence like any document: what it carried joins the documents, where they have none of the kind. */
export function absorbGcp(subject: DiagnosisCase): DiagnosisCase {
  let documents: CaseDocuments = subject.documents
  for (const observation of subject.observations) if (observation.ok === true) documents = { ...read(observation), ...documents }
  return { ...subject, documents }
}

function read(observation: Observation): CaseDocuments {
  const name = operationName(observation, { fields: {} })
  const value = parsedJson(observation.message)
  if (/^(buckets)?getiampolicy$/.test(name)) {
    const policy = objectsIn(value).find((one) => isJsonList(one['bindings']))
    const bindings = policy?.['bindings'] ?? value
    return isJsonList(bindings) ? { bindings: bindings.filter(isJsonObject) } : {}
  }
  return /^(bucketsget|getbucket)$/.test(name) && isJsonObject(value) ? { accountSettings: value } : {}
}
