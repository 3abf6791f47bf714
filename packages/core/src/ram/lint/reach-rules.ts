import type { LintRule } from '../../policy/lint/finding.ts'
import { folderHit } from '../../policy/lint/folder.ts'
import { addTo } from '../../policy/lint/patch.ts'
import { scopesOf } from './actions.ts'
import { ossPath, ossReach, plain, type RamLintStatement, type RamLintSubject } from './subject.ts'

type Rule = LintRule<RamLintSubject>

const objectActionOnBucket: Rule = {
  id: 'oss-object-action-on-bucket',
  severity: 'error',
  title: 'An action on objects is given the name of a bucket',
  why: 'Objects are acs:oss:*:*:bucket/key; an action on objects never matches the bucket itself, so nothing is allowed.',
  instead: 'Add /* to the resource.',
  *check({ statements }) {
    for (const statement of statements) {
      const own = actionsOn(statement, 'object')
      const { resource } = statement
      const [only] = bucketsAlone(statement)
      if (own === undefined || only === undefined || resource === undefined) continue
      const write = `${only.value}/*`
      yield {
        at: only.at,
        message: `${own} is about objects, and ${only.value} is a bucket.`,
        instead: `Add ${write}.`,
        patch: addTo(resource, [write]),
      }
    }
  },
}

const bucketActionOnObject: Rule = {
  id: 'oss-bucket-action-on-object',
  severity: 'error',
  title: 'An action on a bucket is given the name of objects',
  why: 'Listing and reading of the bucket’s settings are asked of acs:oss:*:*:bucket, which acs:oss:*:*:bucket/* never matches. OSS then says that the bucket does not belong to you.',
  instead: 'Give the name of the bucket; to list only a folder, add a condition on oss:Prefix.',
  *check({ statements }) {
    for (const statement of statements) {
      const own = actionsOn(statement, 'bucket')
      const { resource } = statement
      const values = plain(resource)
      const [first] = values
      if (own === undefined || first === undefined || resource === undefined) continue
      if (!values.every(({ value }) => ossReach(value)?.bucket === false)) continue
      const path = ossPath(first.value)
      const write = path === undefined || path.bucket.includes('*') ? undefined : first.value.slice(0, first.value.indexOf('/'))
      yield {
        at: first.at,
        message: `${own} is about a bucket, and ${first.value} names objects.`,
        ...(write === undefined ? {} : { instead: `Add ${write}.`, patch: addTo(resource, [write]) }),
      }
    }
  },
}

const listBuckets: Rule = {
  id: 'oss-list-buckets',
  severity: 'error',
  title: 'Listing of buckets is given the name of one',
  why: 'oss:ListBuckets is asked of acs:oss:*:*:* and no bucket: with another resource nothing is allowed.',
  instead: 'Put oss:ListBuckets into a statement of its own with acs:oss:*:*:*; what lists the objects of a bucket is oss:ListObjects.',
  *check({ statements }) {
    for (const { effect, action, resource } of statements) {
      const listing = plain(action).find(({ value }) => value.toLowerCase() === 'oss:listbuckets')
      const values = plain(resource)
      if (effect !== 'Allow' || listing === undefined || values.length === 0) continue
      if (values.every(({ value }) => value !== '*' && ossPath(value)?.bucket.startsWith('*') !== true))
        yield { at: listing.at, message: `${listing.value} applies to all buckets, and ${values[0]?.value ?? ''} is one.` }
    }
  },
}

const folderWithoutWildcard: Rule = {
  id: 'oss-folder-without-wildcard',
  severity: 'error',
  title: 'A folder is named without /*',
  why: 'The name matches one object that is called exactly so; what is in the folder has longer names.',
  instead: 'End the name of a folder with /*.',
  *check({ statements }) {
    for (const statement of statements) {
      if (actionsOn(statement, 'object') === undefined) continue
      for (const entry of plain(statement.resource)) {
        const key = ossPath(entry.value)?.key
        const hit = key === undefined || /[*?$]/.test(key) ? undefined : folderHit(entry, key, plain(statement.resource))
        if (hit !== undefined) yield hit
      }
    }
  },
}

/** The first action that is about this and nothing else. */
function actionsOn({ action }: RamLintStatement, scope: 'bucket' | 'object'): string | undefined {
  return plain(action).find(({ value }) => {
    const scopes = scopesOf(value)
    return scopes.has(scope) && scopes.size === 1
  })?.value
}

/** The buckets that a statement names, where it names nothing that can be an object. */
function bucketsAlone({ resource }: RamLintStatement): ReturnType<typeof plain> {
  const values = plain(resource)
  return values.every(({ value }) => ossReach(value)?.object === false) ? values : []
}

/** What never reaches what it was meant for. */
export const REACH_RULES: readonly Rule[] = [objectActionOnBucket, bucketActionOnObject, listBuckets, folderWithoutWildcard]
