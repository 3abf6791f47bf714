import { aclPermissions, lettersFor, type PathAcl } from '../../azure/path-acl.ts'
import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import { said } from '../said.ts'
import { shellWord } from '../shell-word.ts'
import { tokenClaims } from './credential.ts'
import { gapWriter, type Gaps } from './gaps.ts'
import { operationName } from './operations.ts'
import { placeOf } from './place.ts'
import { principalIdsOf } from './roles.ts'
import { shownSas } from './sas-token.ts'
import { accountSettings } from './settings.ts'
import { shownAcls } from './shown-acls.ts'

/** What ACLs of a hierarchical namespace have to do with a refusal. */
export function aclGaps(failure: Failure, facts: Facts): Gaps {
  const { capability, observation } = failure
  const { proved, named, possible } = gapWriter(failure, facts)
  const place = placeOf(observation, facts)
  if (isFlat(facts)) return {}
  const acls = shownAcls(facts)
  const ids = aclHolders(facts)
  // Keys are the account's: no path has to do with them.
  if (ids === 'nobody' || capability === 'assume') return {}
  if (acls.length === 0 || place === undefined || capability === undefined) return withoutAcls(failure, facts)
  const needed = lettersFor(place.path, capability)
  const onWay = acls.filter(({ path }) => needed.has(path))
  const names = acls.flatMap(namedUsers)
  const isNamed = ids.some((id) => names.includes(id.toLowerCase()))
  const { appid } = tokenClaims(facts)
  const wrong = names.find((id) => id === appid?.toLowerCase())
  if (wrong !== undefined && !isNamed)
    return named(
      'azure.hns.wrong_oid',
      said(
        `An ACL names ${wrong}, which is the application’s id and nobody’s object id.`,
        `ACL 写的是 ${wrong},这是应用程序 ID 而不是任何主体的对象 ID。`,
      ),
      {
        values: { object: ids[0] ?? '' },
      },
    )
  if (ids.length > 0 && isNamed) {
    const lacking = onWay.flatMap((acl) => {
      const has = aclPermissions(acl, ids)
      const letters = Array.from(needed.get(acl.path) ?? '').filter((letter) => !has.includes(letter))
      return letters.length === 0 ? [] : [{ acl, letters: letters.join(''), has }]
    })
    const [first] = lacking
    if (first === undefined) return withoutAcls(failure, facts)
    const where = `/${first.acl.path}`
    return proved(
      'azure.hns.acl',
      said(
        `The ACL of ${where} gives the caller ${first.has}; this takes ${first.letters} of it too.`,
        `${where} 的 ACL 给予调用方 ${first.has};此操作还需要 ${first.letters}。`,
      ),
      {
        values: { path: where, letters: first.letters, object: ids[0] ?? '' },
        command: lacking.map(({ acl, letters }) => commandFor(acl, letters, ids[0] ?? '', place)).join('\n'),
      },
    )
  }
  // Somebody was named, and it was not the caller, as far as the caller is known.
  const evidence = said(
    'The ACLs that were shown name others, and not the caller’s object id.',
    '所提供的 ACL 写的是其他主体,而不是调用方的对象 ID。',
  )
  if (names.length > 0 && ids.length > 0)
    return {
      ...possible('azure.hns.wrong_oid', evidence, { likelihood: 4, values: { object: ids[0] ?? '' } }),
      ...possible('azure.hns.acl', evidence, { likelihood: 3 }),
    }
  return withoutAcls(failure, facts)
}

/** Whether the account has no hierarchical namespace, as its settings or its own answer say. */
function isFlat({ documents, successes }: Facts): boolean {
  return accountSettings(documents).isHnsEnabled === false || successes.some(({ headers }) => headers['x-ms-is-hns-enabled'] === 'false')
}

/**
 * Whom the lists are asked about. Who comes by a SAS of an identity's own key is judged by that identity's roles alone, unless the SAS names
 * a user besides. https://github.com/MicrosoftDocs/azure-docs/issues/115802
 */
function aclHolders(facts: Facts): readonly string[] | 'nobody' {
  const fields = shownSas(facts)?.fields
  const user = fields?.get('suoid')
  if (user !== undefined) return [user]
  const bySas =
    fields?.has('skoid') === true || facts.successes.some((one) => operationName(one, { fields: {} }) === 'getuserdelegationkey')
  return bySas ? 'nobody' : principalIdsOf(facts)
}

function withoutAcls(failure: Failure, facts: Facts): Gaps {
  const { possible } = gapWriter(failure, facts)
  const { isHnsEnabled } = accountSettings(facts.documents)
  const { observation, capability } = failure
  const evidence = said('An account with a hierarchical namespace has ACLs besides roles.', '启用分层命名空间的账户除角色外还有 ACL。')
  const isKnown = isHnsEnabled === true || /\.dfs\./.test(`${observation.target ?? ''} ${facts.connection.location ?? ''}`)
  // What is served in one folder and refused in another is refused by an ACL, or by the condition of a role.
  const elsewhere = capability === 'read' && facts.successes.some(({ operation = '' }) => /list/i.test(operation))
  return {
    ...possible('azure.hns.acl', evidence, { likelihood: isKnown && elsewhere ? 3 : 1 }),
    ...possible('azure.hns.wrong_oid', evidence),
  }
}

function namedUsers({ entries }: PathAcl): readonly string[] {
  return entries.filter(({ kind, id, isDefault }) => kind === 'user' && id !== '' && !isDefault).map(({ id }) => id)
}

/** The ACL with what is missing added to the caller's entry, and to the mask where that would take it away again. */
function commandFor(
  acl: PathAcl,
  letters: string,
  id: string,
  place: { readonly account: string | undefined; readonly container: string },
): string {
  const wanted = eitherOf(aclPermissions(acl, [id]), letters)
  const others = acl.text
    .split(',')
    .filter((part) => !new RegExp(`^\\s*user:${id}:`, 'i').test(part))
    .map((part) => part.replace(/^\s*mask::([rwx-]{3})\s*$/, (_, mask: string) => `mask::${eitherOf(mask, wanted)}`))
  const entries = [...others, `user:${id}:${wanted}`].join(',')
  return `az storage fs access set --acl ${shellWord(entries)} --path ${shellWord(acl.path === '' ? '/' : acl.path)} --file-system ${shellWord(place.container)} --account-name ${shellWord(place.account ?? 'ACCOUNT')} --auth-mode login`
}

function eitherOf(one: string, other: string): string {
  return Array.from('rwx', (letter) => (one.includes(letter) || other.includes(letter) ? letter : '-')).join('')
}
