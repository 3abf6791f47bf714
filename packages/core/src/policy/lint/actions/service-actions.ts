/** What AWS says about the actions of one service, as the generated tables hold it. */
export interface ServiceActions {
  /** ARN templates of the resource types that actions apply to. */
  readonly resources: { readonly [type: string]: string }
  /** Condition keys of the service and the types of their values; `*` stands for any name. */
  readonly keys: { readonly [key: string]: string }
  /** Keys that every action carries. */
  readonly commonKeys: readonly string[]
  readonly keySets: readonly (readonly string[])[]
  /** Access level, resource types, and the index of the keys it carries besides the common ones. */
  readonly actions: { readonly [name: string]: readonly [level: string, resources: readonly string[], keySet: number] }
}
