import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import { operationName } from './operations.ts'
import { locationOf } from './subject.ts'
import { readTarget } from './target.ts'

/**
 * Whether an object belongs to another account than its bucket, as listings that fetched owners, and ACLs that could be read, show. `likely`:
 * it has another owner than most, and nothing says that theirs is the bucket's.
 */
export function foreignOwner({ observation }: Pick<Failure, 'observation'>, facts: Facts): 'foreign' | 'likely' | 'own' | 'unknown' {
  const bucket = locationOf(facts)?.bucket
  const key = readTarget(observation.target, bucket)?.key
  if (key === undefined || key === '') return 'unknown'
  const owners = ownersSeen(facts, bucket)
  const own = owners.get(key)
  if (own === undefined) return 'unknown'
  const stated = bucketOwnerId(facts)
  if (stated !== undefined) return own === stated ? 'own' : 'foreign'
  const readable = new Set(readKeys(facts, bucket).map((one) => owners.get(one)))
  // What of the same owner was read shows that its owner keeps nobody out.
  if (readable.has(own)) return 'own'
  const most = majority(owners, key)
  if (most === undefined) return 'unknown'
  if (own === most) return 'own'
  // That ACLs are on makes the rest certain enough: where they are off, all objects have one owner.
  return readable.has(most) || facts.documents.ownership !== undefined ? 'foreign' : 'likely'
}

/** Keys of objects that were read. */
function readKeys({ successes }: Facts, bucket: string | undefined): readonly string[] {
  return successes
    .filter((one) => /^(get|head)object$/.test(operationName(one)))
    .flatMap(({ target }) => readTarget(target, bucket)?.key ?? [])
}

/** The owner of each key that anything shows. */
function ownersSeen({ successes }: Facts, bucket: string | undefined): ReadonlyMap<string, string> {
  const owners = new Map<string, string>()
  for (const one of successes) {
    const { message = '', target } = one
    const operation = operationName(one)
    if (operation.startsWith('listobject')) for (const [key, owner] of ownersIn(message)) owners.set(key, owner)
    const key = readTarget(target, bucket)?.key
    const owner = operation === 'getobjectacl' ? ownerOf(message) : undefined
    if (key !== undefined && owner !== undefined) owners.set(key, owner)
  }
  return owners
}

/** The canonical id of the bucket's owner, as the bucket's ACL says it. */
function bucketOwnerId({ successes }: Facts): string | undefined {
  return successes
    .filter((one) => operationName(one) === 'getbucketacl')
    .map(({ message = '' }) => ownerOf(message))
    .find((owner) => owner !== undefined)
}

/** Most objects belong to the bucket's owner: where the others agree, theirs is taken for it. */
function majority(owners: ReadonlyMap<string, string>, but: string): string | undefined {
  const others = [...owners].filter(([key]) => key !== but).map(([, owner]) => owner)
  const counts = new Map<string, number>()
  for (const owner of others) counts.set(owner, (counts.get(owner) ?? 0) + 1)
  const [first, second] = [...counts].toSorted((a, b) => b[1] - a[1])
  return first === undefined || (second !== undefined && second[1] === first[1]) ? undefined : first[0]
}

/** The owner in an ACL, XML or JSON. */
function ownerOf(text: string): string | undefined {
  return /<Owner>[\s\S]*?<ID>([^<]*)<\/ID>/.exec(text)?.[1] ?? /"Owner":\s*\{[^{}]*"ID":\s*"([^"]+)"/.exec(text)?.[1]
}

/** The owner of each key, in the XML of a listing or in the JSON that tools print of it. */
function ownersIn(text: string): readonly (readonly [string, string])[] {
  const xml = [...text.matchAll(/<Contents>([\s\S]*?)<\/Contents>/g)].flatMap(([, one = '']): readonly (readonly [string, string])[] => {
    const key = /<Key>([^<]*)<\/Key>/.exec(one)?.[1]
    const owner = /<Owner>[\s\S]*?<ID>([^<]*)<\/ID>/.exec(one)?.[1]
    return key === undefined || owner === undefined ? [] : [[key, owner]]
  })
  if (xml.length > 0) return xml
  return [...text.matchAll(/"Key":\s*"([^"]+)"(?:(?!"Key":)[\s\S])*?"Owner":\s*\{[^{}]*"ID":\s*"([^"]+)"/g)].map(
    ([, key = '', owner = '']) => [key, owner] as const,
  )
}
