import { glob, globMatches } from '../glob.ts'
import { GLOBAL_KEYS } from './actions/global-keys.ts'
import { IAM_ACTIONS } from './actions/iam.ts'
import { KMS_ACTIONS } from './actions/kms.ts'
import { S3_ACTIONS } from './actions/s3.ts'
import type { ServiceActions } from './actions/service-actions.ts'
import { STS_ACTIONS } from './actions/sts.ts'

/** One IAM action. */
export interface KnownAction {
  /** `s3:GetObject` */
  readonly name: string
  readonly service: string
  readonly level: string
  /** Names of the resource types it applies to; none: it applies to `*` alone. */
  readonly types: readonly string[]
  /** ARN templates of those types. */
  readonly templates: readonly string[]
  /** Condition keys of the service that its requests can carry, as patterns in lower case. */
  readonly keys: readonly string[]
}

/** The services whose actions are known; of all others nothing is said. */
const SERVICES: { readonly [service: string]: ServiceActions } = { iam: IAM_ACTIONS, kms: KMS_ACTIONS, s3: S3_ACTIONS, sts: STS_ACTIONS }

/** The actions of each service by their names in lower case, as policies are matched. */
const ACTIONS: ReadonlyMap<string, ReadonlyMap<string, KnownAction>> = new Map(
  Object.entries(SERVICES).map(([service, table]) => [service, actionsOf(service, table)]),
)

function actionsOf(service: string, { actions, resources, commonKeys, keySets }: ServiceActions): ReadonlyMap<string, KnownAction> {
  return new Map(
    Object.entries(actions).map(([name, [level, types, keySet]]) => [
      name.toLowerCase(),
      {
        name: `${service}:${name}`,
        service,
        level,
        types,
        templates: types.flatMap((type) => resources[type] ?? []),
        keys: [...commonKeys, ...(keySets[keySet] ?? [])].map((key) => key.toLowerCase()),
      },
    ]),
  )
}

/** A condition key of AWS. */
export interface KnownKey {
  /** In AWS's own letter case; `*` stands for any name. */
  readonly name: string
  readonly type: string
}

const KEYS: readonly (KnownKey & { readonly lower: string })[] = [GLOBAL_KEYS, ...Object.values(SERVICES).map(({ keys }) => keys)].flatMap(
  (keys) => Object.entries(keys).map(([name, type]) => ({ name, type, lower: name.toLowerCase() })),
)

/** The service of an action as a policy writes it, lower case; undefined for `*`. */
export function serviceOf(written: string): string | undefined {
  const colon = written.indexOf(':')
  return colon > 0 ? written.slice(0, colon).toLowerCase() : undefined
}

/** The actions that a pattern matches, or undefined when its service is not one of those known. */
export function actionsMatching(written: string): readonly KnownAction[] | undefined {
  const service = serviceOf(written)
  const actions = service === undefined ? undefined : ACTIONS.get(service)
  if (service === undefined || actions === undefined) return undefined
  const name = written.slice(service.length + 1).toLowerCase()
  if (!/[*?]/.test(name)) {
    const action = actions.get(name)
    return action ? [action] : []
  }
  const pattern = glob(name)
  return [...actions].flatMap(([lower, action]) => (globMatches(pattern, lower) ? [action] : []))
}

/** The names of a service's actions, as `s3:GetObject`. */
export function actionNames(service: string): readonly string[] {
  return [...(ACTIONS.get(service)?.values() ?? [])].map(({ name }) => name)
}

/** Whether the keys of this prefix are all known. */
export function knowsKeysOf(key: string): boolean {
  const service = serviceOf(key)
  return service === 'aws' || (service !== undefined && ACTIONS.has(service))
}

/** Looks a condition key up, without regard to letter case. */
export function knownKey(key: string): KnownKey | undefined {
  const written = key.toLowerCase()
  return KEYS.find(({ lower }) => keyMatches(lower, written))
}

/** The names of all known keys that stand for themselves. */
export function keyNames(): readonly string[] {
  return KEYS.flatMap(({ name }) => (name.endsWith('*') ? [] : [name]))
}

/** Whether requests for the action can carry the key. Keys of all services count as carried. */
export function carries(action: KnownAction, key: string): boolean {
  const written = key.toLowerCase()
  return serviceOf(written) === 'aws' || action.keys.some((name) => keyMatches(name, written))
}

/** Both in lower case. */
function keyMatches(name: string, key: string): boolean {
  return name.endsWith('*') ? key.length >= name.length && key.startsWith(name.slice(0, -1)) : key === name
}
