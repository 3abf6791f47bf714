import type { KnownAction } from './action-table.ts'
import type { LintStatement, Located } from './subject.ts'
import { hasUnknown } from './unknown.ts'

/** What may stand at one place of a pattern: one character, any one, or any one but a slash; a `many` stands for any number of them. */
type Token = { readonly many: boolean } & ({ readonly character: string } | { readonly character?: never; readonly noSlash: boolean })

/** Placeholders of AWS's ARN templates whose values have no slash. */
const WITHOUT_SLASH = new Set(['BucketName', 'AccessPointName', 'AccessPointAlias'])

const LONGEST = 2048

/** Whether any ARN of the template's resource type can match the pattern of a policy. Wildcards do not reach across an ARN's colons. */
export function mayReach(pattern: string, template: string): boolean {
  // What is longer than any ARN is not worth the walk.
  if (pattern === '*' || pattern.length > LONGEST) return true
  const wanted = fieldsOf(template)
  const written = fieldsOf(pattern)
  if (written[0] !== 'arn') return hasUnknown(pattern)
  // AWS completes an ARN that ends early with wildcards.
  return wanted.every((field, index) => doMeet(patternTokens(written[index] ?? '*'), templateTokens(field)))
}

/** Whether an action can apply to a resource as a policy writes it. */
export function mayApply(action: KnownAction, pattern: string): boolean {
  if (action.types.length === 0) return isEverything(pattern)
  return action.templates.some((template) => mayReach(pattern, template))
}

/** Whether a resource is everything, of the account or of the service: what actions without a resource need. */
function isEverything(pattern: string): boolean {
  const [, , , region = '*', account = '*', resource = '*'] = fieldsOf(pattern)
  return pattern === '*' || (/^\**$/.test(region) && /^\**$/.test(account) && resource === '*') || hasUnknown(pattern)
}

/** The resources of a statement, when all of them are known and none is excluded: rules may then say what it does not reach. */
export function resourcesOf({ resource }: LintStatement): readonly Located[] | undefined {
  return resource && !resource.not && resource.isComplete && resource.values.length > 0 ? resource.values : undefined
}

function fieldsOf(arn: string): readonly string[] {
  const parts = arn.split(/:(?![^{}]*\})/)
  return [...parts.slice(0, 5), ...(parts.length > 5 ? [parts.slice(5).join(':')] : [])]
}

function patternTokens(field: string): readonly Token[] {
  return tokens(field, /\$\{[^}]*\}|\uE000/gu, () => [{ many: true, noSlash: false }], true)
}

function templateTokens(field: string): readonly Token[] {
  return tokens(
    field,
    /\$\{([^}]*)\}/gu,
    (name) => {
      const noSlash = WITHOUT_SLASH.has(name)
      // Access points of several regions have none in their ARN.
      return [...(name === 'Region' ? [] : [{ many: false, noSlash }]), { many: true, noSlash }]
    },
    false,
  )
}

function tokens(field: string, marker: RegExp, standsFor: (name: string) => readonly Token[], wildcards: boolean): readonly Token[] {
  const literal = (text: string): readonly Token[] =>
    Array.from(text, (character) =>
      wildcards && character === '*'
        ? { many: true, noSlash: false }
        : wildcards && character === '?'
          ? { many: false, noSlash: false }
          : { many: false, character },
    )
  const found: Token[] = []
  let from = 0
  for (const match of field.matchAll(marker)) {
    found.push(...literal(field.slice(from, match.index)), ...standsFor(match[1] ?? ''))
    from = match.index + match[0].length
  }
  return [...found, ...literal(field.slice(from))]
}

/** Whether two patterns have a text in common: a walk through the pairs of places in both. */
function doMeet(a: readonly Token[], b: readonly Token[]): boolean {
  const width = b.length + 1
  const seen = new Set<number>()
  const open: (readonly [number, number])[] = [[0, 0]]
  for (let next = open.pop(); next; next = open.pop()) {
    const [i, j] = next
    if (seen.has(i * width + j)) continue
    seen.add(i * width + j)
    const left = a[i]
    const right = b[j]
    if (!left && !right) return true
    if (left?.many) open.push([i + 1, j])
    if (right?.many) open.push([i, j + 1])
    if (left && right && overlap(left, right)) open.push([left.many ? i : i + 1, right.many ? j : j + 1])
  }
  return false
}

function overlap(left: Token, right: Token): boolean {
  if (left.character !== undefined && right.character !== undefined) return left.character === right.character
  const character = left.character ?? right.character
  if (character === undefined) return true
  return character !== '/' || !('noSlash' in left ? left.noSlash : 'noSlash' in right && right.noSlash)
}
