import { ACCESSES, type Access } from '../access.ts'
import type { Json, JsonObject } from '../json.ts'
import type { PolicyDocument } from '../policy/types.ts'
import { isObject } from '../policy/shapes.ts'
import { barePolicy, bareSettings } from './bare-document.ts'
import { isTooDeep, parsedJson } from './json-text.ts'
import { statusOf } from './status-of.ts'

/** One request and what came of it, as somebody saw it. */
export interface Observation {
  /** Its place in the case, from 0: evidence refers to it. */
  readonly index: number
  /** The vendor's name of the operation: `ListObjectsV2`, `AssumeRole`, `storage.objects.get`, `GetBlob` … */
  readonly operation?: string
  /** What it was about: a URL, ARN, key or principal. */
  readonly target?: string
  readonly status?: number
  readonly code?: string
  /** As a client printed it: the bare text, an XML or JSON body, or wrapped by any SDK or tool. */
  readonly message?: string
  /** Names in lower case. Of the answer, but for those that say what was sent. */
  readonly headers: { readonly [name: string]: string }
  /** Whether it succeeded, where that was said or follows from the status. */
  readonly ok?: boolean
}

/** What is known from inside: documents of the customer's, or of ours. */
export interface CaseDocuments {
  readonly rolePolicies?: readonly PolicyDocument[]
  readonly trustPolicy?: PolicyDocument
  readonly boundary?: PolicyDocument
  readonly sessionPolicy?: PolicyDocument
  readonly bucketPolicy?: PolicyDocument
  /** By ARN of the key. */
  readonly keyPolicies?: { readonly [keyArn: string]: PolicyDocument }
  readonly ownership?: string
  readonly encryption?: JsonObject
  readonly publicAccessBlock?: JsonObject
  readonly scps?: readonly PolicyDocument[]
  readonly rcps?: readonly PolicyDocument[]
  readonly vpcEndpointPolicy?: PolicyDocument
  readonly bindings?: readonly JsonObject[]
  readonly roles?: readonly JsonObject[]
  readonly sasToken?: string
  readonly accountSettings?: JsonObject
  readonly ramPolicies?: readonly PolicyDocument[]
}

/** What is known of the connection that has trouble. */
export interface CaseConnection {
  readonly method?: string
  readonly principal?: string
  readonly roleArn?: string
  readonly externalId?: string
  readonly location?: string
  readonly access?: readonly Access[]
}

/** Something that does not work, and all that is known of it. Every part may be absent. */
export interface DiagnosisCase {
  readonly cloud?: string
  readonly connection: CaseConnection
  readonly observations: readonly Observation[]
  readonly documents: CaseDocuments
  /** What of the input was not understood: kept out of the reasoning and said, never an error. */
  readonly notes: readonly string[]
  /** Whether it says itself that something could not be read: what it does not show may be there. */
  readonly isPartial: boolean
}

const CONNECTION_TEXTS = ['method', 'principal', 'roleArn', 'externalId', 'location'] as const
const POLICIES = ['trustPolicy', 'boundary', 'sessionPolicy', 'bucketPolicy', 'vpcEndpointPolicy'] as const
const POLICY_LISTS = ['rolePolicies', 'scps', 'rcps', 'ramPolicies'] as const
const ENTRY_LISTS = ['bindings', 'roles'] as const
const OBJECTS = ['encryption', 'publicAccessBlock', 'accountSettings'] as const
const TEXTS = ['ownership', 'sasToken'] as const

/** Reads a case. Nothing in it is required, nothing unknown is refused: what cannot be used is noted and left aside. */
export function readCase(value: Json): DiagnosisCase {
  const notes: string[] = []
  const tooDeep = isTooDeep(value)
  if (tooDeep) notes.push('The case nests deeper than any that is read; it is left aside.')
  const top = objectAt(tooDeep ? {} : value, 'the case', notes) ?? {}
  noteUnknown(top, ['cloud', 'connection', 'observations', 'documents', 'notes'], '', notes)
  const brought = notesIn(top['notes'])
  notes.push(...brought)
  const cloud = textAt(top['cloud'], 'cloud', notes)
  return {
    ...(cloud === undefined ? {} : { cloud: cloud.trim().toLowerCase() }),
    connection: readConnection(top['connection'], notes),
    observations: readObservations(top['observations'], notes),
    documents: readDocuments(top['documents'], notes),
    notes,
    isPartial: brought.length > 0,
  }
}

/** So many notes a case may bring along: what could not be read of the evidence. */
const MOST_NOTES = 100

function notesIn(value: Json | undefined): readonly string[] {
  const list = Array.isArray(value) ? value : []
  return list.filter((one): one is string => typeof one === 'string').slice(0, MOST_NOTES)
}

function readConnection(value: Json | undefined, notes: string[]): CaseConnection {
  const given = objectAt(value, 'connection', notes) ?? {}
  noteUnknown(given, [...CONNECTION_TEXTS, 'access'], 'connection.', notes)
  const texts = pick(CONNECTION_TEXTS, (name) => unlessBlank(textAt(given[name], `connection.${name}`, notes)))
  const asked = given['access']
  if (asked === undefined || asked === null) return texts
  const words = Array.isArray(asked) ? asked : [asked]
  const access = ACCESSES.filter((one) => words.includes(one))
  const strange = words.filter((word) => !ACCESSES.some((one) => one === word))
  if (strange.length > 0) notes.push(`connection.access has what is none of ${ACCESSES.join(', ')}: ${JSON.stringify(strange)}.`)
  return { ...texts, access }
}

function readObservations(value: Json | undefined, notes: string[]): readonly Observation[] {
  if (value === undefined || value === null) return []
  const list = Array.isArray(value) ? value : [value]
  return list.flatMap((one: Json, index): readonly Observation[] => {
    const at = `observations[${index}]`
    const given = objectAt(one, at, notes)
    if (given === undefined) return []
    noteUnknown(given, ['operation', 'target', 'status', 'code', 'message', 'headers', 'ok'], `${at}.`, notes)
    const texts = pick(['operation', 'target', 'code', 'message'] as const, (name) => unlessBlank(printedAt(given[name])))
    const status = statusOf(given['status'])
    const told = given['ok']
    const ok = typeof told === 'boolean' ? told : status === undefined ? undefined : status >= 200 && status < 300
    return [
      {
        index,
        ...texts,
        ...(status === undefined ? {} : { status }),
        headers: readHeaders(given['headers'], `${at}.headers`, notes),
        ...(ok === undefined ? {} : { ok }),
      },
    ]
  })
}

function readHeaders(value: Json | undefined, at: string, notes: string[]): { readonly [name: string]: string } {
  const given = objectAt(value, at, notes) ?? {}
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, one]): readonly [string, string][] => {
      const text = printedAt(Array.isArray(one) && one.length === 1 ? one[0] : one)
      return text === undefined ? [] : [[name.trim().toLowerCase(), text]]
    }),
  )
}

function readDocuments(value: Json | undefined, notes: string[]): CaseDocuments {
  const given = objectAt(value, 'documents', notes) ?? {}
  noteUnknown(given, [...POLICIES, ...POLICY_LISTS, ...ENTRY_LISTS, ...OBJECTS, ...TEXTS, 'keyPolicies'], 'documents.', notes)
  const keys = documentAt(given['keyPolicies'], 'documents.keyPolicies', notes)
  const keyPolicies = Object.entries(keys ?? {}).flatMap(([arn, one]): readonly [string, PolicyDocument][] => {
    const document = policyAt(one, `documents.keyPolicies[${arn}]`, notes)
    return document === undefined ? [] : [[arn, document]]
  })
  return {
    ...pick(POLICIES, (name) => policyAt(given[name], `documents.${name}`, notes)),
    ...pick(POLICY_LISTS, (name) => documentsAt(given[name], `documents.${name}`, notes, policyAt)),
    ...pick(ENTRY_LISTS, (name) => documentsAt(given[name], `documents.${name}`, notes, documentAt)),
    ...pick(OBJECTS, (name) => settingsAt(given[name], `documents.${name}`, notes)),
    ...pick(TEXTS, (name) => textAt(given[name], `documents.${name}`, notes)),
    ...(keys === undefined ? {} : { keyPolicies: Object.fromEntries(keyPolicies) }),
  }
}

/** The names that have a value, with it. */
function pick<Name extends string, Value>(
  names: readonly Name[],
  read: (name: Name) => Value | undefined,
): { readonly [name in Name]?: Value } {
  const found: { [name in Name]?: Value } = {}
  for (const name of names) {
    const value = read(name)
    if (value !== undefined) found[name] = value
  }
  return found
}

function documentsAt(
  value: Json | undefined,
  at: string,
  notes: string[],
  read: (one: Json, at: string, notes: string[]) => JsonObject | undefined,
): readonly JsonObject[] | undefined {
  if (value === undefined || value === null) return undefined
  const list = Array.isArray(value) ? value : [value]
  return list.flatMap((one: Json, index): readonly JsonObject[] => {
    const document = read(one, `${at}[${index}]`, notes)
    return document === undefined ? [] : [document]
  })
}

/** A policy; also one in what a command printed of it, of which the patch then is. */
function policyAt(value: Json | undefined, at: string, notes: string[]): JsonObject | undefined {
  const document = documentAt(value, at, notes)
  const bare = document === undefined ? undefined : barePolicy(document)
  if (bare !== document) notes.push(`${at} is what a command printed: the policy in it is meant.`)
  return bare
}

/** Settings; also under the name that the command printed them by. */
function settingsAt(value: Json | undefined, at: string, notes: string[]): JsonObject | undefined {
  const document = documentAt(value, at, notes)
  return document === undefined ? undefined : bareSettings(document, 'PublicAccessBlockConfiguration')
}

/** A document; also one that is a string of JSON, as some commands print them. */
function documentAt(value: Json | undefined, at: string, notes: string[]): JsonObject | undefined {
  if (typeof value !== 'string') return objectAt(value, at, notes)
  const parsed = parsedJson(value)
  if (parsed === undefined) notes.push(`${at} is text that is not JSON; it is left aside.`)
  return objectAt(parsed, at, notes)
}

function objectAt(value: Json | undefined, at: string, notes: string[]): JsonObject | undefined {
  if (value === undefined || value === null) return undefined
  if (isObject(value)) return value
  notes.push(`${at} is not an object; it is left aside.`)
  return undefined
}

/** Forms and printers leave a field blank that has no value. */
function unlessBlank(text: string | undefined): string | undefined {
  return text?.trim() === '' ? undefined : text
}

function textAt(value: Json | undefined, at: string, notes: string[]): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  notes.push(`${at} is not text; it is left aside.`)
  return undefined
}

/** What a client printed: text as it is, a body as the JSON it is. */
function printedAt(value: Json | undefined): string | undefined {
  if (value === undefined || value === null) return undefined
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function noteUnknown(given: JsonObject, known: readonly string[], at: string, notes: string[]): void {
  const unknown = Object.keys(given).filter((name) => !known.includes(name))
  if (unknown.length > 0) notes.push(`Not known, and left aside: ${unknown.map((name) => at + name).join(', ')}.`)
}
