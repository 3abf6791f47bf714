import { isList, isText, type Node, type Slot, slotsOf, type Text } from './text.ts'

/** One block of HCL. Values are data, or expressions of Terraform's own, which nobody outside writes. */
export interface HclBlock {
  readonly head: string
  readonly attributes?: { readonly [name: string]: { readonly data: Node } | { readonly json: Node } | { readonly expression: string } }
  readonly blocks?: readonly HclBlock[]
}

/** A string literal of HCL: JSON's, less two escapes. `${` and `%{` would open a template; `$${` is no safe way out, as `$$${` shows. */
export function hclString(value: string): string {
  return JSON.stringify(value)
    .replaceAll(/\\(.)/g, (escape, letter: string) => (letter === 'b' ? '\\u0008' : letter === 'f' ? '\\u000c' : escape))
    .replaceAll(/\$(?=\{)/g, '\\u0024')
    .replaceAll(/%(?=\{)/g, '\\u0025')
}

/** A block as `terraform fmt` would lay it out. */
export function hclBlock(block: HclBlock, depth = 0): string {
  const indent = '  '.repeat(depth)
  const attributes = Object.entries(block.attributes ?? {}).map(([key, value]): readonly [string, string] => {
    if ('expression' in value) return [key, value.expression]
    if ('data' in value) return [key, hclExpression(value.data, depth + 1)]
    return [key, `jsonencode(${hclExpression(value.json, depth + 1)})`]
  })
  const sections = [
    ...(attributes.length > 0 ? [aligned(attributes, `${indent}  `)] : []),
    ...(block.blocks ?? []).map((child) => hclBlock(child, depth + 1)),
  ]
  if (sections.length === 0) return `${indent}${block.head} {}\n`
  return `${indent}${block.head} {\n${sections.join('\n')}${indent}}\n`
}

/** The slots that the values of blocks use, each once. */
export function hclSlots(blocks: readonly HclBlock[]): readonly Slot[] {
  const nodes = (block: HclBlock): readonly Node[] => [
    ...Object.values(block.attributes ?? {}).flatMap((value) => ('data' in value ? [value.data] : 'json' in value ? [value.json] : [])),
    ...(block.blocks ?? []).flatMap(nodes),
  ]
  return slotsOf(blocks.flatMap(nodes)).filter((slot) => slot.pseudo === undefined)
}

/** `RoleName` as Terraform spells variables: `role_name`. */
export function variableName(slot: Slot): string {
  return slot.name.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toLowerCase()
}

export function hclExpression(node: Node, depth = 0): string {
  if (node === null || typeof node === 'boolean' || typeof node === 'number') return String(node)
  if (typeof node === 'string') return hclString(node)
  if (isText(node)) return hclText(node)
  const outer = '  '.repeat(depth)
  const inner = `${outer}  `
  if (isList(node)) {
    const items = node.map((item) => hclExpression(item, depth + 1))
    if (items.length < 2 && !items.join('').includes('\n')) return `[${items.join('')}]`
    return `[\n${items.map((item) => `${inner}${item},\n`).join('')}${outer}]`
  }
  const entries = Object.entries(node).map(([key, value]): readonly [string, string] => [hclKey(key), hclExpression(value, depth + 1)])
  return entries.length === 0 ? '{}' : `{\n${aligned(entries, inner)}${outer}}`
}

function hclText(value: Text): string {
  const [only] = value.parts
  if (value.parts.length === 1 && typeof only === 'object') return reference(only)
  const body = value.parts.map((part) => (typeof part === 'string' ? hclString(part).slice(1, -1) : `\${${reference(part)}}`))
  return `"${body.join('')}"`
}

function reference(slot: Slot): string {
  return slot.pseudo?.terraform ?? `var.${variableName(slot)}`
}

/** Lines up the equals signs of neighbouring values on one line, as `terraform fmt` does; a value of several lines stands by itself. */
function aligned(entries: readonly (readonly [string, string])[], indent: string): string {
  const groups: (readonly [string, string])[][] = [[]]
  for (const entry of entries) {
    if (entry[1].includes('\n')) groups.push([entry], [])
    else groups.at(-1)?.push(entry)
  }
  const lines = groups.flatMap((group) => {
    const width = Math.max(0, ...group.map(([key]) => key.length))
    return group.map(([key, value]) => `${indent}${key.padEnd(width)} = ${value}\n`)
  })
  return lines.join('')
}

function hclKey(key: string): string {
  return /^[A-Za-z_][A-Za-z0-9_-]*$/.test(key) ? key : hclString(key)
}
