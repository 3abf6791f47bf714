import { globMatches, globOf, STAR, wildcardCodes, type Glob } from '../policy/glob.ts'

/** The parts of an Alibaba Cloud resource name: `acs:service:region:account:resource`. `resource` is everything after the fourth colon. */
export interface Acs {
  readonly service: string
  readonly region: string
  readonly account: string
  readonly resource: string
}

/** Splits a resource name of Alibaba Cloud, or tells that it is none. */
export function parseAcs(text: string): Acs | undefined {
  const fields = acsFields(text)
  if (!fields) return undefined
  const [service = '', region = '', account = '', resource = ''] = fields
  return { service, region, account, resource }
}

function acsFields(text: string): readonly string[] | undefined {
  if (!text.startsWith('acs:')) return undefined
  const fields: string[] = []
  let from = 4
  for (let count = 0; count < 3; count++) {
    const colon = text.indexOf(':', from)
    if (colon < 0) return undefined
    fields.push(text.slice(from, colon))
    from = colon + 1
  }
  fields.push(text.slice(from))
  return fields
}

/** A pattern over resource names. A wildcard never reaches across the colons between the first fields. */
export type AcsPattern = { readonly kind: 'all' } | { readonly kind: 'fields'; readonly fields: readonly Glob[] }

/** Prepares a pattern as a policy writes it; undefined when it is neither `*` nor a resource name. */
export function acsPattern(text: string): AcsPattern | undefined {
  if (text === '*') return { kind: 'all' }
  const fields = acsFields(text)
  if (!fields) return undefined
  // RAM has no regions: its resources are written acs:ram::123:role/name and acs:ram:*:123:role/name alike.
  const regionless = fields[0] === 'ram'
  return {
    kind: 'fields',
    fields: fields.map((field, index) => globOf(regionless && index === 1 && field === '' ? [STAR] : wildcardCodes(field))),
  }
}

/** Whether a resource name matches the pattern. */
export function acsMatches(pattern: AcsPattern, text: string): boolean {
  if (pattern.kind === 'all') return true
  const fields = acsFields(text)
  return fields !== undefined && pattern.fields.every((field, index) => globMatches(field, fields[index] ?? ''))
}
