import type { Json, JsonObject } from '@sluice/core'
import { isList, isText, type Node, type Slot, slotsOf, type Text } from '../../setup/text.ts'

/** CloudFormation's limit; values beyond it are written as they are. */
const MAX_PARAMETERS = 200

/** The parameters of a template: every slot in it, its value the default. */
export function parametersOf(node: Node): readonly Slot[] {
  return slotsOf(node)
    .filter((slot) => slot.pseudo === undefined)
    .slice(0, MAX_PARAMETERS)
}

export function parameterDeclarations(slots: readonly Slot[]): JsonObject {
  return Object.fromEntries(
    slots.map((slot) => [
      slot.name,
      {
        Type: 'String',
        Default: slot.value,
        Description: slot.description,
        ...(slot.pattern === undefined ? {} : { AllowedPattern: slot.pattern }),
      },
    ]),
  )
}

/** A node in CloudFormation's JSON: slots become Ref where they stand alone and Fn::Sub within a string. */
export function cloudFormationJson(node: Node, parameters: readonly Slot[]): Json {
  const names = new Set(parameters.map((slot) => slot.name))
  const render = (current: Node): Json => {
    if (typeof current !== 'object' || current === null) return current
    if (isText(current)) return renderText(current, names)
    if (isList(current)) return current.map(render)
    return Object.fromEntries(Object.entries(current).map(([key, value]) => [key, render(value)]))
  }
  return render(node)
}

function renderText(value: Text, names: ReadonlySet<string>): Json {
  const parts = value.parts.map((part) => {
    if (typeof part === 'string') return { literal: part }
    if (part.pseudo !== undefined) return { reference: part.pseudo.template }
    return names.has(part.name) ? { reference: part.name } : { literal: part.value }
  })
  const [only] = parts
  if (only !== undefined && parts.length === 1) return 'reference' in only ? { Ref: only.reference } : only.literal
  if (parts.every((part) => 'literal' in part)) return parts.map((part) => part.literal).join('')
  return { 'Fn::Sub': parts.map((part) => ('literal' in part ? part.literal.replaceAll('${', '${!') : `\${${part.reference}}`)).join('') }
}
