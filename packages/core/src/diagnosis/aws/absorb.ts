import type { Json, JsonObject } from '../../json.ts'
import type { CaseDocuments, DiagnosisCase, Observation } from '../case.ts'
import { isObject } from '../statement-patch.ts'

/** A read of configuration that succeeded is evidence like any document: what it carried joins the documents, where they have none of the kind. */
export function absorbAws(subject: DiagnosisCase): DiagnosisCase {
  let documents: CaseDocuments = subject.documents
  for (const observation of subject.observations) if (observation.ok === true) documents = { ...read(observation, subject), ...documents }
  return { ...subject, documents }
}

function read(observation: Observation, subject: DiagnosisCase): CaseDocuments {
  const operation = (observation.operation ?? '').replace(/^.*[.:]/, '').toLowerCase()
  const value = parsed(observation.message)
  if (value === undefined) return {}
  const policy = policyIn(value)
  switch (operation) {
    case 'getrole':
      return policy === undefined ? {} : { trustPolicy: policy }
    case 'getbucketpolicy':
      return policy === undefined ? {} : { bucketPolicy: policy }
    case 'getrolepolicy':
    case 'getpolicyversion':
    case 'getuserpolicy':
      return policy === undefined ? {} : { rolePolicies: [...(subject.documents.rolePolicies ?? []), policy] }
    case 'getkeypolicy':
      return policy === undefined || observation.target === undefined ? {} : { keyPolicies: { [observation.target]: policy } }
    case 'getbucketencryption':
      return { encryption: value }
    case 'getpublicaccessblock':
      return { publicAccessBlock: innerOf(value, 'PublicAccessBlockConfiguration') }
    case 'getbucketownershipcontrols': {
      const ownership = /"ObjectOwnership":\s*"(\w+)"/.exec(JSON.stringify(value))?.[1]
      return ownership === undefined ? {} : { ownership }
    }
    default:
      return {}
  }
}

function innerOf(value: JsonObject, name: string): JsonObject {
  const inner = value[name]
  return isObject(inner) ? inner : value
}

/** The policy document in an answer: the document itself, or text of it under one of the names that AWS has for it. */
function policyIn(value: JsonObject): JsonObject | undefined {
  if (value['Statement'] !== undefined) return value
  for (const name of ['Policy', 'PolicyDocument', 'AssumeRolePolicyDocument', 'Document', 'Role', 'PolicyVersion']) {
    const inner = value[name]
    const found = typeof inner === 'string' ? parsed(decoded(inner)) : isObject(inner) ? inner : undefined
    const policy = found === undefined ? undefined : policyIn(found)
    if (policy !== undefined) return policy
  }
  return undefined
}

function decoded(text: string): string {
  try {
    return text.startsWith('%7B') ? decodeURIComponent(text) : text
  } catch {
    return text
  }
}

function parsed(text: string | undefined): JsonObject | undefined {
  if (text === undefined) return undefined
  try {
    // JSON.parse gives JSON.
    const value: Json = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
