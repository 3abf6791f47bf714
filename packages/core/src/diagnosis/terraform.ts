import type { Json, JsonObject } from '../json.ts'
import { isList } from '../policy/shapes.ts'

/** A resource of Terraform; its values are expressions. */
export function terraformResource(type: string, name: string, values: readonly (readonly [name: string, value: string])[]): string {
  return `resource "${type}" "${name}" {\n${values.map(([own, value]) => `  ${own} = ${value}\n`).join('')}}`
}

/** A document as the text of its JSON, written as an expression of Terraform. */
export function terraformJson(document: JsonObject): string {
  return `jsonencode(${terraformExpression(document, '  ')})`
}

/** A JSON value as an expression of Terraform, in which `${` begins an interpolation. */
export function terraformExpression(value: Json, indent: string): string {
  const inner = `${indent}  `
  if (typeof value === 'string') return terraformText(value)
  if (isList(value)) {
    const simple = value.every((one) => typeof one !== 'object')
    if (simple) return `[${value.map((one) => terraformExpression(one, inner)).join(', ')}]`
    return `[\n${value.map((one) => `${inner}${terraformExpression(one, inner)},\n`).join('')}${indent}]`
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const lines = Object.entries(value).map(
    ([name, one]) => `${inner}${/^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name)} = ${terraformExpression(one, inner)}\n`,
  )
  return `{\n${lines.join('')}${indent}}`
}

/** A text as a string of Terraform's language. https://developer.hashicorp.com/terraform/language/expressions/strings */
export function terraformText(text: string): string {
  return JSON.stringify(text).replaceAll('${', '$$${').replaceAll('%{', '%%{')
}
