import { sasAllows } from '../../azure/sas-allows.ts'
import { parseSasTime } from '../../azure/sas.ts'
import type { BlobOperation } from '../../azure/blob-operations.ts'
import { isObject } from '../../policy/shapes.ts'
import type { Text } from '../cause.ts'
import type { Facts } from '../facts.ts'
import { parsedJson } from '../json-text.ts'
import { unescaped } from '../message/xml-text.ts'
import { said } from '../said.ts'
import { operationName } from './operations.ts'
import type { ShownSas } from './sas-token.ts'

/** A stored access policy of a container, as far as it was shown. */
interface StoredPolicy {
  readonly permissions: string
  readonly startsAt: number | undefined
  readonly expiresAt: number | undefined
}

/** What the policy that a SAS names has to do with a refusal, where the container's policies were shown. */
export function policyFault({ sas, fields }: ShownSas, operation: BlobOperation | undefined, facts: Facts): Text | undefined {
  const id = fields.get('si')
  const policies = shownPolicies(facts)
  if (id === undefined || policies === undefined) return undefined
  const policy = policies.get(id)
  if (policy === undefined) return said(`The container has no stored access policy ${id}.`, `容器没有存储访问策略 ${id}。`)
  const { now } = facts
  if (now !== undefined && policy.expiresAt !== undefined && policy.expiresAt <= now)
    return said(`The policy ${id} ended at ${iso(policy.expiresAt)}.`, `策略 ${id} 已于 ${iso(policy.expiresAt)} 到期。`)
  if (now !== undefined && policy.startsAt !== undefined && policy.startsAt > now)
    return said(`The policy ${id} begins at ${iso(policy.startsAt)}.`, `策略 ${id} 于 ${iso(policy.startsAt)} 才生效。`)
  if (sas === undefined || operation === undefined || sas.permissions !== undefined) return undefined
  const verdict = sasAllows(sas, operation, policy.permissions)
  if (verdict.allowed || verdict.missing !== 'permission') return undefined
  const needed = Array.from(verdict.letters)
  return said(
    `The policy ${id} gives ${policy.permissions === '' ? 'nothing' : policy.permissions}; this takes ${needed.join(' or ')}.`,
    `策略 ${id} 只给予 ${policy.permissions === '' ? '无权限' : policy.permissions};此操作需要 ${needed.join(' 或 ')}。`,
  )
}

function iso(time: number): string {
  return new Date(time).toISOString()
}

/** The policies of the container by their identifiers, as an answer to GetContainerAcl or `az storage container policy list` shows them. */
function shownPolicies({ successes }: Facts): ReadonlyMap<string, StoredPolicy> | undefined {
  const shown = successes.findLast((one) => LISTS.test(operationName(one, { fields: {} })) && one.message !== undefined)
  return shown === undefined ? undefined : (fromXml(shown.message ?? '') ?? fromJson(shown.message))
}

const LISTS = /(container(get)?acl|(access)?polic(y|ies)list|list(access|containeraccess|stored)*polic|getcontaineracl|getaccesspolic)/

function fromXml(text: string): ReadonlyMap<string, StoredPolicy> | undefined {
  if (!/<SignedIdentifiers\b/.test(text)) return undefined
  return new Map(
    [...text.matchAll(/<SignedIdentifier>([\s\S]*?)<\/SignedIdentifier>/g)].map(([, inner = '']) => {
      const part = (name: string): string | undefined => unescaped(new RegExp(`<${name}>([^<]*)</${name}>`).exec(inner)?.[1] ?? '')
      return [part('Id') ?? '', policyOf(part('Permission'), part('Start'), part('Expiry'))] as const
    }),
  )
}

/** `{"reader": {"permission": "rl", "start": null, "expiry": "…"}}` */
function fromJson(text: string | undefined): ReadonlyMap<string, StoredPolicy> | undefined {
  const value = parsedJson(text)
  if (!isObject(value)) return undefined
  return new Map(
    Object.entries(value).flatMap(([id, one]) => {
      if (!isObject(one)) return []
      const [permission, start, expiry] = ['permission', 'start', 'expiry'].map((name) => {
        const part = one[name]
        return typeof part === 'string' ? part : undefined
      })
      return [[id, policyOf(permission, start, expiry)] as const]
    }),
  )
}

function policyOf(permissions = '', start = '', expiry = ''): StoredPolicy {
  return { permissions, startsAt: parseSasTime(start), expiresAt: parseSasTime(expiry) }
}
