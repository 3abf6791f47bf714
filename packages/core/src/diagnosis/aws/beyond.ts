import type { PatchStep } from '../../finding.ts'
import type { Principal } from '../../policy/types.ts'
import type { CaseDocuments } from '../case.ts'
import type { Facts } from '../facts.ts'
import { covers, type Asked } from './asked.ts'
import { allows } from './judge.ts'
import type { Question } from './policy-set.ts'
import { withPatched } from './policies.ts'
import { accountOf, NEIGHBOUR_ACCOUNT, neighbourIn, SOME_ACCOUNT } from './subject.ts'

const OBJECT_ACTIONS = [
  's3:GetObject',
  's3:GetObjectVersion',
  's3:GetObjectAcl',
  's3:GetObjectTagging',
  's3:PutObject',
  's3:PutObjectAcl',
  's3:PutObjectTagging',
  's3:DeleteObject',
  's3:DeleteObjectVersion',
  's3:AbortMultipartUpload',
]
const BUCKET_ACTIONS = [
  's3:ListBucket',
  's3:ListBucketVersions',
  's3:GetBucketLocation',
  's3:GetBucketPolicy',
  's3:PutBucketPolicy',
  's3:DeleteBucketPolicy',
  's3:PutEncryptionConfiguration',
  's3:DeleteBucket',
]
const KEY_ACTIONS = ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:Encrypt', 'kms:CreateGrant', 'kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion']

/** Something that could be asked beside what was. */
interface Neighbour {
  readonly action: string
  readonly resource: string
  readonly prefix?: string
  readonly service: 's3' | 'kms'
}

/**
 * Whether a change allows anything that was refused before and that nobody asked for: other actions, neighbouring folders, other buckets and
 * keys, other principals. What stays unknown is taken for the request and against it: neither may open anything.
 */
export function allowsBeyond(name: string, steps: readonly PatchStep[], asked: readonly Asked[], model: Question, facts: Facts): boolean {
  const { documents } = facts
  const changed = withPatched(documents, name, steps)
  // What lies beside it is the same for every action of one place.
  const places = new Map(asked.map((one) => [`${one.resource} ${one.prefix ?? ''}`, one]))
  const neighbours = [...places.values()].flatMap(neighboursOf)
  const others = othersThan(model.principal)
  const own = neighbours.filter((one) => !asked.some((each) => covers(each, one)))
  // Made once: what the policies come to is kept by the documents they stand in.
  const [before, after] = [withoutIdentity(documents), withoutIdentity(changed)]
  return (
    own.some((one) => opens(questionFor(one, model, model.principal), facts, documents, changed)) ||
    others.some((principal) => neighbours.some((one) => opens(questionFor(one, model, principal), facts, before, after)))
  )
}

const MOODS = ['lenient', 'strict'] as const

function opens(question: Question, facts: Facts, before: CaseDocuments, after: CaseDocuments): boolean {
  return MOODS.some((mood) => allows(question, facts, after, mood) && !allows(question, facts, before, mood))
}

function questionFor({ action, resource, prefix, service }: Neighbour, { context, ...model }: Question, principal: Principal): Question {
  const { 's3:prefix': _prefix, ...rest } = context
  const own = model.resource.split(':')[4] ?? ''
  return {
    ...model,
    principal,
    action,
    resource,
    service,
    resourceAccount:
      service === 'kms'
        ? (resource.split(':')[4] ?? own)
        : model.service === 'kms'
          ? (accountOf(model.principal) ?? '')
          : model.resourceAccount,
    context: { ...rest, ...(prefix === undefined ? {} : { 's3:prefix': prefix }) },
  }
}

function neighboursOf({ resource, prefix = '' }: Asked): readonly Neighbour[] {
  if (resource.includes(':kms:')) {
    const other = resource.replace(/[^/]+$/, 'sluice-neighbour')
    return KEY_ACTIONS.flatMap((action) => [resource, other].map((key): Neighbour => ({ action, resource: key, service: 'kms' })))
  }
  const [, head = '', bucket = '', key] = /^(arn:[\w-]+:s3:::)([^/]+)(?:\/(.*))?$/s.exec(resource) ?? []
  const folder = (key ?? `${prefix}*`).replace(/\*$/, '')
  const base = folder.replace(/\/?[^/]*$/, '')
  const folders = [folder, `${folder.replace(/\/$/, '')}-neighbour/`, 'sluice-neighbour/', base === '' ? '' : `${base}/sluice-neighbour/`]
  return [bucket, `${bucket}-neighbour`].flatMap((name): readonly Neighbour[] => [
    ...OBJECT_ACTIONS.flatMap((action) =>
      folders.map((one): Neighbour => ({
        action,
        resource: `${head}${name}/${one.endsWith('/') || one === '' ? `${one}x` : one}`,
        service: 's3',
      })),
    ),
    ...BUCKET_ACTIONS.flatMap((action) =>
      folders.map((one): Neighbour => ({ action, resource: `${head}${name}`, prefix: one, service: 's3' })),
    ),
  ])
}

/** Another role beside the caller's, and one of another account. */
function othersThan(principal: Principal): readonly Principal[] {
  return [accountOf(principal) ?? SOME_ACCOUNT, NEIGHBOUR_ACCOUNT].map(neighbourIn)
}

/** The documents that speak of others too: what the caller's own policies say is nothing to them. */
function withoutIdentity(documents: CaseDocuments): CaseDocuments {
  const { rolePolicies: _policies, boundary: _boundary, sessionPolicy: _session, ...rest } = documents
  return rest
}
