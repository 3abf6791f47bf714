import type { Json, JsonObject } from '../../json.ts'
import { isList, isObject } from '../../policy/shapes.ts'
import type { Gathered } from '../cloud-evidence.ts'
import { answered, isStrange, jsonOf, known, optionOf, textOf, valueOf } from '../seen.ts'
import type { EvidenceSubject } from '../subject.ts'
import type { Asked } from '../walk.ts'

/** What the answers of the Azure CLI show of a connection. */
export function gatherAzure(_: EvidenceSubject, asked: readonly Asked[]): Gathered {
  const settings = valueOf(asked, 'account')
  return {
    documents: known({ accountSettings: isObject(settings) ? settings : undefined, roles: rolesIn(asked) }),
    observations: [...identityIn(asked), ...denialsIn(asked), ...asked.flatMap(aclIn)],
    used: asked,
    unknown: asked.filter((one) => isStrange(one) || jsonOf(one) === undefined),
  }
}

/**
 * The roles of the identity, with the definitions of those that are the customer's own. What a group of its has counts for it: the list was
 * asked for the identity, so that every entry is its own whatever name it bears.
 */
function rolesIn(asked: readonly Asked[]): Json | undefined {
  const one = answered(asked, 'role-assignments')
  const list = one === undefined ? undefined : jsonOf(one)
  if (one === undefined || !isList(list)) return undefined
  const identity = one.values['identity'] ?? one.values['principal']
  const assignments = list
    .filter(isObject)
    .map((entry): JsonObject => (identity === undefined ? entry : { ...entry, principalId: identity }))
  const definitions = asked.filter(({ read }) => read.id === 'custom-role').flatMap((role) => listOf(jsonOf(role)))
  return [...assignments, ...definitions.filter(isObject)]
}

function listOf(value: Json | undefined): readonly Json[] {
  return isList(value) ? value : []
}

/** The object id of the application, as a token of its would show it. */
function identityIn(asked: readonly Asked[]): readonly Json[] {
  const value = valueOf(asked, 'application')
  const [oid, appid] = isObject(value) ? [value['identity'], value['appId']] : []
  if (typeof oid !== 'string') return []
  return [
    {
      operation: 'ServicePrincipalClaims',
      ok: true,
      message: JSON.stringify({ oid, ...(typeof appid === 'string' ? { appid } : {}) }),
    },
  ]
}

/** What nobody's role helps against; that there is nothing of it is an answer too. */
function denialsIn(asked: readonly Asked[]): readonly Json[] {
  const one = answered(asked, 'deny-assignments')
  const message = one === undefined ? undefined : textOf(one)
  return one === undefined || message === undefined || jsonOf(one) === undefined
    ? []
    : [{ operation: 'ListDenyAssignments', ok: true, message }]
}

function aclIn(one: Asked): readonly Json[] {
  const message = textOf(one)
  if (one.read.id !== 'path-acl' || message === undefined || jsonOf(one) === undefined) return []
  const { account = '', container = '' } = one.values
  const path = optionOf(one, '--path')
  const target = `https://${account}.dfs.core.windows.net/${container}/${path === '/' ? '' : encodeURI(path)}`
  return [{ operation: 'GetPathAccessControl', target, ok: true, message }]
}
