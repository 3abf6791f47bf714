import { glob, globMatches } from '../glob.ts'
import { GLOBAL_KEYS } from './actions/global-keys.ts'
import { IAM_ACTIONS } from './actions/iam.ts'
import { KMS_ACTIONS } from './actions/kms.ts'
import { S3_ACTIONS } from './actions/s3.ts'
import type { ServiceActions } from './actions/service-actions.ts'
import { STS_ACTIONS } from './actions/sts.ts'

/** The services whose actions are known; of all others nothing is said. */
const SERVICES: { readonly [service: string]: ServiceActions } = { iam: IAM_ACTIONS, kms: KMS_ACTIONS, s3: S3_ACTIONS, sts: STS_ACTIONS }

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
  /** Condition keys of the service that its requests can carry, as patterns. */
  readonly keys: readonly string[]
}

/** The service of an action as a policy writes it, lower case; undefined for `*`. */
export function serviceOf(written: string): string | undefined {
  const colon = written.indexOf(':')
  return colon > 0 ? written.slice(0, colon).toLowerCase() : undefined
}

/** The actions that a pattern matches, or undefined when its service is not one of those known. */
export function actionsMatching(written: string): readonly KnownAction[] | undefined {
  const service = serviceOf(written)
  const table = service === undefined ? undefined : tableOf(service)
  if (service === undefined || table === undefined) return undefined
  const pattern = glob(written.slice(service.length + 1).toLowerCase())
  return Object.keys(table.actions)
    .filter((name) => globMatches(pattern, name.toLowerCase()))
    .flatMap((name) => knownAction(service, table, name))
}

/** The names of a service's actions, as `s3:GetObject`. */
export function actionNames(service: string): readonly string[] {
  return Object.keys(tableOf(service)?.actions ?? {}).map((name) => `${service}:${name}`)
}

function knownAction(service: string, table: ServiceActions, name: string): readonly KnownAction[] {
  const entry = table.actions[name]
  if (!entry) return []
  const [level, types, keySet] = entry
  return [
    {
      name: `${service}:${name}`,
      service,
      level,
      types,
      templates: types.flatMap((type) => table.resources[type] ?? []),
      keys: [...table.commonKeys, ...(table.keySets[keySet] ?? [])],
    },
  ]
}

function tableOf(service: string): ServiceActions | undefined {
  return Object.hasOwn(SERVICES, service) ? SERVICES[service] : undefined
}

/** A condition key of AWS. */
export interface KnownKey {
  /** In AWS's own letter case; `*` stands for any name. */
  readonly name: string
  readonly type: string
}

/** Whether the keys of this prefix are all known. */
export function knowsKeysOf(key: string): boolean {
  const service = serviceOf(key)
  return service === 'aws' || (service !== undefined && tableOf(service) !== undefined)
}

/** Looks a condition key up, without regard to letter case. */
export function knownKey(key: string): KnownKey | undefined {
  for (const [name, type] of allKeys()) if (keyMatches(name, key)) return { name, type }
  return undefined
}

/** The names of all known keys that stand for themselves. */
export function keyNames(): readonly string[] {
  return allKeys().flatMap(([name]) => (name.endsWith('*') ? [] : [name]))
}

function allKeys(): readonly (readonly [name: string, type: string])[] {
  return [GLOBAL_KEYS, ...Object.values(SERVICES).map(({ keys }) => keys)].flatMap((keys) => Object.entries(keys))
}

/** Whether requests for the action can carry the key. Keys of all services count as carried. */
export function carries(action: KnownAction, key: string): boolean {
  return serviceOf(key) === 'aws' || action.keys.some((name) => keyMatches(name, key))
}

function keyMatches(name: string, key: string): boolean {
  const written = key.toLowerCase()
  const known = name.toLowerCase()
  return known.endsWith('*') ? written.startsWith(known.slice(0, -1)) && written.length >= known.length : written === known
}
