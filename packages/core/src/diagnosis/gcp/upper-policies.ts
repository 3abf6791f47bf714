import { denyPrincipal, type DenyRule, isDenied } from '../../google-iam/deny-policy.ts'
import type { GoogleIdentity } from '../../google-iam/identity.ts'
import type { Json, JsonObject } from '../../json.ts'
import { isList, isObject } from '../../policy/shapes.ts'
import type { Facts } from '../facts.ts'
import { objectsIn, parsedJson } from '../json-text.ts'
import { operationName } from './operations.ts'

type Seen = Pick<Facts, 'successes'>

const READS = /^(iam)?(policies(list|get|describe)|listpolicies|.*denypolicies.*|(projects)?getancestorsiampolicy)$/

/** The rules of deny policies that somebody read, of the project and of what is above it; undefined where nobody did. */
export function shownDenyRules({ successes }: Seen): readonly DenyRule[] | undefined {
  const reads = successes.filter((one) => READS.test(operationName(one, { fields: {} })))
  if (reads.length === 0) return undefined
  return reads
    .flatMap(({ message }) => objectsIn(parsedJson(message)))
    .flatMap(({ denyRule }) => (isObject(denyRule) ? [denyRuleOf(denyRule)] : []))
}

/** Whether what was read are all deny policies there are: those of the project and of all above it, which one command alone prints. */
export function knowsAllDenyRules({ successes }: Seen): boolean {
  return successes.some(({ operation = '', target = '' }) => /ancestors.*include-?deny/i.test(`${operation} ${target}`))
}

/** What a rule does to a caller: nothing, or it denies, and would not once the caller is an exception of it. */
export interface Denial {
  readonly rule: DenyRule
  /** The same with the caller as an exception. */
  readonly repaired: DenyRule
}

/** The rule that denies a permission to a caller; `unknown` where groups or tags decide; undefined where none does. */
export function denialOf(rules: readonly DenyRule[], identity: GoogleIdentity, permission: string): Denial | 'unknown' | undefined {
  const principal = denyPrincipal(identity)
  const rule = rules.find((one) => isDenied(one, identity, permission) === true)
  if (rule !== undefined && principal !== undefined)
    return { rule, repaired: { ...rule, exceptionPrincipals: [...(rule.exceptionPrincipals ?? []), principal] } }
  return rules.some((one) => isDenied(one, identity, permission) !== false) ? 'unknown' : undefined
}

function denyRuleOf(rule: JsonObject): DenyRule {
  const condition = rule['denialCondition']
  return {
    deniedPrincipals: textsIn(rule['deniedPrincipals']),
    ...('exceptionPrincipals' in rule ? { exceptionPrincipals: textsIn(rule['exceptionPrincipals']) } : {}),
    deniedPermissions: textsIn(rule['deniedPermissions']),
    ...('exceptionPermissions' in rule ? { exceptionPermissions: textsIn(rule['exceptionPermissions']) } : {}),
    ...(isObject(condition) ? { denialCondition: { expression: JSON.stringify(condition['expression'] ?? '') } } : {}),
  }
}

function textsIn(value: Json | undefined): readonly string[] {
  return isList(value) ? value.filter((one) => typeof one === 'string') : []
}
