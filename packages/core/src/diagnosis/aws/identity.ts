import type { JsonObject } from '../../json.ts'
import type { PatchStep } from '../../finding.ts'
import type { PolicyDocument } from '../../policy/types.ts'
import type { Explanation } from '../cause.ts'
import type { CaseDocuments } from '../case.ts'
import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import { agrees, at, judge, type Judged } from './judge.ts'
import { patched } from '../patched.ts'
import { operationName } from './operations.ts'
import { adding, replacing, statementAt, valuesOf } from '../statement-patch.ts'
import { callerOf, locationOf, placeOf } from './subject.ts'

/** The ways in which an identity's policies can miss a request, by the codes of their causes. */
export type IdentityGap =
  | 'aws.id.object_arn'
  | 'aws.id.action_missing'
  | 'aws.id.list_missing'
  | 'aws.id.list_resource'
  | 'aws.id.list_prefix'
  | 'aws.id.invalid_action'
  | 'aws.kms.identity'
  | 'aws.kms.multipart'

/** Names of API calls that people write as actions, and the action that was meant. */
const API_NAMES: { readonly [name: string]: string } = {
  's3:listobjects': 's3:ListBucket',
  's3:listobjectsv2': 's3:ListBucket',
  's3:headbucket': 's3:ListBucket',
  's3:headobject': 's3:GetObject',
  's3:getobjects': 's3:GetObject',
  's3:copyobject': 's3:PutObject',
  's3:uploadpart': 's3:PutObject',
  's3:createmultipartupload': 's3:PutObject',
  's3:completemultipartupload': 's3:PutObject',
  's3:putobjects': 's3:PutObject',
  's3:deleteobjects': 's3:DeleteObject',
}

/** Which gap the role's policies have for a request, where they were shown; how to close it, where the evaluator agrees that this closes it. */
export function identityGap(failure: Failure, facts: Facts): { readonly gap: IdentityGap; readonly explanation: Explanation } | undefined {
  if (facts.documents.rolePolicies === undefined) return undefined
  const denied = judge(failure, facts)?.find(({ decision }) => !decision.allowed)
  if (denied === undefined || denied.decision.layer !== 'identity' || denied.decision.effect !== 'implicit-deny') return undefined
  if (!hides(denied, failure) && !agrees(denied, failure.clue)) return undefined
  const gap = gapOf(denied, failure, facts)
  const patch = patchFor(gap, denied, failure, facts)
  const proved = patch !== undefined && closes(denied, failure, facts, patch)
  const { action, resource } = denied.question
  return {
    gap,
    explanation: {
      fits: proved ? 'proved' : failure.clue.layer === 'identity' ? 'named' : 'possible',
      for: [
        `No statement of the role's policies allows ${action} on ${resource}.`,
        ...(denied.decision.explanation ?? [])
          .filter(
            ({ layer, mismatches }) => layer === 'identity' && mismatches.every(({ part }) => part === 'resource' || part === 'condition'),
          )
          .slice(0, 3)
          .map(({ policy, index, mismatches }) => `${policy}, statement ${index}: ${mismatches.map(({ detail }) => detail).join('; ')}.`),
        ...(proved ? ['With the patch the same request is allowed.'] : []),
      ],
      values: valuesFor(denied, failure, facts),
      ...(proved && patch !== undefined ? { patch: { document: patch.document, steps: patch.steps } } : {}),
      ...commands(denied, failure, facts),
    },
  }
}

/** A key that is not there, read by who may not list: S3 then names listing, and the policies are asked about that. */
function hides(denied: Judged, { clue }: Failure): boolean {
  return denied.need.action === 's3:ListBucket' && clue.action === 's3:ListBucket'
}

function gapOf(denied: Judged, failure: Failure, facts: Facts): IdentityGap {
  const { action } = denied.need
  if (denied.need.service === 'kms')
    return /^(uploadpart|uploadpartcopy|completemultipartupload)$/.test(operationName(failure.observation, failure.clue))
      ? 'aws.kms.multipart'
      : 'aws.kms.identity'
  const near = nearest(denied, facts)
  if (near?.part === 'condition' && near.keys.some((key) => /^s3:prefix$/i.test(key))) return 'aws.id.list_prefix'
  if (near?.part === 'resource') return action === 's3:ListBucket' ? 'aws.id.list_resource' : 'aws.id.object_arn'
  if (writtenAsCall(action, facts)) return 'aws.id.invalid_action'
  return action === 's3:ListBucket' ? 'aws.id.list_missing' : 'aws.id.action_missing'
}

/** The statement that allows the action and misses only by its resource or by a condition. */
function nearest(
  { decision }: Judged,
  { documents }: Facts,
):
  | { readonly policy: number; readonly index: number; readonly part: 'resource' | 'condition'; readonly keys: readonly string[] }
  | undefined {
  for (const part of ['resource', 'condition'] as const)
    for (const one of decision.explanation ?? []) {
      const only = one.mismatches.length > 0 && one.mismatches.every((mismatch) => mismatch.part === part)
      if (one.layer !== 'identity' || one.effect !== 'Allow' || !only) continue
      const policy = (documents.rolePolicies ?? []).findIndex((_, index) => at.rolePolicy(index) === one.policy)
      return { policy, index: one.index, part, keys: one.mismatches.flatMap(({ key }) => (key === undefined ? [] : [key])) }
    }
  return undefined
}

function writtenAsCall(action: string, { documents }: Facts): boolean {
  return (documents.rolePolicies ?? []).some((document) => wrongNames(document, action).length > 0)
}

function wrongNames(document: PolicyDocument, action: string): readonly { readonly index: number; readonly name: string }[] {
  const all = document['Statement']
  const count = Array.isArray(all) ? all.length : 1
  return Array.from({ length: count }, (_, index) => index).flatMap((index) => {
    const statement = statementAt(document, index)
    if (statement?.['Effect'] !== 'Allow') return []
    return valuesOf(statement['Action'])
      .filter((name) => API_NAMES[name.toLowerCase()] === action)
      .map((name) => ({ index, name }))
  })
}

/** What a policy must name so that the request, and the others of its kind under the location, are allowed. */
function wantedResource(denied: Judged, facts: Facts): string {
  const { need } = denied
  if (need.service === 'kms' || need.action === 's3:ListBucket') return need.resource
  const location = locationOf(facts)
  const [, bucket = ''] = /^arn:[\w-]+:s3:::([^/]+)/.exec(need.resource) ?? []
  const folder = location !== undefined && location.bucket === bucket && (location.key === '' || location.key.endsWith('/'))
  return folder ? `${need.resource.slice(0, need.resource.indexOf(':::') + 3)}${bucket}/${location.key}*` : need.resource
}

interface Patch {
  readonly document: string
  readonly steps: readonly PatchStep[]
  readonly policy: number
}

function patchFor(gap: IdentityGap, denied: Judged, failure: Failure, facts: Facts): Patch | undefined {
  const policies = facts.documents.rolePolicies ?? []
  const resource = wantedResource(denied, facts)
  const near = nearest(denied, facts)
  const document = near === undefined ? undefined : policies[near.policy]
  if (gap === 'aws.id.invalid_action')
    for (const [policy, one] of policies.entries()) {
      const [wrong] = wrongNames(one, denied.need.action)
      if (wrong !== undefined)
        return { document: at.rolePolicy(policy), policy, steps: replacing(one, wrong.index, 'Action', wrong.name, denied.need.action) }
    }
  if (gap === 'aws.id.object_arn' && near !== undefined && document !== undefined) {
    const meant = valuesOf(statementAt(document, near.index)?.['Resource']).find((value) => [`${value}/*`, `${value}*`].includes(resource))
    if (meant !== undefined)
      return {
        document: at.rolePolicy(near.policy),
        policy: near.policy,
        steps: replacing(document, near.index, 'Resource', meant, resource),
      }
  }
  const [first] = policies
  if (first === undefined) return undefined
  return { document: at.rolePolicy(0), policy: 0, steps: adding(first, statementFor(denied, resource, failure, facts)) }
}

/** The statement that is missing: this action, this resource, and for a listing this prefix. */
function statementFor(denied: Judged, resource: string, failure: Failure, facts: Facts): JsonObject {
  const { action } = denied.need
  const place = placeOf(failure.observation, failure.clue, facts)
  const folder = locationOf(facts)?.key ?? place?.key ?? ''
  const narrowed = action === 's3:ListBucket' && folder !== ''
  return {
    Effect: 'Allow',
    Action: action,
    Resource: resource,
    ...(narrowed ? { Condition: { StringLike: { 's3:prefix': `${folder}*` } } } : {}),
  }
}

/** Whether the same request is allowed that permission once the patch is applied. */
function closes(denied: Judged, failure: Failure, facts: Facts, patch: Patch): boolean {
  const policies = facts.documents.rolePolicies ?? []
  const changed: CaseDocuments = {
    ...facts.documents,
    rolePolicies: policies.map((document, index) => (index === patch.policy ? patched(document, patch.steps) : document)),
  }
  const again = judge(failure, facts, changed)?.find(
    ({ need }) => need.action === denied.need.action && need.resource === denied.need.resource,
  )
  return again?.decision.allowed === true
}

/** Values for the texts of remedies. */
export function valuesFor(denied: Pick<Judged, 'need'> | undefined, failure: Failure, facts: Facts): { readonly [name: string]: string } {
  const caller = callerOf(facts, failure.clue)
  const arn =
    caller === undefined ? undefined : caller.kind === 'role-session' ? caller.roleArn : caller.kind === 'user' ? caller.arn : undefined
  const place = placeOf(failure.observation, failure.clue, facts)
  const action = denied?.need.action ?? failure.clue.action
  const resource = denied?.need.resource ?? failure.clue.resource
  return {
    ...(arn === undefined ? {} : { principal: arn, name: arn.slice(arn.lastIndexOf('/') + 1) }),
    ...(place === undefined ? {} : { bucket: place.bucket, prefix: place.key }),
    ...(action === undefined ? {} : { action }),
    ...(resource === undefined ? {} : { resource }),
  }
}

function commands(denied: Judged, failure: Failure, facts: Facts): Pick<Explanation, 'command' | 'terraform' | 'snippet'> {
  const statement = statementFor(denied, wantedResource(denied, facts), failure, facts)
  const { name = 'ROLE' } = valuesFor(denied, failure, facts)
  const snippet = JSON.stringify({ Version: '2012-10-17', Statement: [statement] }, undefined, 2)
  return {
    snippet,
    command: `aws iam put-role-policy --role-name ${name} --policy-name sluice-missing --policy-document file://missing.json`,
    terraform: `resource "aws_iam_role_policy" "sluice_missing" {\n  role   = ${JSON.stringify(name)}\n  policy = jsonencode(${JSON.stringify({ Version: '2012-10-17', Statement: [statement] })})\n}`,
  }
}
