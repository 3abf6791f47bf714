import type { Access } from '../../access.ts'
import { evaluateRam } from '../../ram/evaluate.ts'
import type { RamPolicySet, RamPrincipal } from '../../ram/types.ts'
import type { CaseDocuments } from '../case.ts'
import type { Facts } from '../facts.ts'
import { policiesFor, type Judged } from './judge.ts'
import { withPatched, type DocumentPatch } from './patches.ts'
import { locationOf } from './subject.ts'

const OBJECT_ACTIONS = [
  'oss:GetObject',
  'oss:PutObject',
  'oss:DeleteObject',
  'oss:GetObjectAcl',
  'oss:PutObjectAcl',
  'oss:AbortMultipartUpload',
]
const BUCKET_ACTIONS = [
  'oss:ListObjects',
  'oss:GetBucketInfo',
  'oss:GetBucketAcl',
  'oss:PutBucketAcl',
  'oss:PutBucketPolicy',
  'oss:DeleteBucket',
]

/** What each access takes, beside the permission that was refused. */
const TAKES: { readonly [access in Access]: readonly string[] } = {
  list: ['oss:ListObjects'],
  read: ['oss:GetObject'],
  write: ['oss:PutObject', 'oss:AbortMultipartUpload'],
  delete: ['oss:DeleteObject'],
}

/** What every connection asks of its bucket, to know whose it is and where. */
const ALWAYS = 'oss:GetBucketInfo'

/** Something that could be asked beside what was. `place`: the key, or the prefix of a listing. */
interface Neighbour {
  readonly action: string
  readonly resource: string
  readonly place?: string
}

/**
 * Whether a change allows anything that was refused before and that nobody asked for: other actions, neighbouring folders, another bucket,
 * other principals. Policies that nobody showed allow everything, so that only what the change leaves denied stays so.
 */
export function allowsBeyond(patch: DocumentPatch, judged: Judged, facts: Facts): boolean {
  const [, bucket = ''] = /^(acs:oss:[^:]*:[^:]*:[^/]+)/.exec(judged.need.resource) ?? []
  if (bucket === '') return false
  const { documents } = facts
  const changed = withPatched(documents, patch)
  const neighbours = neighboursOf(bucket, facts)
  const own = neighbours.filter((one) => !isAsked(one, bucket, judged, facts))
  const opensAny = (some: readonly Neighbour[], principal: RamPrincipal, seen: (all: CaseDocuments) => CaseDocuments): boolean => {
    const before = policiesFor(judged.need, seen(documents))
    const after = policiesFor(judged.need, seen(changed))
    return some.some((one) => isAllowed(one, principal, judged, after) && !isAllowed(one, principal, judged, before))
  }
  return (
    // Our session is narrower than the role, which the customer may use for more.
    opensAny(own, judged.question.principal, withoutSession) ||
    othersThan(judged).some((principal) => opensAny(neighbours, principal, withoutIdentity))
  )
}

function isAllowed({ action, resource, place }: Neighbour, principal: RamPrincipal, { question }: Judged, policies: RamPolicySet): boolean {
  const { 'oss:Prefix': _prefix, ...context } = question.context
  return evaluateRam({
    ...question,
    principal,
    action,
    resource,
    context: { ...context, ...(action === 'oss:ListObjects' && place !== undefined ? { 'oss:Prefix': place } : {}) },
    policies,
  }).allowed
}

function neighboursOf(bucket: string, facts: Facts): readonly Neighbour[] {
  const folder = locationOf(facts)?.key ?? ''
  const folders = [folder, `${folder.replace(/\/$/, '')}-neighbour/`, 'sluice-neighbour/', '']
  return [bucket, `${bucket}-neighbour`].flatMap((name): readonly Neighbour[] => [
    ...OBJECT_ACTIONS.flatMap((action) => folders.map((one): Neighbour => ({ action, resource: `${name}/${one}x`, place: `${one}x` }))),
    ...BUCKET_ACTIONS.flatMap((action) => folders.map((place): Neighbour => ({ action, resource: name, place }))),
  ])
}

/** Whether it is what was refused, or of an access that the connection is for, within its folder. */
function isAsked(
  { action, resource, place = '' }: Neighbour,
  bucket: string,
  { need }: Judged,
  { connection, documents: _documents, ...facts }: Facts,
): boolean {
  const folder = locationOf({ connection })?.key ?? ''
  const named = facts.failures.flatMap(({ clue }) => clue.action ?? [])
  const accesses = [ALWAYS, need.action, ...named, ...(connection.access ?? []).flatMap((access) => TAKES[access])]
  const isOwn = resource === bucket || resource.startsWith(`${bucket}/`)
  // Of a bucket, only listing is about a folder.
  return isOwn && accesses.includes(action) && (place.startsWith(folder) || (resource === bucket && action !== 'oss:ListObjects'))
}

/** Another role beside the caller's, and one of another account. */
function othersThan({ question }: Judged): readonly RamPrincipal[] {
  return [question.resourceAccount, '918273645546918'].map((accountId): RamPrincipal => ({
    kind: 'role-session',
    accountId,
    roleName: 'sluice-neighbour',
    sessionName: 'x',
  }))
}

function withoutSession({ sessionPolicy: _session, ...rest }: CaseDocuments): CaseDocuments {
  return rest
}

/** The documents that speak of others too: what the caller's own policies say is nothing to them. */
function withoutIdentity(documents: CaseDocuments): CaseDocuments {
  const { ramPolicies: _policies, sessionPolicy: _session, ...rest } = documents
  return rest
}
