import { isObject } from '../../policy/shapes.ts'
import type { JsonObject } from '../../json.ts'
import type { CaseDocuments, DiagnosisCase, Observation } from '../case.ts'
import { objectsIn, parsedJson } from '../json-text.ts'
import { operationName } from './operations.ts'

/** A read of configuration that succeeded is evidence like any document: what it carried joins the documents, where they have none of the kind. */
export function absorbAliyun(subject: DiagnosisCase): DiagnosisCase {
  let documents: CaseDocuments = subject.documents
  let policies: readonly JsonObject[] = []
  for (const observation of subject.observations) {
    if (observation.ok !== true) continue
    const name = operationName(observation, { fields: {} })
    const policy = policyIn(parsedJson(observation.message))
    if (policy !== undefined && /^getpolicy(version)?$/.test(name)) policies = [...policies, policy]
    documents = { ...read(name, policy, observation), ...documents }
  }
  return { ...subject, documents: policies.length === 0 ? documents : { ramPolicies: policies, ...documents } }
}

function read(name: string, policy: JsonObject | undefined, { message }: Observation): CaseDocuments {
  if (policy !== undefined && name === 'getrole') return { trustPolicy: policy }
  if (policy !== undefined && name === 'getbucketpolicy') return { bucketPolicy: policy }
  if (name !== 'getbucketpublicaccessblock' && name !== 'getpublicaccessblock') return {}
  const blocked = /BlockPublicAccess["']?\s*[>:]\s*["']?(true|false)/i.exec(message ?? '')?.[1]
  return blocked === undefined ? {} : { publicAccessBlock: { BlockPublicAccess: blocked.toLowerCase() === 'true' } }
}

/** The policy in an answer: as it is, or as text under one of the names that RAM has for it. */
function policyIn(value: ReturnType<typeof parsedJson>): JsonObject | undefined {
  for (const one of objectsIn(value)) {
    if (one['Statement'] !== undefined) return one
    for (const name of ['PolicyDocument', 'AssumeRolePolicyDocument', 'Policy']) {
      const text = one[name]
      const inner = typeof text === 'string' ? parsedJson(text) : undefined
      if (isObject(inner) && inner['Statement'] !== undefined) return inner
    }
  }
  return undefined
}
