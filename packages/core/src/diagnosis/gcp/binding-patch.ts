import { ACCESSES, type Access } from '../../access.ts'
import type { PatchStep } from '../../finding.ts'
import { googleMember } from '../../google-iam/identity.ts'
import type { IamBinding } from '../../google-iam/policy.ts'
import type { Json, JsonObject } from '../../json.ts'
import { isObject } from '../../policy/shapes.ts'
import type { CaseDocuments } from '../case.ts'
import type { Explanation } from '../cause.ts'
import type { Facts } from '../facts.ts'
import { patched } from '../patched.ts'
import { shellWord } from '../shell-word.ts'
import { terraformText } from '../terraform.ts'
import { ownBindings, placeForBinding, shownRole } from './bindings.ts'
import { decide, type Judged } from './judge.ts'
import { PERMISSIONS } from './operations.ts'
import { locationOf } from './place.ts'

/** A change of the bucket's bindings that gives what is missing, and ways to make it. */
export interface BindingPatch {
  readonly document: string
  readonly steps: readonly PatchStep[]
  readonly bindings: readonly IamBinding[]
  /** What to paste, run or write for these steps, or more of their kind. */
  readonly linesFor: NonNullable<Explanation['linesFor']>
}

/**
 * The bindings that are missing: the caller's own custom role where it is no more than that, else the smallest of Google's own roles, under a condition that leaves nothing of them but what the connection
 * is for. Undefined where no role of Google's is that small: a custom role is, and the command makes it.
 */
export function bindingPatch(judged: Judged, facts: Facts): BindingPatch | undefined {
  const member = googleMember(judged.identity)
  const grants = grantsFor(judged, facts)
  if (member === undefined || grants === undefined) return undefined
  // https://cloud.google.com/storage/docs/access-control/iam#conditions
  if (takesNoConditions(facts.documents) && grants.some(({ expression }) => expression !== undefined)) return undefined
  const bindings = grants.map(({ role, expression }): IamBinding => ({
    role,
    members: [member],
    ...(expression === undefined ? {} : { condition: { title: 'sluice', expression } }),
  }))
  const { document, path } = placeForBinding(facts.documents)
  return {
    document,
    steps: bindings.map((binding) => ({ op: 'add', path, value: jsonOf(binding) })),
    bindings,
    linesFor: (steps) =>
      waysTo(
        steps.flatMap(({ value }) => bindingsIn(value)),
        member,
        judged.place.bucket,
      ),
  }
}

/** Whether the bucket's settings were shown, and are those of one with ACLs: its bindings take no conditions. */
export function takesNoConditions({ accountSettings }: CaseDocuments): boolean {
  const access = accountSettings?.['iamConfiguration']
  const uniform = isObject(access) ? access['uniformBucketLevelAccess'] : undefined
  return isObject(uniform) && uniform['enabled'] === false
}

/** Whether the same request is allowed once the patch is applied. */
export function opens(
  { identity, permission, place }: Judged,
  facts: Facts,
  { document, steps }: Pick<BindingPatch, 'document' | 'steps'>,
): boolean {
  return decide({ identity, permission, place }, facts, withPatched(facts.documents, document, steps)).decision.effect === 'allow'
}

function withPatched(documents: CaseDocuments, document: string, steps: readonly PatchStep[]): CaseDocuments {
  const { bindings = [] } = documents
  if (document === 'documents.bindings') return { ...documents, bindings: patched(bindings, steps) }
  return { ...documents, bindings: bindings.map((one, index) => (document === `documents.bindings[${index}]` ? patched(one, steps) : one)) }
}

interface Grant {
  readonly role: string
  readonly expression: string | undefined
}

/** Roles for what was refused, and for all else that the connection is for and the bindings do not give: one change is made for all of it. */
function grantsFor(judged: Judged, facts: Facts): readonly Grant[] | undefined {
  const { access = [] } = facts.connection
  if (judged.permission === 'storage.buckets.get') return [{ role: 'roles/storage.bucketViewer', expression: undefined }]
  const refused = ACCESSES.find((one) => PERMISSIONS[one] === judged.permission)
  if (refused === undefined) return undefined
  const wanted = new Set([refused, ...lacking(judged, facts)])
  const objects = objectExpression(judged.place.bucket, facts, judged.place.key)
  const own = roleOfTheirs(judged, facts, wanted)
  if (own !== undefined)
    return [{ role: own, expression: either(wanted.has('list'), wanted.size > 1 || !wanted.has('list') ? objects : undefined) }]
  if (wanted.has('delete')) {
    // No role of Google's deletes and does not create; this one lists and reads too.
    if (!access.includes('read') || !access.includes('write')) return undefined
    return [{ role: 'roles/storage.objectUser', expression: either(wanted.has('list'), objects) }]
  }
  const [lists, reads] = [wanted.has('list'), wanted.has('read')]
  return [
    ...(lists || reads ? [{ role: 'roles/storage.objectViewer', expression: either(lists, reads ? objects : undefined) }] : []),
    ...(wanted.has('write') ? [{ role: 'roles/storage.objectCreator', expression: objects }] : []),
  ]
}

/** The custom role that the caller has under another condition, where it holds all that is missing and nothing that was not asked for. */
function roleOfTheirs({ underCondition }: Judged, facts: Facts, wanted: ReadonlySet<Access>): string | undefined {
  const role = underCondition?.binding.role
  const held = role === undefined ? undefined : shownRole(facts.documents, role)
  if (held === undefined) return undefined
  const asked = ['storage.buckets.get', ...(facts.connection.access ?? []).map((one) => PERMISSIONS[one])]
  const isEnough = [...wanted].every((one) => held.includes(PERMISSIONS[one]))
  return isEnough && held.every((permission) => asked.includes(permission)) ? role : undefined
}

/** What the connection is for and the bindings do not give. */
function lacking({ identity, place }: Judged, facts: Facts): readonly Access[] {
  const location = locationOf(facts)
  if (location === undefined || location.bucket !== place.bucket) return []
  return (facts.connection.access ?? []).filter((one) => {
    const { decision } = decide({ identity, permission: PERMISSIONS[one], place: location }, facts, facts.documents)
    return decision.effect === 'deny'
  })
}

/** What of a role is left: the bucket for listing, objects for all else. */
function either(lists: boolean, objects: string | undefined): string {
  const both = [...(lists ? ["resource.type == 'storage.googleapis.com/Bucket'"] : []), ...(objects === undefined ? [] : [objects])]
  return both.length === 1 ? both.join('') : both.map((one) => (one.includes('&&') ? `(${one})` : one)).join(' || ')
}

/** The objects of the location where the request was for one of them, the object alone otherwise. */
function objectExpression(bucket: string, facts: Facts, key: string): string {
  const prefix = prefixOf(facts, bucket)
  const isObject = "resource.type == 'storage.googleapis.com/Object'"
  if (prefix === '') return isObject
  // A listing is of the bucket and names no object: what is then read is what the location holds.
  if (prefix !== undefined && (key === '' || key.startsWith(prefix)))
    return `${isObject} && resource.name.startsWith(${celText(nameOf(bucket, prefix))})`
  const test = key === '' || key.endsWith('/') ? 'startsWith' : 'equals'
  const name = celText(nameOf(bucket, key))
  return test === 'startsWith' ? `${isObject} && resource.name.startsWith(${name})` : `${isObject} && resource.name == ${name}`
}

function prefixOf(facts: Facts, bucket: string): string | undefined {
  const match = /^gc?s:\/\/(?<bucket>[^/?#]+)\/?(?<key>[^?#]*)$/i.exec(facts.connection.location?.trim() ?? '')?.groups
  if (match === undefined || match['bucket'] !== bucket) return undefined
  const key = match['key'] ?? ''
  // A location that names one object is for it alone.
  return key === '' || key.endsWith('/') ? key : undefined
}

function nameOf(bucket: string, key: string): string {
  return `projects/_/buckets/${bucket}/objects/${key}`
}

/** A string of the Common Expression Language. */
function celText(text: string): string {
  return `'${text.replaceAll(/[\\']/g, (character) => `\\${character}`)}'`
}

function jsonOf({ role, members, condition }: IamBinding): JsonObject {
  return {
    role,
    members,
    ...(condition === undefined ? {} : { condition: { title: condition.title ?? 'sluice', expression: condition.expression } }),
  }
}

/** The binding that a step adds. */
function bindingsIn(value: Json | undefined): readonly IamBinding[] {
  return isObject(value) ? ownBindings({ bindings: [value] }).map(({ binding }) => binding) : []
}

function waysTo(bindings: readonly IamBinding[], member: string, bucket: string): ReturnType<BindingPatch['linesFor']> {
  const shown = bindings.map(jsonOf)
  return {
    snippet: JSON.stringify(shown.length === 1 ? shown[0] : shown, undefined, 2),
    command: bindings.map((binding) => commandFor(binding, member, bucket)).join(' &&\n'),
    terraform: bindings.map((binding, index) => terraformFor(binding, index, member, bucket)).join('\n'),
  }
}

function commandFor({ role, condition }: IamBinding, member: string, bucket: string): string {
  const base = `gcloud storage buckets add-iam-policy-binding ${shellWord(`gs://${bucket}`)} --member=${shellWord(member)} --role=${role}`
  if (condition === undefined) return base
  // A condition may have commas and quotes in it, which the option for it in one word has no way to write.
  const text = shellWord(JSON.stringify({ title: 'sluice', expression: condition.expression }))
  return `printf '%s' ${text} > sluice-condition.json && ${base} --condition-from-file=sluice-condition.json`
}

function terraformFor({ role, condition }: IamBinding, index: number, member: string, bucket: string): string {
  const name = index === 0 ? 'sluice' : `sluice_${index + 1}`
  const block =
    condition === undefined
      ? ''
      : `  condition {\n    title      = "sluice"\n    expression = ${terraformText(condition.expression)}\n  }\n`
  return `resource "google_storage_bucket_iam_member" "${name}" {\n  bucket = ${terraformText(bucket)}\n  role   = ${terraformText(role)}\n  member = ${terraformText(member)}\n${block}}`
}
