import type { Json } from '../../json.ts'
import { isList, isObject } from '../../policy/shapes.ts'
import { objectIn } from '../answer.ts'
import type { Gathered } from '../cloud-evidence.ts'
import { isStrange, jsonOf, known, refusalOf, textOf, valueOf } from '../seen.ts'
import type { EvidenceSubject } from '../subject.ts'
import type { Asked } from '../walk.ts'

/** What the answers of gcloud show of a connection. Its names are those of all of Google Cloud: whoever is signed in reads the same. */
export function gatherGcp({ principal }: EvidenceSubject, asked: readonly Asked[]): Gathered {
  const policy = valueOf(asked, 'bucket-policy')
  const bucket = valueOf(asked, 'bucket')
  const roles = asked.filter(({ read }) => read.id === 'custom-role').flatMap((one) => objectIn(one.answer) ?? [])
  return {
    documents: known({
      bindings: bindingsIn(policy),
      accountSettings: isObject(bucket) ? bucket : undefined,
      roles: roles.length === 0 ? undefined : roles,
    }),
    observations: asked.flatMap((one) => observationOf(one, principal)),
    used: asked,
    unknown: asked.filter(isUnknown),
    // What a project, a folder or the organization gives is not in the bucket's own policy: by that alone nothing is refused for certain.
    ...(isObject(valueOf(asked, 'project-policy')) && isList(valueOf(asked, 'deny-policies')) ? {} : { isPartial: true }),
  }
}

/** A policy without bindings is one that lets nobody in. */
function bindingsIn(policy: Json | undefined): Json | undefined {
  if (!isObject(policy)) return undefined
  const bindings = policy['bindings'] ?? (policy['etag'] === undefined ? undefined : [])
  return isList(bindings) ? bindings : undefined
}

const OBSERVED: { readonly [id: string]: string } = {
  'project-policy': 'projects.getIamPolicy',
  'deny-policies': 'projects.get-ancestors-iam-policy --include-deny',
  account: 'iam.serviceAccounts.get',
  'account-keys': 'iam.serviceAccountKeys.list',
}

function observationOf(one: Asked, principal: string | undefined): readonly Json[] {
  const operation = OBSERVED[one.read.id]
  if (operation === undefined) return []
  const { project } = one.values
  const target = project === undefined ? principal : `projects/${project}`
  const about = { operation, ...(target === undefined ? {} : { target }) }
  const message = textOf(one)
  if (message !== undefined) return jsonOf(one) === undefined ? [] : [{ ...about, ok: true, message }]
  // Who may not read an account is told so, and not that it is missing.
  return isMissing(one) ? [{ ...about, ok: false, status: 404, message: 'NOT_FOUND: Unknown service account' }] : []
}

function isMissing(one: Asked): boolean {
  return one.read.id === 'account' && /\bNOT_FOUND\b/.test(refusalOf(one) ?? '')
}

function isUnknown(one: Asked): boolean {
  if (one.read.id === 'caller') return one.answer?.status !== 0
  return !isMissing(one) && (isStrange(one) || jsonOf(one) === undefined)
}
