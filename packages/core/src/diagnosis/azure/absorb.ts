import { absorbed } from '../absorbed.ts'
import { isList, isObject } from '../../policy/shapes.ts'
import type { CaseDocuments, DiagnosisCase, Observation } from '../case.ts'
import { parsedJson } from '../json-text.ts'
import { operationName } from './operations.ts'

/** A read of configuration that succeeded is evidence like any document: what it carried joins the documents, where they have none of the kind. */
export function absorbAzure(subject: DiagnosisCase): DiagnosisCase {
  return absorbed(withSas(subject), read)
}

/** A SAS in the location is a document like any other. */
function withSas(subject: DiagnosisCase): DiagnosisCase {
  const { location = '' } = subject.connection
  const holdsOne = /[?&]sv=/.test(location) && /[?&]s(ig|r|rt)=/.test(location)
  return subject.documents.sasToken !== undefined || !holdsOne
    ? subject
    : { ...subject, documents: { ...subject.documents, sasToken: location } }
}

function read(observation: Observation): CaseDocuments {
  const name = operationName(observation, { fields: {} })
  const value = parsedJson(observation.message)
  if (/roleassignments?(list)?$|^listroleassignments/.test(name)) {
    const list = isObject(value) ? value['value'] : value
    return isList(list) ? { roles: list.filter(isObject) } : {}
  }
  return /storageaccount|accountproperties|accountshow/.test(name) && isObject(value) ? { accountSettings: value } : {}
}
