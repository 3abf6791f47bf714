import type { Json, JsonObject } from '@sluice/core'
import { isList, isText, type Node, type Slot, slotsOf, type Text } from '../../setup/text.ts'

/** The parameters of a template: every slot in it, its value the default. */
export function parametersOf(node: Node): readonly Slot[] {
  return slotsOf(node).filter((slot) => slot.pseudo === undefined)
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

/**
 * A node in ROS's JSON: slots become Ref where they stand alone and Fn::Join within a string, which needs no escaping.
 * `instead` has what stands in place of the Ref of a slot, by its name.
 */
export function rosJson(node: Node, instead: JsonObject): Json {
  if (typeof node !== 'object' || node === null) return node
  if (isText(node)) return renderText(node, instead)
  if (isList(node)) return node.map((item) => rosJson(item, instead))
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, rosJson(value, instead)]))
}

function renderText(value: Text, instead: JsonObject): Json {
  const parts = value.parts.map((part): Json => {
    if (typeof part === 'string') return part
    return instead[part.name] ?? { Ref: part.pseudo?.template ?? part.name }
  })
  const [only = ''] = parts
  if (parts.length <= 1) return only
  return { 'Fn::Join': ['', parts] }
}
