import { readdirSync, readFileSync } from 'node:fs'
import type { Certainty, DiagnosisReport, Json, JsonObject } from '../../src/index.ts'
import { isObject } from '../../src/policy/shapes.ts'

/** What a scenario must come to. What is left out is not looked at. */
export interface Expectation {
  /** Code of the first finding; of a group, any of its causes may stand first. */
  readonly cause?: string
  /** All causes of the first finding's group, in any order: no more and no fewer. */
  readonly group?: readonly string[]
  /** Causes that the first finding's group has among others. */
  readonly among?: readonly string[]
  readonly certainty?: Certainty
  readonly verdict?: DiagnosisReport['verdict']
  readonly affects?: readonly string[]
  /** The document that the first finding's patch is of. */
  readonly document?: string
  /** Codes of the findings after the first, in any order. */
  readonly further?: readonly string[]
  readonly security?: readonly string[]
  readonly capabilities?: { readonly [capability: string]: string }
  /** Sets of causes that must be said to be open, each with the read that settles it. */
  readonly cannotTell?: readonly (readonly string[])[]
}

/** One scenario: a case, what it must come to, and its repaired twin, which must come out healthy. */
export interface Scenario {
  readonly title: string
  readonly case: JsonObject
  readonly expect: Expectation
  /** After the first finding is repaired: what the case is then, and what it comes to. */
  readonly then?: { readonly case: JsonObject; readonly expect: Expectation }
  /** The parts of the case that are otherwise once everything is repaired; null takes one out. Absent only where nothing is to be repaired. */
  readonly repaired?: JsonObject
}

/** A scenario with the file it stands in, without the ending. */
export interface NamedScenario extends Scenario {
  readonly cloud: string
  readonly name: string
}

const folder = new URL('../../testdata/diagnosis/', import.meta.url)

/** Every scenario of every cloud. */
export function diagnosisScenarios(): readonly NamedScenario[] {
  return readdirSync(folder).flatMap((cloud) =>
    readdirSync(new URL(`${cloud}/`, folder)).map((file): NamedScenario => {
      const scenario: Scenario = JSON.parse(readFileSync(new URL(`${cloud}/${file}`, folder), 'utf8'))
      return { ...scenario, cloud, name: file.replace(/\.json$/, '') }
    }),
  )
}

/** A case with parts of it changed: connection and documents name by name, observations as a whole. */
export function changedCase(given: JsonObject, parts: JsonObject): JsonObject {
  const merged = new Map<string, Json>(Object.entries(given))
  for (const [name, part] of Object.entries(parts)) {
    const before = merged.get(name)
    const after = isObject(before) && isObject(part) ? changedCase(before, part) : part
    if (after === null) merged.delete(name)
    else merged.set(name, after)
  }
  return Object.fromEntries(merged)
}
