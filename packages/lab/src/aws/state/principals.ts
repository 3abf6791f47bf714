import { parseArn, type Json, type PolicyDocument } from '@sluice/core'
import { isObject, strings } from '../../state/json.ts'
import type { AwsState, Role, StoredPolicy, User } from './types.ts'

/** The user or role of an ARN, as the IAM API sees it. */
export function findIdentity(state: AwsState, arn: string): User | Role | undefined {
  const parsed = parseArn(arn)
  const account = parsed?.service === 'iam' ? state.accounts.get(parsed.account) : undefined
  const name = parsed?.resource.slice(parsed.resource.lastIndexOf('/') + 1)
  if (!account || !name) return undefined
  const found = parsed?.resource.startsWith('role/') ? account.roles.latest(name) : account.users.latest(name)
  return found?.arn === arn ? found : undefined
}

/** Saves a resource policy the way AWS does: with the unique ids of the users and roles it names. */
export function storePolicy(state: AwsState, document: PolicyDocument): StoredPolicy {
  const principalIds = new Map<string, string>()
  for (const name of awsPrincipals(document)) {
    const found = findIdentity(state, name)
    if (found) principalIds.set(name, found.id)
  }
  return { document, principalIds }
}

/** The document as AWS shows and evaluates it now: a principal that was deleted since stands there as its dead id. */
export function presentPolicy(state: AwsState, stored: StoredPolicy): PolicyDocument {
  const orphans = new Map([...stored.principalIds].filter(([arn, id]) => findIdentity(state, arn)?.id !== id))
  if (orphans.size === 0) return stored.document
  const replace = (value: Json): Json =>
    typeof value === 'string' ? (orphans.get(value) ?? value) : Array.isArray(value) ? value.map(replace) : value
  const statements = statementsOf(stored.document).map((statement) => {
    const changed: { [key: string]: Json } = { ...statement }
    for (const element of ['Principal', 'NotPrincipal']) {
      const principal = statement[element]
      if (isObject(principal) && principal['AWS'] !== undefined) changed[element] = { ...principal, AWS: replace(principal['AWS']) }
    }
    return changed
  })
  return { ...stored.document, Statement: statements }
}

/** The AWS principals a document names, in Principal and NotPrincipal. */
export function awsPrincipals(document: PolicyDocument): readonly string[] {
  return statementsOf(document).flatMap((statement) =>
    ['Principal', 'NotPrincipal'].flatMap((element) => {
      const principal = statement[element]
      return isObject(principal) ? strings(principal['AWS']) : principal === '*' ? ['*'] : []
    }),
  )
}

/**
 * Whether a principal exists, as AWS asks before it saves a resource policy. The accounts of the lab are all there are;
 * a session's ARN names its role.
 */
export function isKnownPrincipal(state: AwsState, principal: string): boolean {
  if (principal === '*' || /^A(ROA|IDA)[A-Z0-9]+$/.test(principal)) return true
  if (/^\d{12}$/.test(principal)) return state.accounts.has(principal)
  const arn = parseArn(principal)
  if (!arn) return false
  if (arn.service === 'sts') return state.accounts.get(arn.account)?.roles.latest(arn.resource.split('/')[1] ?? '') !== undefined
  return arn.resource === 'root' ? state.accounts.has(arn.account) : findIdentity(state, principal) !== undefined
}

/** The statements of a document, whichever way they are written. */
export function statementsOf(document: PolicyDocument): readonly { readonly [key: string]: Json }[] {
  const statement = document['Statement']
  return (Array.isArray(statement) ? statement : [statement]).filter(isObject)
}
