import { diagnoseCase, type Finding, type Json, type JsonObject } from '../../src/index.ts'
import { barePolicy } from '../../src/diagnosis/bare-document.ts'
import { isObject } from '../../src/policy/shapes.ts'
import { objectOf } from './object-of.ts'
import { applyPatch } from '../apply-patch.ts'
import { diagnosisScenarios, type NamedScenario } from './scenarios.ts'

/** A finding that offers a patch, with the documents of its case before and after. */
export interface PatchedCase {
  readonly scenario: NamedScenario
  readonly finding: Finding
  readonly before: JsonObject
  readonly after: JsonObject
}

/** Every patch that the scenarios of a cloud come to. */
export function patchedCases(cloud: string): readonly PatchedCase[] {
  return diagnosisScenarios()
    .filter((scenario) => scenario.cloud === cloud)
    .flatMap((scenario): readonly PatchedCase[] => {
      const before = bareDocuments(objectOf(scenario.case['documents']))
      return diagnoseCase(scenario.case).findings.flatMap((finding) => {
        const { patch, document } = finding.remedy
        return patch === undefined || document === undefined
          ? []
          : [{ scenario, finding, before, after: withDocument(before, document, patch) }]
      })
    })
}

/** The documents, with the policies that stand in what commands printed in the place of that: patches are of the policies. */
function bareDocuments(documents: JsonObject): JsonObject {
  const bare = (value: Json): Json => (Array.isArray(value) ? value.map(bare) : isObject(value) ? barePolicy(value) : value)
  return Object.fromEntries(
    Object.entries(documents).map(([name, value]) => [name, /^(bindings|roles|keyPolicies)$/.test(name) ? value : bare(value)]),
  )
}

/** What a test of a patch is called by. */
export function titleOf({ scenario, finding }: PatchedCase): string {
  return `${scenario.name} (${finding.cause}, ${finding.certainty})`
}

/** The documents with one of them patched, by its place in the case: `documents.rolePolicies[0]`. */
function withDocument(documents: JsonObject, place: string, patch: NonNullable<Finding['remedy']['patch']>): JsonObject {
  const [, name = '', member] = /^documents\.(\w+)(?:\[(.+)\])?$/.exec(place) ?? []
  const whole = documents[name]
  if (member === undefined) return { ...documents, [name]: applyPatch(whole ?? null, patch) }
  if (Array.isArray(whole))
    return { ...documents, [name]: whole.map((one: Json, index) => (index === Number(member) ? applyPatch(one, patch) : one)) }
  const key: string = JSON.parse(member)
  return { ...documents, [name]: { ...objectOf(whole), [key]: applyPatch(objectOf(whole)[key] ?? null, patch) } }
}

/** The objects of a list. */
export function objectsOf(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.map((one: Json) => objectOf(one)) : []
}

/** A text, or an empty one in the place of what is none. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}
