import { literalCodes, wildcardCodes } from './glob.ts'

/** A policy variable: `${aws:username}` or `${aws:username, 'nobody'}`. */
export interface Variable {
  /** Lower case. */
  readonly key: string
  readonly fallback?: string
}

/** A piece of a policy value: text in which wildcards count, text in which they do not, or a variable. */
export type Piece = { readonly pattern: string } | { readonly literal: string } | { readonly variable: Variable }

/** A policy value, its variables found. */
export interface Template {
  readonly source: string
  readonly pieces: readonly Piece[]
  readonly hasVariables: boolean
}

/** The value of a key with exactly one value, or undefined. Keys are lower case. */
export type Lookup = (key: string) => string | undefined

const MARKER = /\$\{(?:([*?$])|([^{},']+?)(?:\s*,\s*'([^']*)')?\s*)\}/g

/**
 * Finds the variables of a value. Without `variables` (version 2008-10-17) the text stays as it is.
 * `${*}`, `${?}` and `${$}` are those characters themselves.
 */
export function parseTemplate(source: string, variables: boolean): Template {
  if (!variables || !source.includes('${')) return { source, pieces: [{ pattern: source }], hasVariables: false }
  const pieces: Piece[] = []
  let from = 0
  for (const match of source.matchAll(MARKER)) {
    if (match.index > from) pieces.push({ pattern: source.slice(from, match.index) })
    const [whole, special, key, fallback] = match
    if (special !== undefined) pieces.push({ literal: special })
    else if (key !== undefined)
      pieces.push({ variable: { key: key.trim().toLowerCase(), ...(fallback === undefined ? {} : { fallback }) } })
    from = match.index + whole.length
  }
  if (from < source.length) pieces.push({ pattern: source.slice(from) })
  return { source, pieces, hasVariables: pieces.some((piece) => 'variable' in piece) }
}

/** The value as plain text, or undefined when a variable has no value. Wildcards are characters like any other. */
export function resolveText(template: Template, lookup: Lookup): string | undefined {
  let text = ''
  for (const piece of template.pieces) {
    const part = 'pattern' in piece ? piece.pattern : 'literal' in piece ? piece.literal : valueOf(piece.variable, lookup)
    if (part === undefined) return undefined
    text += part
  }
  return text
}

/** The value as the codes of a glob, or undefined when a variable has no value. A substituted `*` is no wildcard. */
export function resolveCodes(template: Template, lookup: Lookup): readonly number[] | undefined {
  const codes: number[] = []
  for (const piece of template.pieces) {
    if ('pattern' in piece) codes.push(...wildcardCodes(piece.pattern))
    else {
      const part = 'literal' in piece ? piece.literal : valueOf(piece.variable, lookup)
      if (part === undefined) return undefined
      codes.push(...literalCodes(part))
    }
  }
  return codes
}

function valueOf(variable: Variable, lookup: Lookup): string | undefined {
  return lookup(variable.key) ?? variable.fallback
}
