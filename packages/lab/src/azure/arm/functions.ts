import { createHash } from 'node:crypto'
import type { Json, JsonObject } from '@sluice/core'
import { isObject } from '../../state/json.ts'
import { listAccountSas, listServiceSas } from './list-sas.ts'
import { invalidTemplate } from './error.ts'
import type { Deployment } from './deployment.ts'

type TemplateFunction = (given: readonly Json[], deployment: Deployment) => Json

/** Functions of template expressions, by their name in lower case: case does not count. https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions */
export const TEMPLATE_FUNCTIONS: { readonly [name: string]: TemplateFunction } = {
  concat: (given) => given.map(textOf).join(''),
  format: ([pattern, ...values]) => textOf(pattern).replace(/\{(\d+)\}/g, (_, index: string) => textOf(values[Number(index)])),
  tolower: ([text]) => textOf(text).toLowerCase(),
  toupper: ([text]) => textOf(text).toUpperCase(),
  string: ([value]) => (typeof value === 'string' ? value : JSON.stringify(value)),
  replace: ([text, old, fresh]) => textOf(text).replaceAll(textOf(old), textOf(fresh)),
  substring: ([text, start, length]) =>
    textOf(text).slice(Number(start), length === undefined ? undefined : Number(start) + Number(length)),
  startswith: ([text, start]) => textOf(text).toLowerCase().startsWith(textOf(start).toLowerCase()),
  endswith: ([text, end]) => textOf(text).toLowerCase().endsWith(textOf(end).toLowerCase()),
  empty: ([value]) =>
    value === null ||
    value === '' ||
    (typeof value === 'object' && value !== null && Object.keys(value).length === 0) ||
    value === undefined,
  length: ([value]) => (typeof value === 'string' ? value.length : Object.keys(value ?? {}).length),
  equals: ([left, right]) => JSON.stringify(left) === JSON.stringify(right),
  not: ([value]) => value !== true,
  and: (given) => given.every((value) => value === true),
  or: (given) => given.some((value) => value === true),
  coalesce: (given) => given.find((value) => value !== null) ?? null,
  createarray: (given) => given,
  createobject: (given) =>
    Object.fromEntries(given.flatMap((name, index) => (index % 2 === 0 ? [[textOf(name), given[index + 1] ?? null]] : []))),
  null: () => null,
  true: () => true,
  false: () => false,
  guid: (given) => guidOf(given.map(textOf).join('-')),
  uniquestring: (given) => createHash('sha256').update(given.map(textOf).join('-')).digest('hex').slice(0, 13),
  utcnow: ([format], { state }) => timeIn(state.clock.now(), format === undefined ? 'yyyyMMddTHHmmssZ' : textOf(format)),
  datetimeadd: ([base, duration, format]) =>
    timeIn(addDuration(textOf(base), textOf(duration)), format === undefined ? 'u' : textOf(format)),
  resourcegroup: (_, deployment) => ({
    id: deployment.groupId,
    name: deployment.resourceGroup,
    location: deployment.location,
  }),
  subscription: (_, { subscriptionId, tenantId }) => ({ id: `/subscriptions/${subscriptionId}`, subscriptionId, tenantId }),
  tenant: (_, { tenantId }) => ({ tenantId }),
  environment: () => ({
    suffixes: { storage: 'core.windows.net' },
    authentication: { loginEndpoint: 'https://login.microsoftonline.com/' },
  }),
  resourceid: (given, { groupId }) => childId(groupId, given.map(textOf)),
  subscriptionresourceid: (given, { subscriptionId }) => childId(`/subscriptions/${subscriptionId}`, given.map(textOf)),
  tenantresourceid: (given) => childId('', given.map(textOf)),
  extensionresourceid: ([base, ...given]) => childId(textOf(base), given.map(textOf)),
  reference: ([name], deployment) => deployment.propertiesOf(textOf(name)),
  listkeys: ([name], deployment) => ({
    keys: deployment.accountOf(textOf(name)).keys.map((value, index) => ({ keyName: `key${index + 1}`, value, permissions: 'FULL' })),
  }),
  listservicesas: ([name, , values], deployment) => ({
    serviceSasToken: listServiceSas(deployment.accountOf(textOf(name)), objectOf(values)),
  }),
  listaccountsas: ([name, , values], deployment) => ({
    accountSasToken: listAccountSas(deployment.accountOf(textOf(name)), objectOf(values)),
  }),
}

/** Text, as expressions take numbers and truth values for text too. */
export function textOf(value: Json | undefined): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw invalidTemplate('A text was expected')
}

export function objectOf(value: Json | undefined): JsonObject {
  if (isObject(value)) return value
  throw invalidTemplate('An object was expected')
}

/** The id of a resource: `type` with its provider, and a name for each further segment of it. */
export function childId(base: string, [type = '', ...names]: readonly string[]): string {
  const [provider = '', ...kinds] = type.split('/')
  if (kinds.length === 0 || kinds.length !== names.length) throw invalidTemplate(`The resource type ${type} takes ${kinds.length} names`)
  return `${base}/providers/${provider}/${kinds.map((kind, index) => `${kind}/${names[index]}`).join('/')}`
}

// Not the GUID that Azure would make of it, but as it does: always the same.
function guidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), `5${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-')
}

const DURATION = /^(-?)P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/

function addDuration(base: string, duration: string): number {
  const start = Date.parse(base.replace(/^(\d{4}-\d{2}-\d{2}) (.*)$/, '$1T$2'))
  const match = DURATION.exec(duration)
  if (Number.isNaN(start) || !match) throw invalidTemplate(`The duration ${duration} from ${base} is not valid`)
  const sign = match[1] === '-' ? -1 : 1
  const [years = 0, months = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(2).map((part) => sign * Number(part ?? 0))
  const date = new Date(start)
  date.setUTCFullYear(date.getUTCFullYear() + years, date.getUTCMonth() + months, date.getUTCDate() + days)
  return date.getTime() + ((hours * 60 + minutes) * 60 + seconds) * 1000
}

/** The formats of .NET that templates use. */
function timeIn(time: number, format: string): string {
  const iso = new Date(time).toISOString()
  if (format === 'u') return iso.replace('T', ' ').replace(/\.\d+Z$/, 'Z')
  const parts: { readonly [part: string]: string } = {
    yyyy: iso.slice(0, 4),
    MM: iso.slice(5, 7),
    dd: iso.slice(8, 10),
    HH: iso.slice(11, 13),
    mm: iso.slice(14, 16),
    ss: iso.slice(17, 19),
  }
  return format.replace(/yyyy|MM|dd|HH|mm|ss/g, (part) => parts[part] ?? part).replaceAll("'", '')
}
