import type { Spanned } from './cursor.ts'
import type { Span } from './position.ts'
import type { QueryPlan } from './query-plan.ts'
import type { StageReference } from './stage-reference.ts'

/** How an existing thing of the same name is met. */
export type CreateMode = 'create' | 'replace' | 'if-not-exists'

/** `NAME = 'value'` of a CREATE CONNECTION, the name in lower case. */
export interface ConnectionParameter {
  readonly name: string
  readonly nameSpan: Span
  readonly value: Spanned<string>
}

/** `OPTION = value` of a FILE_FORMAT clause, the option in upper case. */
export interface FormatOption {
  readonly name: string
  readonly span: Span
  readonly value: string | number | boolean
  readonly valueSpan: Span
}

export interface StageChanges {
  readonly url?: Spanned<string>
  readonly connection?: Spanned<string>
  /** Empty: back to the default. */
  readonly format?: readonly FormatOption[]
  readonly comment?: string
}

/** A statement of Sluice's own, or a query of the engine's dialect. */
export type Statement =
  | {
      readonly kind: 'create-connection'
      readonly name: Spanned<string>
      readonly mode: CreateMode
      readonly storageType: Spanned<string>
      readonly parameters: readonly ConnectionParameter[]
    }
  | { readonly kind: 'drop-connection'; readonly name: Spanned<string>; readonly ifExists: boolean }
  | { readonly kind: 'describe-connection'; readonly name: Spanned<string> }
  | { readonly kind: 'show-connections' }
  | {
      readonly kind: 'create-stage'
      readonly name: Spanned<string>
      readonly mode: CreateMode
      readonly url: Spanned<string>
      readonly connection: Spanned<string>
      readonly format?: readonly FormatOption[]
      readonly comment?: string
    }
  | { readonly kind: 'alter-stage'; readonly name: Spanned<string>; readonly ifExists: boolean; readonly changes: StageChanges }
  | { readonly kind: 'drop-stage'; readonly name: Spanned<string>; readonly ifExists: boolean }
  | { readonly kind: 'describe-stage'; readonly name: Spanned<string> }
  | { readonly kind: 'show-stages'; readonly like?: string; readonly limit?: number }
  | { readonly kind: 'list-stage'; readonly reference: StageReference; readonly pattern?: Spanned<string> }
  | { readonly kind: 'query'; readonly plan: QueryPlan }
