import type { Json, JsonObject } from '../../json.ts'
import { parseOperator, type QualifiedOperator } from '../operators.ts'
import { isList, isObject, pointer } from '../shapes.ts'
import type { LintKind } from './finding.ts'
import { isOpaque } from './unknown.ts'

/** A text of the document and where it stands. */
export interface Located {
  readonly value: string
  readonly at: string
}

/** Action or NotAction, Resource or NotResource. */
export interface LintSelection {
  readonly at: string
  readonly not: boolean
  readonly values: readonly Located[]
  /** Whether all values are known: a template may hold some that are not. */
  readonly isComplete: boolean
  /** Whether the document has a list, not a single text. */
  readonly isList: boolean
}

export interface LintPrincipal {
  readonly at: string
  readonly not: boolean
  /** The kinds of principals named: AWS, Federated, Service, …; also of those whose value only the deployment knows. */
  readonly types: readonly string[]
  readonly entries: readonly (Located & { readonly type: string })[]
}

export interface LintCondition {
  /** Of the key within the operator. */
  readonly at: string
  /** Of the operator. */
  readonly operatorAt: string
  readonly written: string
  /** Undefined when there is no such operator. */
  readonly operator?: QualifiedOperator
  readonly key: string
  readonly values: readonly Located[]
  readonly isComplete: boolean
}

/** A statement as far as it can be read, even when AWS would refuse it. */
export interface LintStatement {
  readonly at: string
  readonly index: number
  readonly sid?: Located
  readonly effect?: 'Allow' | 'Deny'
  readonly action?: LintSelection
  readonly resource?: LintSelection
  readonly principal?: LintPrincipal
  readonly conditions: readonly LintCondition[]
  readonly raw: JsonObject
}

/** A policy as the rules see it. */
export interface LintSubject {
  readonly document: Json
  readonly kind: LintKind
  /** Whether the kind was told, not guessed from the statements. */
  readonly isKindTold: boolean
  readonly version: Json | undefined
  readonly statements: readonly LintStatement[]
}

/** Reads a document for the rules; whatever has another shape than expected is left out. */
export function readSubject(document: Json, kind?: LintKind): LintSubject {
  const written = isObject(document) ? document['Statement'] : undefined
  const list = written === undefined ? [] : isList(written) ? written : [written]
  const statements = list.flatMap((item, index) =>
    isObject(item) ? [readStatement(item, index, written !== undefined && isList(written) ? `/Statement/${index}` : '/Statement')] : [],
  )
  return {
    document,
    kind: kind ?? guessKind(statements),
    isKindTold: kind !== undefined,
    version: isObject(document) ? document['Version'] : undefined,
    statements,
  }
}

/** Statements with principals belong to a resource; which, their actions tell. */
function guessKind(statements: readonly LintStatement[]): LintKind {
  if (!statements.some((statement) => statement.principal)) return 'identity'
  const actions = statements.flatMap((statement) => statement.action?.values ?? []).map(({ value }) => value.toLowerCase())
  if (statements.every((statement) => !statement.resource) && actions.some((action) => action.startsWith('sts:'))) return 'trust'
  const onlyKeys = actions.length > 0 && actions.every((action) => action.startsWith('kms:'))
  return onlyKeys ? 'key' : 'resource'
}

function readStatement(raw: JsonObject, index: number, at: string): LintStatement {
  const { Sid: sid, Effect: effect } = raw
  const action = readSelection(raw, 'Action', at)
  const resource = readSelection(raw, 'Resource', at)
  const principal = readPrincipal(raw, at)
  return {
    at,
    index,
    raw,
    ...(typeof sid === 'string' ? { sid: { value: sid, at: `${at}/Sid` } } : {}),
    ...(effect === 'Allow' || effect === 'Deny' ? { effect } : {}),
    ...(action ? { action } : {}),
    ...(resource ? { resource } : {}),
    ...(principal ? { principal } : {}),
    conditions: readConditions(raw['Condition'], `${at}/Condition`),
  }
}

function readSelection(raw: JsonObject, name: 'Action' | 'Resource', at: string): LintSelection | undefined {
  const not = raw[name] === undefined
  const value = not ? raw[`Not${name}`] : raw[name]
  if (value === undefined) return undefined
  const here = `${at}/${not ? 'Not' : ''}${name}`
  return { at: here, not, ...readTexts(value, here), isList: isList(value) }
}

function readTexts(value: Json, at: string): { readonly values: readonly Located[]; readonly isComplete: boolean } {
  const list = isList(value) ? value : [value]
  const values = list.flatMap((entry, index) =>
    typeof entry === 'string' || typeof entry === 'number' || typeof entry === 'boolean'
      ? [{ value: String(entry), at: isList(value) ? `${at}/${index}` : at }]
      : [],
  )
  const known = values.filter((entry) => !isOpaque(entry.value))
  return { values: known, isComplete: known.length === list.length }
}

function readPrincipal(raw: JsonObject, at: string): LintPrincipal | undefined {
  const not = raw['Principal'] === undefined
  const value = not ? raw['NotPrincipal'] : raw['Principal']
  if (value === undefined) return undefined
  const here = `${at}/${not ? 'NotPrincipal' : 'Principal'}`
  if (typeof value === 'string') return { at: here, not, types: ['AWS'], entries: [{ type: 'AWS', value, at: here }] }
  const types = isObject(value) ? Object.entries(value) : []
  return {
    at: here,
    not,
    types: types.map(([type]) => type),
    entries: types.flatMap(([type, listed]) => readTexts(listed, `${here}${pointer(type)}`).values.map((entry) => ({ type, ...entry }))),
  }
}

function readConditions(block: Json | undefined, at: string): readonly LintCondition[] {
  if (!isObject(block)) return []
  return Object.entries(block).flatMap(([written, tests]) => {
    const operator = parseOperator(written)
    const operatorAt = `${at}${pointer(written)}`
    if (!isObject(tests)) return []
    return Object.entries(tests).map(([key, listed]) => {
      const here = `${operatorAt}${pointer(key)}`
      return { at: here, operatorAt, written, ...(operator ? { operator } : {}), key, ...readTexts(listed, here) }
    })
  })
}
