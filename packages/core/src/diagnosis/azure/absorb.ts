import type { CaseDocuments, DiagnosisCase, Observation } from '../case.ts'
import { isJsonList, isJsonObject, parsedJson } from '../json-text.ts'
import { operationName } from './operations.ts'

/** A read of configuration that succeeded is evidence like any document: what it carried joins the documents, where they have none of the kind. */
export function absorbAzure(subject: DiagnosisCase): DiagnosisCase {
  let documents: CaseDocuments = subject.documents
  for (const observation of subject.observations) if (observation.ok === true) documents = { ...read(observation), ...documents }
  return { ...subject, documents }
}

function read(observation: Observation): CaseDocuments {
  const name = operationName(observation, { fields: {} })
  const value = parsedJson(observation.message)
  if (/roleassignments?(list)?$|^listroleassignments/.test(name)) {
    const list = isJsonObject(value) ? value['value'] : value
    return isJsonList(list) ? { roles: list.filter(isJsonObject) } : {}
  }
  return /storageaccount|accountproperties|accountshow/.test(name) && isJsonObject(value) ? { accountSettings: value } : {}
}
