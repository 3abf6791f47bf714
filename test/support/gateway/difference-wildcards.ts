import type { Question, Statement } from './question.ts'

/** Resources and NotResources as the gateway matches them: those that match become the resource asked for, the others match nothing. */
export function firstPlaceOnly(statement: Statement, { resource }: Question): readonly Statement[] {
  const matched = (pattern: string): string => (matches(pattern, resource) ? resource.replaceAll(/[*?]/g, '?') : 'arn:aws:s3:::none')
  const { Resource, NotResource } = statement
  if (Resource !== undefined) return [{ ...statement, Resource: Resource.map(matched) }]
  return NotResource === undefined ? [statement] : [{ ...statement, NotResource: NotResource.map(matched) }]
}

/** Wildcards without going back: a `*` ends at the first place that has the character after it. */
function matches(pattern: string, text: string): boolean {
  let at = 0
  for (let index = 0; index < pattern.length;) {
    const code = pattern[index]
    if (code !== '*') {
      if (at >= text.length || (code !== '?' && code !== text[at])) return false
      index += 1
      at += 1
    } else if (index + 1 === pattern.length) return true
    else if (at === text.length || pattern[index + 1] === text[at]) index += 1
    else at += 1
  }
  return at === text.length
}
