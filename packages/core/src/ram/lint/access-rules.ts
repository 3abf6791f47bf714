import type { LintRule } from '../../policy/lint/finding.ts'
import { addTo } from '../../policy/lint/patch.ts'
import { plain, type RamLintStatement, type RamLintSubject } from './subject.ts'

type Rule = LintRule<RamLintSubject>

const missingExternalId: Rule = {
  id: 'ram-missing-external-id',
  severity: 'warning',
  title: 'Another account may assume the role without an external id',
  why: 'A platform that works for many customers can be led to use your role for somebody else: the external id is what ties it to you.',
  instead: 'Add a condition StringEquals on sts:ExternalId with the id the platform issued. Within your own account none is needed.',
  *check({ statements, kind }) {
    if (kind !== 'trust') return
    for (const { effect, principal, conditions } of statements) {
      const first = principal?.entries.find(({ type }) => type === 'RAM')
      if (effect !== 'Allow' || principal?.not !== false || first === undefined) continue
      if (conditions.some(({ key, operator }) => /^sts:externalid$/i.test(key) && operator?.operator.negated === false)) continue
      yield { at: first.at, message: `${first.value} may assume the role without an external id.` }
    }
  },
}

const externalIdWildcard: Rule = {
  id: 'ram-external-id-wildcard',
  severity: 'error',
  title: 'The external id may be anything',
  why: 'A pattern lets in whoever guesses an id that fits, and * whoever sends any at all.',
  instead: 'Write the id the platform issued, under StringEquals.',
  *check({ statements, kind }) {
    if (kind !== 'trust') return
    for (const { effect, conditions } of statements)
      for (const { key, values, operator } of conditions)
        for (const { value, at } of values)
          if (effect === 'Allow' && /^sts:externalid$/i.test(key) && /like/i.test(operator?.operator.name ?? '') && /[*?]/.test(value))
            yield { at, message: 'The external id is a pattern.' }
  },
}

const oidcOpen: Rule = {
  id: 'ram-oidc-open',
  severity: 'error',
  title: 'Whoever has a token of the provider may assume the role',
  why: 'Without a condition on oidc:sub the token of any other customer of the platform is as good as yours.',
  instead: 'Add conditions StringEquals on oidc:iss, oidc:aud and oidc:sub with the values the platform gives.',
  *check({ statements, kind }) {
    if (kind !== 'trust') return
    for (const { effect, principal, conditions } of statements) {
      const provider = principal?.entries.find(({ type, value }) => type === 'Federated' && value.includes(':oidc-provider/'))
      if (effect !== 'Allow' || provider === undefined || conditions.some(({ key }) => /^oidc:sub$/i.test(key))) continue
      yield { at: provider.at, message: `Any token of ${provider.value} may assume the role.` }
    }
  },
}

const publicBucket: Rule = {
  id: 'oss-public-bucket',
  severity: 'error',
  title: 'A bucket policy lets anybody in',
  why: 'Everybody can do what the statement allows, with an account or without one.',
  instead: 'Name the UIDs, or the role as arn:sts::UID:assumed-role/ROLE/*.',
  *check({ statements, kind }) {
    if (kind !== 'resource') return
    for (const { effect, principal, conditions, at } of statements) {
      if (effect !== 'Allow' || principal === undefined || principal.not || conditions.length > 0) continue
      const everybody = principal.entries.find(({ value }) => value === '*')
      if (everybody === undefined && !principal.isEmpty) continue
      yield { at: everybody?.at ?? principal.at, message: `The statement ${at} is for everybody.` }
    }
  },
}

const broadAction: Rule = {
  id: 'oss-broad-action',
  severity: 'warning',
  title: 'An Allow has every action of OSS',
  why: 'It deletes buckets, changes who may come in, and whatever actions will be added.',
  instead: 'Name the actions that are needed.',
  *check({ statements, kind }) {
    if (kind === 'trust') return
    for (const { effect, action } of statements)
      for (const { value, at } of plain(action))
        if (effect === 'Allow' && /^(\*|oss:\*)$/i.test(value))
          yield { at, message: `${value} allows every action${value === '*' ? '' : ' of OSS'}.` }
  },
}

const broadResource: Rule = {
  id: 'oss-broad-resource',
  severity: 'warning',
  title: 'An Allow reaches every bucket',
  why: 'It allows the actions on all there are in the account, and on all there will be.',
  instead: 'Name the buckets, folders or keys that are needed.',
  *check({ statements, kind }) {
    if (kind === 'trust') return
    for (const { effect, action, resource } of statements) {
      const touched = plain(action).filter(({ value }) => /^(\*|oss:)/i.test(value) && !/^oss:ListBuckets$/i.test(value))
      if (effect !== 'Allow' || touched.length === 0) continue
      for (const { value, at } of plain(resource))
        if (value === '*' || /^acs:oss:[^:]*:[^:]*:\*/.test(value))
          yield { at, message: `${value} allows ${touched[0]?.value ?? ''} on every bucket.` }
    }
  },
}

const kmsHalf: Rule = {
  id: 'ram-kms-half',
  severity: 'warning',
  title: 'Of the two rights of a key one is missing',
  why: 'Writing asks for kms:GenerateDataKey and kms:Decrypt, reading for kms:Decrypt: with one alone, objects are written that cannot be read back.',
  instead: 'Add kms:Decrypt.',
  *check({ statements }) {
    const allowed = statements
      .filter(({ effect }) => effect === 'Allow')
      .flatMap((statement) => plain(statement.action).map((entry) => ({ ...entry, statement })))
    if (allowed.some(({ value }) => /^(\*|kms:(\*|decrypt|de\*))$/i.test(value))) return
    for (const { value, at, statement } of allowed)
      if (/^kms:GenerateDataKey$/i.test(value)) yield { at, message: `${value} without kms:Decrypt.`, patch: addDecrypt(statement) }
  },
}

function addDecrypt({ action }: RamLintStatement): ReturnType<typeof addTo> {
  return action === undefined ? [] : addTo(action, ['kms:Decrypt'])
}

/** What lets in too many, or not enough. */
export const ACCESS_RULES: readonly Rule[] = [
  missingExternalId,
  externalIdWildcard,
  oidcOpen,
  publicBucket,
  broadAction,
  broadResource,
  kmsHalf,
]
