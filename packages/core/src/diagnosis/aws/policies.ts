import { compile, type CompiledPolicy } from '../../policy/compile.ts'
import { parsePolicy } from '../../policy/parse.ts'
import type { PolicyKind } from '../../policy/parsed.ts'
import type { PolicyDocument, PolicyLayer } from '../../policy/types.ts'
import type { CaseDocuments } from '../case.ts'
import { patched } from '../patched.ts'
import type { PatchStep } from '../../finding.ts'

/** The names of the documents, as patches and evaluations call them. */
export const at = {
  rolePolicy: (index: number): string => `documents.rolePolicies[${index}]`,
  scp: (index: number): string => `documents.scps[${index}]`,
  rcp: (index: number): string => `documents.rcps[${index}]`,
  keyPolicy: (arn: string): string => `documents.keyPolicies[${JSON.stringify(arn)}]`,
  trustPolicy: 'documents.trustPolicy',
  bucketPolicy: 'documents.bucketPolicy',
  boundary: 'documents.boundary',
  sessionPolicy: 'documents.sessionPolicy',
  vpcEndpointPolicy: 'documents.vpcEndpointPolicy',
} as const

/** A policy that allows everything, and one that allows it to everybody: they stand for what nobody showed. */
export const ANYTHING: PolicyDocument = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
export const ANYTHING_TO_ANYBODY: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }],
}

/** A document with its name in the case. */
export type NamedDocument = readonly [name: string, document: PolicyDocument]

/** Every document of a layer, by its name in the case; a key's policy by the key's ARN, among those of the layer resource. */
export function documentsOf(layer: PolicyLayer, documents: CaseDocuments): readonly NamedDocument[] {
  const { rolePolicies = [], scps = [], rcps = [], keyPolicies = {} } = documents
  const single = (name: string, document: PolicyDocument | undefined): readonly NamedDocument[] =>
    document === undefined ? [] : [[name, document]]
  switch (layer) {
    case 'identity':
      return rolePolicies.map((document, index) => [at.rolePolicy(index), document])
    case 'scp':
      return scps.map((document, index) => [at.scp(index), document])
    case 'rcp':
      return rcps.map((document, index) => [at.rcp(index), document])
    case 'resource':
      return [
        ...single(at.bucketPolicy, documents.bucketPolicy),
        ...Object.entries(keyPolicies).map(([arn, document]): NamedDocument => [at.keyPolicy(arn), document]),
      ]
    case 'boundary':
      return single(at.boundary, documents.boundary)
    case 'session':
      return single(at.sessionPolicy, documents.sessionPolicy)
    case 'vpc-endpoint':
      return single(at.vpcEndpointPolicy, documents.vpcEndpointPolicy)
    default:
      return []
  }
}

/** A policy prepared for the evaluator; undefined where AWS would not have accepted it, so that it cannot be what is in force. */
export function prepared(name: string, document: PolicyDocument, kind: PolicyKind): CompiledPolicy | undefined {
  return parsePolicy(document, kind).ok ? compile({ name, document }, kind) : undefined
}

/** The documents with one of them patched. */
export function withPatched(documents: CaseDocuments, name: string, steps: readonly PatchStep[]): CaseDocuments {
  const one = <Document extends PolicyDocument | undefined>(document: Document, own: string): Document | PolicyDocument =>
    document !== undefined && own === name ? patched(document, steps) : document
  const list = (all: readonly PolicyDocument[] | undefined, nameOf: (index: number) => string) =>
    all?.map((document, index) => one(document, nameOf(index)))
  const { rolePolicies, scps, rcps, keyPolicies, trustPolicy, boundary, sessionPolicy, bucketPolicy, vpcEndpointPolicy } = documents
  const next = {
    rolePolicies: list(rolePolicies, at.rolePolicy),
    scps: list(scps, at.scp),
    rcps: list(rcps, at.rcp),
    trustPolicy: one(trustPolicy, at.trustPolicy),
    boundary: one(boundary, at.boundary),
    sessionPolicy: one(sessionPolicy, at.sessionPolicy),
    bucketPolicy: one(bucketPolicy, at.bucketPolicy),
    vpcEndpointPolicy: one(vpcEndpointPolicy, at.vpcEndpointPolicy),
    keyPolicies:
      keyPolicies && Object.fromEntries(Object.entries(keyPolicies).map(([arn, document]) => [arn, one(document, at.keyPolicy(arn))])),
  }
  return { ...documents, ...Object.fromEntries(Object.entries(next).filter(([, value]) => value !== undefined)) }
}
