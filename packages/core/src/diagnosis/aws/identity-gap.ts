import type { PatchStep } from '../../finding.ts'
import type { PolicyDocument } from '../../policy/types.ts'
import type { Explanation } from '../cause.ts'
import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import type { Slot } from '../memo.ts'
import { OPENED, said } from '../said.ts'
import { allowing, wanted, type Asked } from './asked.ts'
import { allowsBeyond } from './beyond.ts'
import { changeOf } from './change.ts'
import { wrongNames } from './api-names.ts'
import { isForeignKey } from './key.ts'
import { agrees, judge, judgeBy, type Judged } from './judge.ts'
import { nearest, type Near } from './near-statement.ts'
import { operationName } from './operations.ts'
import { adding, extending, replacing, statementAt, statementsOf, valuesOf } from '../statement-patch.ts'
import { at, withPatched } from './policies.ts'
import { valuesOfFailure } from './refusal.ts'

/** The ways in which an identity's policies can miss a request, by the codes of their causes. */
export type IdentityGap =
  | 'aws.id.object_arn'
  | 'aws.id.action_missing'
  | 'aws.id.list_missing'
  | 'aws.id.list_resource'
  | 'aws.id.list_prefix'
  | 'aws.id.invalid_action'
  | 'aws.own.put_acl'
  | 'aws.kms.identity'
  | 'aws.kms.foreign_key'
  | 'aws.kms.multipart'

interface Found {
  readonly gap: IdentityGap
  readonly explanation: Explanation
}

const GAP: Slot<Found | undefined> = { name: 'identity gap' }

/** Which gap the role's policies have for a request, where they were shown; how to close it, where the evaluator agrees that this closes it. */
export function identityGap(failure: Failure, facts: Facts): Found | undefined {
  return facts.memo(GAP, failure, () => findGap(failure, facts))
}

function findGap(failure: Failure, facts: Facts): Found | undefined {
  if (facts.documents.rolePolicies === undefined) return undefined
  const denied = judge(failure, facts)?.find(({ decision }) => decision.layer === 'identity' && decision.effect === 'implicit-deny')
  if (denied === undefined || !agrees(denied, denied.decision, failure.clue)) return undefined
  const near = nearest(denied, facts.documents.rolePolicies)
  const gap = gapOf(denied, near, failure, facts)
  const patch = patchFor(gap, denied, near, failure, facts)
  const { action, resource } = denied.need
  const asked = wanted(denied.need, facts)
  return {
    gap,
    explanation: {
      // Another layer may refuse it too; that this one does, the documents show all the same.
      fits: patch?.allows === true ? 'proved' : 'named',
      for: [
        said(
          `No statement of the role’s policies allows ${action} on ${resource}.`,
          `角色策略中没有任何语句允许对 ${resource} 执行 ${action}。`,
        ),
        ...(near === undefined ? [] : [`${at.rolePolicy(near.policy)}, Statement ${near.index}: ${near.detail}.`]),
        ...(patch?.allows === true ? [OPENED] : []),
      ],
      values: { ...valuesOfFailure(failure, facts), action, resource: asked.resource, resources: asked.resource },
      ...(patch === undefined
        ? {}
        : { linesFor: changeOf(patch.document, facts), patch: { document: patch.document, steps: patch.steps } }),
    },
  }
}

function gapOf({ need }: Judged, near: Near | undefined, failure: Failure, facts: Facts): IdentityGap {
  const { action, resource, service } = need
  const operation = operationName(failure.observation, failure.clue)
  if (service === 'kms') {
    if (isForeignKey(resource, failure, facts) === true) return 'aws.kms.foreign_key'
    return /^(uploadpart|uploadpartcopy|completemultipartupload)$/.test(operation) ? 'aws.kms.multipart' : 'aws.kms.identity'
  }
  if (action === 's3:PutObjectAcl' && operation !== 'putobjectacl') return 'aws.own.put_acl'
  const lists = action.startsWith('s3:ListBucket')
  if (near?.misses === 'prefix') return 'aws.id.list_prefix'
  if (near?.misses !== 'resource' && near?.misses !== 'bucket' && writtenAsCall(need, facts).length > 0) return 'aws.id.invalid_action'
  if (near?.misses === 'resource') return lists ? 'aws.id.list_resource' : 'aws.id.object_arn'
  if (lists) return 'aws.id.list_missing'
  return near?.misses === 'bucket' ? 'aws.id.object_arn' : 'aws.id.action_missing'
}

interface Written {
  readonly policy: number
  readonly index: number
  readonly name: string
}

/** Where the policies name a call in the place of the action, of statements that are about this bucket. */
function writtenAsCall({ action, resource }: Judged['need'], { documents }: Facts): readonly Written[] {
  const bucket = resource.replace(/^arn:[\w-]+:s3:::/, '').split('/')[0] ?? ''
  return (documents.rolePolicies ?? []).flatMap((document, policy) =>
    wrongNames(document, action)
      .filter(({ index }) => isAbout(document, index, bucket))
      .map(({ index, name }) => ({ policy, index, name })),
  )
}

function isAbout(document: PolicyDocument, index: number, bucket: string): boolean {
  return valuesOf(statementAt(document, index)?.['Resource']).some(
    (value) => value === '*' || value.includes(`:::${bucket}`) || /:::\*/.test(value),
  )
}

interface Patch {
  readonly document: string
  readonly steps: readonly PatchStep[]
  /** Whether the request is then allowed. */
  readonly allows: boolean
}

/** The smallest change that gives the permission and nothing beyond what was asked for. */
function patchFor(gap: IdentityGap, denied: Judged, near: Near | undefined, failure: Failure, facts: Facts): Patch | undefined {
  const policies = facts.documents.rolePolicies ?? []
  const asked = wanted(denied.need, facts)
  const family = familyOf(asked, facts)
  for (const { policy, steps } of waysFor(gap, denied, asked, near, facts)) {
    if (policies[policy] === undefined) continue
    const name = at.rolePolicy(policy)
    const decision = after(denied, failure, facts, name, steps)
    // Where another layer refuses too, closing this gap shows in that the identity is no more what decides.
    if (decision === undefined || decision.layer === 'identity') continue
    if (!allowsBeyond(name, steps, family, denied.question, facts)) return { document: name, steps, allows: decision.allowed }
  }
  return undefined
}

interface Way {
  readonly policy: number
  readonly steps: readonly PatchStep[]
}

function waysFor(gap: IdentityGap, denied: Judged, asked: Asked, near: Near | undefined, facts: Facts): readonly Way[] {
  const policies = facts.documents.rolePolicies ?? []
  const corrected = gap === 'aws.id.invalid_action' ? writtenAsCall(denied.need, facts) : []
  const named = corrected.flatMap(({ policy, index, name }): readonly Way[] => {
    const document = policies[policy]
    return document === undefined ? [] : [{ policy, steps: replacing(document, index, 'Action', name, denied.need.action) }]
  })
  const widened = near === undefined || gap !== 'aws.id.object_arn' ? [] : widenings(near, asked, policies)
  return [...named, ...widened, ...joining(asked, policies), ...added(asked, policies)]
}

/** The folder that was meant, written so that its objects are. */
function widenings({ policy, index }: Near, { resource }: Asked, policies: readonly PolicyDocument[]): readonly Way[] {
  const document = policies[policy]
  if (document === undefined) return []
  const meant = valuesOf(statementAt(document, index)?.['Resource']).filter((value) => isMeant(value, resource))
  return meant.map((value): Way => ({ policy, steps: replacing(document, index, 'Resource', value, resource) }))
}

/** Whether a resource is what was wanted but for its end, or for how an ARN is written. */
function isMeant(value: string, wantedResource: string): boolean {
  const plain = (text: string): string =>
    text
      .replace(/^arn:[\w-]+:s3:[^/]*:+/, '')
      .replace(/^\//, '')
      .replace(/\/?\*?$/, '')
  return value.includes('/') && plain(value) === plain(wantedResource)
}

/** A statement that is about exactly these resources already, and has no condition: the action joins the others. */
function joining({ action, resource, prefix }: Asked, policies: readonly PolicyDocument[]): readonly Way[] {
  if (prefix !== undefined) return []
  return policies.flatMap((document, policy) =>
    statementsOf(document).flatMap((_, index): readonly Way[] => {
      const statement = statementAt(document, index)
      const exact = valuesOf(statement?.['Resource'])
      const fits = statement?.['Effect'] === 'Allow' && statement['Condition'] === undefined && statement['Action'] !== undefined
      return fits && exact.length === 1 && exact[0] === resource ? [{ policy, steps: extending(document, index, 'Action', action) }] : []
    }),
  )
}

/** A statement of its own: this action, this resource, and for a listing this prefix. */
function added(asked: Asked, policies: readonly PolicyDocument[]): readonly Way[] {
  const [first] = policies
  return first === undefined ? [] : [{ policy: 0, steps: adding(first, allowing(asked)) }]
}

function after(denied: Judged, failure: Failure, facts: Facts, name: string, steps: readonly PatchStep[]): Judged['decision'] | undefined {
  return judgeBy(failure, facts, withPatched(facts.documents, name, steps))?.find(
    ({ need }) => need.action === denied.need.action && need.resource === denied.need.resource,
  )?.decision
}

/** The actions that belong to an access: who wrote them for a folder and only wrote the folder wrongly meant them there. */
const FAMILIES: readonly (readonly [access: string, actions: readonly string[]])[] = [
  ['read', ['s3:GetObject', 's3:GetObjectVersion', 's3:GetObjectTagging', 's3:GetObjectVersionTagging', 's3:GetObjectAttributes']],
  ['write', ['s3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts']],
  ['delete', ['s3:DeleteObject', 's3:DeleteObjectVersion']],
]

/** What was asked for, with what belongs to the accesses that the connection is for. */
function familyOf(asked: Asked, { connection }: Facts): readonly Asked[] {
  const belonging = FAMILIES.filter(
    ([access, actions]) => actions.includes(asked.action) || connection.access?.some((one) => one === access) === true,
  )
  return [
    asked,
    ...(asked.resource.includes('/') && !asked.resource.includes(':kms:')
      ? belonging.flatMap(([, actions]) => actions.map((action) => ({ ...asked, action })))
      : []),
  ]
}
