import { isList, isObject } from '../../policy/shapes.ts'
import type { IamBinding, IamCondition } from '../../google-iam/policy.ts'
import type { Json, JsonObject } from '../../json.ts'
import type { CaseDocuments } from '../case.ts'

/** A binding of the bucket, and where it stands in the customer's own document. */
export interface OwnBinding {
  readonly binding: IamBinding
  /** `documents.bindings`, or `documents.bindings[0]` where the whole policy was shown. */
  readonly document: string
  /** `/0` */
  readonly path: string
}

/** The bindings that a case shows: the list itself, or policies that have one, as `gcloud storage buckets get-iam-policy` prints them. */
export function ownBindings({ bindings = [] }: Pick<CaseDocuments, 'bindings'>): readonly OwnBinding[] {
  return bindings.flatMap((one, index): readonly OwnBinding[] => {
    const inner = listIn(one)
    if (inner === undefined) return bindingAt(one, 'documents.bindings', `/${index}`)
    return inner.list.flatMap((binding, place) =>
      isObject(binding) ? bindingAt(binding, `documents.bindings[${index}]`, `${inner.path}/${place}`) : [],
    )
  })
}

/** Where another binding is added. */
export function placeForBinding({ bindings = [] }: Pick<CaseDocuments, 'bindings'>): { readonly document: string; readonly path: string } {
  const found = bindings.flatMap((one, index) => {
    const path = listIn(one)?.path
    return path === undefined ? [] : [{ document: `documents.bindings[${index}]`, path: `${path}/-` }]
  })
  return found[0] ?? { document: 'documents.bindings', path: '/-' }
}

/** The bindings of a policy; also of one that stands in a request to set it, or in an answer of Cloud Asset Inventory. */
function listIn(one: JsonObject): { readonly list: readonly Json[]; readonly path: string } | undefined {
  const { bindings, policy } = one
  if (isList(bindings)) return { list: bindings, path: '/bindings' }
  const nested = isObject(policy) ? policy['bindings'] : undefined
  return isList(nested) ? { list: nested, path: '/policy/bindings' } : undefined
}

function bindingAt(binding: JsonObject, document: string, path: string): readonly OwnBinding[] {
  const { role, members, condition } = binding
  if (typeof role !== 'string') return []
  const names = isList(members) ? members.filter((one) => typeof one === 'string') : typeof members === 'string' ? [members] : []
  const read = conditionOf(condition)
  return [{ binding: { role, members: names, ...(read === undefined ? {} : { condition: read }) }, document, path }]
}

function conditionOf(value: Json | undefined): IamCondition | undefined {
  if (!isObject(value)) return undefined
  const { expression, title } = value
  // A condition that cannot be read is one all the same: it is left to the evaluator, which does not understand it.
  return { expression: typeof expression === 'string' ? expression : '', ...(typeof title === 'string' ? { title } : {}) }
}

/** What a custom role holds, where somebody showed its definition as `gcloud iam roles describe` prints it. */
export function shownRole({ roles = [] }: Pick<CaseDocuments, 'roles'>, name: string): readonly string[] | undefined {
  const shown = roles.find((one) => one['name'] === name)
  if (shown === undefined) return undefined
  const { includedPermissions, deleted } = shown
  if (deleted === true) return []
  return isList(includedPermissions) ? includedPermissions.filter((one) => typeof one === 'string') : undefined
}
