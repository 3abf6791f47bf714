import { absorbed } from '../absorbed.ts'
import { isList, isObject } from '../../policy/shapes.ts'
import type { CaseDocuments, DiagnosisCase, Observation } from '../case.ts'
import { objectsIn, parsedJson } from '../json-text.ts'
import { operationName } from './operations.ts'

/** A read of configuration that succeeded is evidence like any document: what it carried joins the documents, where they have none of the kind. */
export function absorbGcp(subject: DiagnosisCase): DiagnosisCase {
  return absorbed(subject, read)
}

function read(observation: Observation): CaseDocuments {
  const name = operationName(observation, { fields: {} })
  const value = parsedJson(observation.message)
  if (/^(buckets)?getiampolicy$/.test(name)) {
    const policy = objectsIn(value).find((one) => isList(one['bindings']))
    const bindings = policy?.['bindings'] ?? value
    return isList(bindings) ? { bindings: bindings.filter(isObject) } : {}
  }
  if (/^(iam)?(projects|organizations)?roles(get|describe)$/.test(name)) return { roles: objectsIn(value) }
  return /^(bucketsget|getbucket)$/.test(name) && isObject(value) ? { accountSettings: value } : {}
}
