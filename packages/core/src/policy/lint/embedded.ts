import type { Json, JsonObject } from '../../json.ts'
import { isList, isObject, pointer } from '../shapes.ts'
import type { LintKind } from './finding.ts'
import { valueAt } from './patch.ts'
import { resolveIntrinsics } from './resolve.ts'

/** A policy and where it stands in what was read. */
export interface EmbeddedPolicy {
  readonly pointer: string
  readonly document: Json
  readonly kind?: LintKind
}

/** Where answers of the AWS CLI hold their policy. */
const ANSWERS: readonly (readonly [path: string, kind: LintKind])[] = [
  ['/PolicyVersion/Document', 'identity'],
  ['/Role/AssumeRolePolicyDocument', 'trust'],
  ['/PolicyDocument', 'identity'],
]

/** Which properties of CloudFormation's resources are policies. */
const PROPERTIES: { readonly [type: string]: readonly (readonly [path: string, kind: LintKind])[] } = {
  'AWS::IAM::Role': [
    ['/AssumeRolePolicyDocument', 'trust'],
    ['/Policies/*/PolicyDocument', 'identity'],
  ],
  'AWS::IAM::User': [['/Policies/*/PolicyDocument', 'identity']],
  'AWS::IAM::Group': [['/Policies/*/PolicyDocument', 'identity']],
  'AWS::IAM::Policy': [['/PolicyDocument', 'identity']],
  'AWS::IAM::ManagedPolicy': [['/PolicyDocument', 'identity']],
  'AWS::IAM::RolePolicy': [['/PolicyDocument', 'identity']],
  'AWS::IAM::UserPolicy': [['/PolicyDocument', 'identity']],
  'AWS::IAM::GroupPolicy': [['/PolicyDocument', 'identity']],
  'AWS::S3::BucketPolicy': [['/PolicyDocument', 'resource']],
  'AWS::KMS::Key': [['/KeyPolicy', 'key']],
}

/** The policies in a JSON document: the document itself, unless it is one of the wrappings known. */
export function embeddedPolicies(root: Json, kind?: LintKind): readonly EmbeddedPolicy[] {
  const told = kind === undefined ? {} : { kind }
  if (!isObject(root) || root['Statement'] !== undefined) return [{ pointer: '', document: root, ...told }]
  if (isTemplate(root)) return templatePolicies(root)
  for (const [path, answerKind] of ANSWERS) {
    const document = valueAt(root, path)
    if (isObject(document)) return [{ pointer: path, document, kind: kind ?? answerKind }]
  }
  return [{ pointer: '', document: root, ...told }]
}

function isTemplate(root: JsonObject): root is JsonObject & { readonly Resources: JsonObject } {
  const resources = root['Resources']
  if (!isObject(resources)) return false
  return (
    root['AWSTemplateFormatVersion'] !== undefined ||
    Object.values(resources).some((each) => isObject(each) && typeof each['Type'] === 'string')
  )
}

function templatePolicies(root: JsonObject & { readonly Resources: JsonObject }): readonly EmbeddedPolicy[] {
  return Object.entries(root.Resources).flatMap(([name, resource]) => {
    const type = isObject(resource) ? resource['Type'] : undefined
    if (typeof type !== 'string' || !Object.hasOwn(PROPERTIES, type)) return []
    return (PROPERTIES[type] ?? []).flatMap(([path, kind]) =>
      spread(root, `/Resources${pointer(name)}/Properties`, path).flatMap((at) => {
        const document = resolveIntrinsics(valueAt(root, at) ?? null, root['Parameters'])
        return isObject(document) ? [{ pointer: at, document, kind }] : []
      }),
    )
  })
}

/** The pointers that a path with a `*` for the places of a list comes to. */
function spread(root: Json, base: string, path: string): readonly string[] {
  const [before = '', after] = path.split('/*')
  if (after === undefined) return [base + path]
  const list = valueAt(root, base + before)
  return list !== undefined && isList(list) ? list.map((_, index) => `${base}${before}/${index}${after}`) : []
}
