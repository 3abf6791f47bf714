import type { Json } from '@sluice/core'

/**
 * A value that whoever applies a template may change: a parameter in CloudFormation, a variable in Terraform.
 * `pseudo` slots are known where the template runs: the partition, or the account it is applied in.
 */
export interface Slot {
  readonly slot: true
  /** PascalCase and unique within one setup. */
  readonly name: string
  readonly value: string
  readonly description: string
  readonly pseudo?: {
    /** What templates of the cloud call it: `AWS::Partition`. */
    readonly template: string
    /** What Terraform calls it. */
    readonly terraform: string
  }
  /** What the value must match, where AWS says so. */
  readonly pattern?: string
}

/** A string with slots in it. */
export interface Text {
  readonly parts: readonly (string | Slot)[]
}

/** JSON whose strings may hold slots. Policies are built once in this form, so every artifact says the same. */
export type Node = null | boolean | number | string | Text | readonly Node[] | { readonly [key: string]: Node }

/** Writes a text with slots: text`arn:${partition}:s3:::${bucket}/${prefix}*`. */
export function text(strings: TemplateStringsArray, ...values: readonly (string | Slot | Text)[]): Text {
  const parts = strings.flatMap((string, index) => {
    const value = values[index]
    if (value === undefined) return [string]
    if (typeof value !== 'string' && 'parts' in value) return [string, ...value.parts]
    return [string, value]
  })
  return { parts: parts.filter((part) => part !== '') }
}

/** Whether a node is a text with slots rather than an object. */
export function isText(node: Node): node is Text {
  return typeof node === 'object' && node !== null && 'parts' in node
}

/** The text with every slot's value in place. */
export function textValue(value: Text): string {
  return value.parts.map((part) => (typeof part === 'string' ? part : part.value)).join('')
}

/** The node with every slot's value in place. */
export function toJson(node: Node): Json {
  if (typeof node !== 'object' || node === null) return node
  if (isText(node)) return textValue(node)
  if (isList(node)) return node.map(toJson)
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, toJson(value)]))
}

/** `Array.isArray` does not narrow readonly arrays. */
export function isList(node: Node): node is readonly Node[] {
  return Array.isArray(node)
}

/** Every slot of a node, in order of first use, each once. */
export function slotsOf(node: Node): readonly Slot[] {
  const found = new Map<string, Slot>()
  const visit = (current: Node): void => {
    if (typeof current !== 'object' || current === null) return
    if (isText(current)) {
      for (const part of current.parts) if (typeof part !== 'string' && !found.has(part.name)) found.set(part.name, part)
      return
    }
    for (const child of isList(current) ? current : Object.values(current)) visit(child)
  }
  visit(node)
  return [...found.values()]
}
