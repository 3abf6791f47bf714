import type { Json, JsonObject } from '../../json.ts'
import { parseArn } from '../../policy/arn.ts'
import { isList, isObject } from '../../policy/shapes.ts'
import type { PolicyDocument } from '../../policy/types.ts'
import type { CaseDocuments, DiagnosisCase, Observation } from '../case.ts'
import { parsedPolicy } from '../bare-document.ts'
import { operationName } from './operations.ts'
import { deep, xmlValue } from './xml-value.ts'
import { parsedJson } from '../json-text.ts'

/** What reads of configuration showed, and what shows whether they showed all of it. */
interface Read {
  readonly documents: CaseDocuments
  /** Names of the role's policies, as lists of them told. */
  readonly listed: readonly string[]
  readonly boundaryArn?: string
}

/**
 * A read of configuration that succeeded is evidence like any document: what it carried joins the documents, where they have none of the kind.
 * That there is no policy or setting is an answer too.
 */
export function absorbAws(subject: DiagnosisCase): DiagnosisCase {
  const boundaryArn = subject.observations
    .map((one) => (one.ok === true && nameOf(one) === 'getrole' ? textAt(valueOf(one), 'PermissionsBoundaryArn') : undefined))
    .find((arn) => arn !== undefined)
  const start: Read = { documents: {}, listed: [], ...(boundaryArn === undefined ? {} : { boundaryArn }) }
  const { documents, listed } = subject.observations.reduce<Read>((read, observation) => joined(read, observation, subject), start)
  const { rolePolicies, ...others } = documents
  // Some of the policies are not all of them: what they lack the others may allow.
  const complete = rolePolicies !== undefined && listed.length <= rolePolicies.length
  return { ...subject, documents: { ...others, ...(complete ? { rolePolicies } : {}), ...subject.documents } }
}

function joined(read: Read, observation: Observation, subject: DiagnosisCase): Read {
  const found = observation.ok === true ? shown(observation, read, subject) : unset(observation)
  const { rolePolicies = [], keyPolicies = {}, scps = [], rcps = [] } = read.documents
  const documents: CaseDocuments = {
    ...found,
    ...read.documents,
    ...(found.rolePolicies === undefined ? {} : { rolePolicies: [...rolePolicies, ...found.rolePolicies] }),
    ...(found.keyPolicies === undefined ? {} : { keyPolicies: { ...keyPolicies, ...found.keyPolicies } }),
    ...(found.scps === undefined ? {} : { scps: [...scps, ...found.scps] }),
    ...(found.rcps === undefined ? {} : { rcps: [...rcps, ...found.rcps] }),
    ...(found.publicAccessBlock === undefined
      ? {}
      : { publicAccessBlock: stricter(read.documents.publicAccessBlock, found.publicAccessBlock) }),
  }
  return { ...read, documents, listed: [...read.listed, ...(observation.ok === true ? namesListed(observation) : [])] }
}

function nameOf(observation: Observation): string {
  return operationName(observation)
}

function shown(observation: Observation, { boundaryArn }: Read, subject: DiagnosisCase): CaseDocuments {
  const value = valueOf(observation)
  if (value === undefined) return {}
  switch (nameOf(observation)) {
    case 'getrole':
      return single('trustPolicy', policyIn(value, 'AssumeRolePolicyDocument'))
    case 'getbucketpolicy':
      return single('bucketPolicy', policyIn(value, 'Policy'))
    case 'getrolepolicy':
    case 'getuserpolicy':
      return several('rolePolicies', policyIn(value, 'PolicyDocument'))
    case 'getpolicyversion': {
      const policy = policyIn(value, 'Document')
      return boundaryArn !== undefined && observation.target?.includes(boundaryArn) === true
        ? single('boundary', policy)
        : several('rolePolicies', policy)
    }
    case 'getkeypolicy': {
      const policy = policyIn(value, 'Policy')
      const key = keyArn(observation.target, subject)
      return policy === undefined || key === undefined ? {} : { keyPolicies: { [key]: policy } }
    }
    case 'describepolicy':
      return several(textAt(value, 'Type') === 'RESOURCE_CONTROL_POLICY' ? 'rcps' : 'scps', policyIn(value, 'Content'))
    case 'describevpcendpoints':
      return single('vpcEndpointPolicy', policyIn(value, 'PolicyDocument'))
    case 'getbucketencryption':
      return { encryption: value }
    case 'getpublicaccessblock': {
      const inner = deep(value, 'PublicAccessBlockConfiguration')
      return { publicAccessBlock: isObject(inner) ? inner : value }
    }
    case 'getbucketownershipcontrols': {
      const ownership = textAt(value, 'ObjectOwnership')
      return ownership === undefined ? {} : { ownership }
    }
    default:
      return {}
  }
}

/** The policy that an answer carried under a name of the service's. */
export function policyOfAnswer(observation: Observation, name: string): PolicyDocument | undefined {
  const value = valueOf(observation)
  return value === undefined ? undefined : policyIn(value, name)
}

const NO_POLICY: PolicyDocument = { Version: '2012-10-17', Statement: [] }

/** That something is not set, as each service says it. */
function unset(observation: Observation): CaseDocuments {
  const said = `${observation.code ?? ''} ${observation.message ?? ''}`
  if (/\bNoSuchBucketPolicy\b/.test(said)) return { bucketPolicy: NO_POLICY }
  // Buckets from before Object Ownership have ACLs.
  if (/\bOwnershipControlsNotFoundError\b/.test(said)) return { ownership: 'ObjectWriter' }
  if (/\bNoSuchPublicAccessBlockConfiguration\b/.test(said)) return { publicAccessBlock: { RestrictPublicBuckets: false } }
  return {}
}

function single(name: 'trustPolicy' | 'bucketPolicy' | 'boundary' | 'vpcEndpointPolicy', policy: JsonObject | undefined): CaseDocuments {
  return policy === undefined ? {} : { [name]: policy }
}

function several(name: 'rolePolicies' | 'scps' | 'rcps', policy: JsonObject | undefined): CaseDocuments {
  return policy === undefined ? {} : { [name]: [policy] }
}

/** Of the bucket's setting and the account's, the stricter holds. */
function stricter(before: JsonObject | undefined, next: JsonObject): JsonObject {
  const isOn = (value: Json | undefined): boolean => value === true || (typeof value === 'string' && value.toLowerCase() === 'true')
  return Object.fromEntries(Object.entries({ ...before, ...next }).map(([name]) => [name, isOn(before?.[name]) || isOn(next[name])]))
}

function namesListed(observation: Observation): readonly string[] {
  const operation = nameOf(observation)
  if (operation !== 'listrolepolicies' && operation !== 'listattachedrolepolicies') return []
  const list = deep(valueOf(observation), operation === 'listrolepolicies' ? 'PolicyNames' : 'AttachedPolicies')
  const members: Json | undefined = isObject(list) ? list['member'] : list
  if (members === undefined || members === '' || members === null) return []
  return (isList(members) ? members : [members]).map((one) => JSON.stringify(one))
}

function textAt(value: Json | undefined, name: string): string | undefined {
  const found = deep(value, name)
  return typeof found === 'string' ? found : undefined
}

/** The policy document in an answer: the document itself, or what stands under the name that the service has for it, as an object or as text. */
function policyIn(value: JsonObject, name: string): JsonObject | undefined {
  if (value['Statement'] !== undefined) return value
  const inner = deep(value, name)
  if (isObject(inner)) return inner['Statement'] === undefined ? policyIn(inner, name) : inner
  return typeof inner === 'string' ? parsedPolicy(inner) : undefined
}

/** The whole ARN of a key that a request named by its id alone, as anything else in the case has it. */
function keyArn(target: string | undefined, { observations, documents }: DiagnosisCase): string | undefined {
  if (target === undefined || parseArn(target) !== undefined) return target
  const id = target.replace(/^.*\//, '')
  const all = JSON.stringify([
    observations.map(({ headers, target: own, message }) => [headers, own ?? '', message ?? '']),
    documents.encryption ?? {},
  ])
  return [...all.matchAll(/arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+/g)].map(([arn]) => arn).find((arn) => arn.endsWith(`/${id}`)) ?? target
}

function valueOf({ message }: Observation): JsonObject | undefined {
  if (message === undefined) return undefined
  const json = parsed(message)
  if (json !== undefined) return json
  const xml = message.includes('<') ? xmlValue(message) : undefined
  return isObject(xml) ? xml : undefined
}

function parsed(text: string): JsonObject | undefined {
  const value = parsedJson(text)
  return isObject(value) ? value : undefined
}
