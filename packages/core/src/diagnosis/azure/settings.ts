import { isList, isObject } from '../../policy/shapes.ts'
import type { Json, JsonObject } from '../../json.ts'
import type { CaseDocuments } from '../case.ts'

/** The settings of a storage account that decide who gets in, as far as they were shown. */
export interface AccountSettings {
  readonly allowSharedKeyAccess?: boolean
  readonly allowBlobPublicAccess?: boolean
  readonly isHnsEnabled?: boolean
  /** `closed`: nobody comes in from the internet. `listed`: who is on a list does. */
  readonly network?: 'open' | 'listed' | 'closed'
  /** Milliseconds; the later of both is when keys were last changed. */
  readonly keysCreated?: readonly number[]
}

/** Reads ARM's properties of a storage account, whole as `az storage account show` prints them or by themselves. */
export function accountSettings({ accountSettings: given }: Pick<CaseDocuments, 'accountSettings'>): AccountSettings {
  if (given === undefined) return {}
  const inner = given['properties']
  const flat: JsonObject = isObject(inner) ? { ...given, ...inner } : given
  const network = networkOf(flat)
  const keysCreated = timesIn(flat['keyCreationTime'])
  return {
    ...flag(flat, 'allowSharedKeyAccess'),
    ...flag(flat, 'allowBlobPublicAccess'),
    ...flag(flat, 'isHnsEnabled'),
    ...(network === undefined ? {} : { network }),
    ...(keysCreated.length === 0 ? {} : { keysCreated }),
  }
}

function flag<Name extends string>(flat: JsonObject, name: Name): { readonly [name in Name]?: boolean } {
  const value = flat[name] ?? (name === 'isHnsEnabled' ? flat['hnsEnabled'] : undefined)
  const flags: { [name in Name]?: boolean } = {}
  if (typeof value === 'boolean') flags[name] = value
  if (value === 'true' || value === 'false') flags[name] = value === 'true'
  return flags
}

function networkOf(flat: JsonObject): AccountSettings['network'] {
  const access = flat['publicNetworkAccess']
  if (typeof access === 'string' && /^(disabled|securedbyperimeter)$/i.test(access)) return 'closed'
  const rules = flat['networkAcls'] ?? flat['networkRuleSet']
  const action = isObject(rules) ? rules['defaultAction'] : flat['defaultAction']
  if (typeof action === 'string') {
    if (!/^deny$/i.test(action)) return 'open'
    const lists = isObject(rules) ? [rules['ipRules'], rules['virtualNetworkRules'], rules['resourceAccessRules']] : []
    return lists.some((list) => isList(list) && list.length > 0) ? 'listed' : 'closed'
  }
  return typeof access === 'string' ? 'open' : undefined
}

function timesIn(value: Json | undefined): readonly number[] {
  if (!isObject(value)) return []
  return Object.values(value).flatMap((one) => {
    const time = typeof one === 'string' ? Date.parse(one) : Number.NaN
    return Number.isNaN(time) ? [] : [time]
  })
}
