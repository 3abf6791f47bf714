import { globMatches, globOf, STAR, type Glob } from './glob.ts'

/** An ARN's parts. `resource` is everything after the fifth colon. */
export interface Arn {
  readonly partition: string
  readonly service: string
  readonly region: string
  readonly account: string
  readonly resource: string
}

/** Splits an ARN, or tells that it is none. */
export function parseArn(text: string): Arn | undefined {
  const fields = arnFields(text)
  if (!fields) return undefined
  const [, partition, service, region, account, resource] = fields
  return { partition: partition ?? '', service: service ?? '', region: region ?? '', account: account ?? '', resource: resource ?? '' }
}

function arnFields(text: string): readonly string[] | undefined {
  if (!text.startsWith('arn:')) return undefined
  const fields: string[] = []
  let from = 0
  for (let count = 0; count < 5; count++) {
    const colon = text.indexOf(':', from)
    if (colon < 0) return undefined
    fields.push(text.slice(from, colon))
    from = colon + 1
  }
  fields.push(text.slice(from))
  return fields
}

/** A pattern over ARNs: a wildcard never reaches across the colons between an ARN's six fields. */
export type ArnPattern =
  | { readonly kind: 'all' }
  /** The first five fields have no wildcard: one comparison, then the glob of the sixth. */
  | { readonly kind: 'tail'; readonly head: string; readonly tail: Glob }
  | { readonly kind: 'fields'; readonly fields: readonly Glob[] }

const COLON = 58

/** Prepares an ARN pattern from its codes. Missing fields of an incomplete ARN are wildcards, as AWS completes them. */
export function arnPattern(codes: readonly number[]): ArnPattern {
  if (codes.length === 1 && codes[0] === STAR) return { kind: 'all' }
  const parts: number[][] = [[]]
  for (const code of codes) {
    if (code === COLON && parts.length < 6) parts.push([])
    else parts.at(-1)?.push(code)
  }
  while (parts.length < 6) parts.push([STAR])
  const fields = parts.map(globOf)
  const tail = fields.at(-1)
  if (tail && fields.slice(0, 5).every((field) => field.rest.length === 0))
    return {
      kind: 'tail',
      head: fields
        .slice(0, 5)
        .map((field) => `${field.head}:`)
        .join(''),
      tail,
    }
  return { kind: 'fields', fields }
}

/** Whether an ARN matches the pattern. What is not an ARN matches only `*`. */
export function arnMatches(pattern: ArnPattern, text: string): boolean {
  if (pattern.kind === 'all') return true
  if (pattern.kind === 'tail') return text.startsWith(pattern.head) && globMatches(pattern.tail, text, pattern.head.length)
  const fields = arnFields(text)
  return fields !== undefined && pattern.fields.every((field, index) => globMatches(field, fields[index] ?? ''))
}
