/**
 * A deployment of Azure Resource Manager, before it is written in one of its two languages. https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax
 */
export interface Template {
  readonly description: string
  readonly parameters: readonly Parameter[]
  readonly resources: readonly Resource[]
  readonly outputs: readonly Output[]
}

export interface Parameter {
  /** camelCase */
  readonly name: string
  readonly description: string
  readonly value: Value
}

export interface Output {
  readonly name: string
  readonly description: string
  readonly value: Value
  /** What a linter is to keep quiet about: Bicep warns of secrets in outputs. */
  readonly isSecret?: true
}

/** Something the deployment makes, or that is there already. */
export interface Resource {
  /** What Bicep calls it. */
  readonly symbol: string
  readonly type: string
  readonly apiVersion: string
  readonly isExisting?: true
  /** Without the names of what it lies in. */
  readonly name: Value
  readonly parent?: Resource
  /** What a role is given on, where that is not the resource group. */
  readonly scope?: Resource
  readonly location?: Value
  readonly properties?: Value
  /** What it needs besides its parent and its scope. */
  readonly needs?: readonly Resource[]
}

export type Value = string | number | boolean | Expression | readonly Value[] | { readonly [key: string]: Value }

/** Worked out at deployment. A class, to be told from the objects that values may be. */
export class Expression {
  readonly kind: ExpressionKind
  constructor(kind: ExpressionKind) {
    this.kind = kind
  }
}

export type ExpressionKind =
  | { readonly is: 'parameter'; readonly name: string }
  | { readonly is: 'call'; readonly name: string; readonly given: readonly Value[] }
  | { readonly is: 'member'; readonly of: Expression; readonly name: string }
  | { readonly is: 'id'; readonly of: Resource }
  | { readonly is: 'property'; readonly of: Resource; readonly name: string }
  /** A function of the resource itself, such as listServiceSas. */
  | { readonly is: 'list'; readonly of: Resource; readonly name: string; readonly given: Value }

export const parameter = (name: string): Expression => new Expression({ is: 'parameter', name })
export const call = (name: string, ...given: readonly Value[]): Expression => new Expression({ is: 'call', name, given })
export const member = (of: Expression, name: string): Expression => new Expression({ is: 'member', of, name })
export const idOf = (of: Resource): Expression => new Expression({ is: 'id', of })
export const propertyOf = (of: Resource, name: string): Expression => new Expression({ is: 'property', of, name })
export const listOf = (of: Resource, name: string, given: Value): Expression => new Expression({ is: 'list', of, name, given })

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value)
}
