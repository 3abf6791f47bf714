import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'

/** Whether an object belongs to another account than most of the bucket's, as a listing that fetched owners shows. */
export function foreignOwner({ observation }: Failure, facts: Facts): 'foreign' | 'own' | 'unknown' {
  const owners = new Map<string, string>()
  for (const { operation, message } of facts.successes) {
    if (!/^list/i.test(operation ?? '') || message === undefined) continue
    for (const [key, owner] of ownersIn(message)) owners.set(key, owner)
  }
  const key = observation.target === undefined ? undefined : [...owners.keys()].find((one) => observation.target?.endsWith(one) === true)
  const own = key === undefined ? undefined : owners.get(key)
  if (own === undefined || owners.size < 2) return 'unknown'
  const counts = new Map<string, number>()
  for (const owner of owners.values()) counts.set(owner, (counts.get(owner) ?? 0) + 1)
  const bucketOwner = /"?bucketOwner"?\s*[:=]\s*"?(\w+)/i.exec(JSON.stringify(facts.subject.connection))?.[1]
  const most = bucketOwner ?? [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0]
  return own === most ? 'own' : 'foreign'
}

/** The owner of each key, in the XML of a listing or in the JSON that tools print of it. */
function ownersIn(text: string): readonly (readonly [string, string])[] {
  const xml = [...text.matchAll(/<Contents>([\s\S]*?)<\/Contents>/g)].flatMap(([, one = '']): readonly (readonly [string, string])[] => {
    const key = /<Key>([^<]*)<\/Key>/.exec(one)?.[1]
    const owner = /<Owner>[\s\S]*?<ID>([^<]*)<\/ID>/.exec(one)?.[1]
    return key === undefined || owner === undefined ? [] : [[key, owner]]
  })
  if (xml.length > 0) return xml
  return [...text.matchAll(/\{[^{}]*"Key":\s*"([^"]+)"[^{}]*"Owner":\s*\{[^{}]*"ID":\s*"([^"]+)"/g)].map(
    ([, key = '', owner = '']) => [key, owner] as const,
  )
}
