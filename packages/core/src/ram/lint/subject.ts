import type { Json } from '../../json.ts'
import type { LintKind } from '../../policy/lint/finding.ts'
import { readSubject, type LintSelection, type LintStatement, type LintSubject, type Located } from '../../policy/lint/subject.ts'
import { isList, isObject } from '../../policy/shapes.ts'

/** Whom a statement is for, as RAM writes it: `{ "RAM": […] }` in trust policies, a list in bucket policies. */
export interface RamLintPrincipal {
  readonly at: string
  readonly not: boolean
  readonly entries: readonly (Located & { readonly type: string })[]
  /** An empty list in a bucket policy means everybody. */
  readonly isEmpty: boolean
}

/** A statement of RAM as far as it can be read. */
export interface RamLintStatement extends Omit<LintStatement, 'principal'> {
  readonly principal?: RamLintPrincipal
}

/** A policy of RAM as its rules see it. */
export interface RamLintSubject extends Omit<LintSubject, 'statements'> {
  readonly statements: readonly RamLintStatement[]
}

/** Reads a document for the rules; whatever has another shape than expected is left out. */
export function readRamSubject(document: Json, kind?: LintKind): RamLintSubject {
  const subject = readSubject(document, kind)
  return { ...subject, statements: subject.statements.map(withPrincipal) }
}

function withPrincipal({ principal, ...statement }: LintStatement): RamLintStatement {
  const not = statement.raw['Principal'] === undefined
  const value = not ? statement.raw['NotPrincipal'] : statement.raw['Principal']
  if (value === undefined) return statement
  const at = `${statement.at}/${not ? 'NotPrincipal' : 'Principal'}`
  const entries = isObject(value) ? (principal?.entries ?? []) : textsOf(value, at)
  return { ...statement, principal: { at, not, entries, isEmpty: isList(value) && value.length === 0 } }
}

function textsOf(value: Json, at: string): readonly (Located & { readonly type: string })[] {
  const list = isList(value) ? value : [value]
  return list.flatMap((one, index) =>
    typeof one === 'string' ? [{ type: 'list', value: one, at: isList(value) ? `${at}/${index}` : at }] : [],
  )
}

/** What of a resource name of OSS is the bucket and what the key; undefined of other names, and of `*`. */
export function ossPath(resource: string): { readonly bucket: string; readonly key?: string } | undefined {
  const path = /^acs:oss:[^:]*:[^:]*:(?<path>.+)$/s.exec(resource)?.groups?.['path']
  if (path === undefined) return undefined
  const cut = path.indexOf('/')
  return cut === -1 ? { bucket: path } : { bucket: path.slice(0, cut), key: path.slice(cut + 1) }
}

/** Whether a resource can be a bucket, and whether it can be an object: a wildcard in the bucket's name reaches both. */
export function ossReach(resource: string): { readonly bucket: boolean; readonly object: boolean } | undefined {
  if (resource === '*') return { bucket: true, object: true }
  const path = ossPath(resource)
  if (path === undefined) return undefined
  return { bucket: path.key === undefined, object: path.key !== undefined || path.bucket.includes('*') }
}

/** The texts of a selection that is not negated. */
export function plain(selection: LintSelection | undefined): readonly Located[] {
  return selection === undefined || selection.not ? [] : selection.values
}
