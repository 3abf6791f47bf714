import type { PolicyDocument } from '../../policy/types.ts'
import type { Judged } from './judge.ts'
import { statementAt, statementsOf, valuesOf } from '../statement-patch.ts'
import { at } from './policies.ts'

/** A statement that allows the action and was probably meant to allow the request, and what it misses by. */
export interface Near {
  readonly policy: number
  readonly index: number
  /** `bucket`: it names another bucket, of a name so like this one that this one was meant. */
  readonly misses: 'prefix' | 'condition' | 'resource' | 'bucket'
  readonly detail: string
}

/** The Allow that comes nearest: one that misses by a condition alone, then one about other parts of the same bucket. */
export function nearest({ decision, need }: Judged, policies: readonly PolicyDocument[]): Near | undefined {
  const [, bucket = '', key = ''] = /^(?:arn:[\w-]+:s3:::)?([^/]*)\/?(.*)$/s.exec(need.resource) ?? []
  const allows = (decision.explanation ?? []).filter(
    ({ layer, effect, mismatches }) =>
      layer === 'identity' && effect === 'Allow' && mismatches.every(({ part }) => part !== 'action') && mismatches.length > 0,
  )
  const near = allows.flatMap(({ policy: name, index, mismatches }): readonly Near[] => {
    const policy = policies.findIndex((_, place) => at.rolePolicy(place) === name)
    const statement = policies[policy] === undefined ? undefined : statementAt(policies[policy], index)
    const detail = mismatches.map((one) => one.detail).join('; ')
    const own = { policy, index, detail }
    if (mismatches.every(({ part }) => part === 'condition'))
      return [{ ...own, misses: mismatches.some(({ key }) => key?.toLowerCase() === 's3:prefix') ? 'prefix' : 'condition' }]
    const resources = valuesOf(statement?.['Resource'] ?? statement?.['NotResource'])
    if (need.service === 'kms') return []
    if (resources.some((value) => bucketsOf(value).includes(bucket) || isWild(value))) return [{ ...own, misses: 'resource' }]
    const isMeant = (value: string): boolean => bucketsOf(value).some((one) => isLike(one, bucket)) || isSameFolder(value, key)
    return resources.some(isMeant) ? [{ ...own, misses: 'bucket' }] : []
  })
  // Another bucket was meant as this one only where this one, or what is in it, is named nowhere.
  const isNamed = policies.some((document) =>
    statementsOf(document).some((_, index) =>
      valuesOf(statementAt(document, index)?.['Resource']).some(
        (value) => bucketsOf(value).includes(bucket) && (key === '' || value.includes('/')),
      ),
    ),
  )
  const order = ['prefix', 'condition', 'resource', 'bucket'] as const
  return near
    .filter(({ misses }) => misses !== 'bucket' || !isNamed)
    .toSorted((a, b) => order.indexOf(a.misses) - order.indexOf(b.misses))[0]
}

/** The bucket that a resource names, however its ARN is written. */
function bucketsOf(value: string): readonly string[] {
  const rest = value.replace(/^(arn:[\w-]*:s3:[\w-]*:\d*:*|s3:\/\/)\/?/, '')
  return [rest.split('/')[0] ?? '']
}

/** Whether a resource of another bucket names the folder that the key is in: there the bucket alone was mistaken. */
function isSameFolder(value: string, key: string): boolean {
  const [, folder = ''] = /^[^/]+\/([^*?]+\/)/.exec(value.replace(/^arn:[\w-]+:s3:::/, '')) ?? []
  return folder !== '' && key.startsWith(folder)
}

/** A pattern over the names of buckets is about this one among others. */
function isWild(value: string): boolean {
  const [name = ''] = bucketsOf(value)
  return /[*?]/.test(name) && name !== '*'
}

/** Whether two names of buckets differ by no more than a slip. */
function isLike(one: string, other: string): boolean {
  const plain = (name: string): string => name.toLowerCase().replaceAll(/[._-]/g, '')
  if (plain(one) === plain(other)) return true
  return Math.abs(one.length - other.length) <= 2 && distance(one, other) <= 2 && Math.min(one.length, other.length) > 5
}

/** How many letters have to be changed, added or left out. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return row[b.length] ?? 0
}
