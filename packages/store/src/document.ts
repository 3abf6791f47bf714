declare const content: unique symbol

/** JSON text of a `Value`, so that a column remembers in its type what was written to it. */
export type Document<Value> = string & { readonly [content]: Value }

/** Serializes a thing for a `document` column. */
export function toDocument<Value extends object>(value: Value): Document<Value> {
  // The brand exists in types only; this is the one place that gives it.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
  return JSON.stringify(value) as Document<Value>
}

/** Reads a `document` column back. */
export function fromDocument<Value>(document: Document<Value>): Value {
  const value: Value = JSON.parse(document)
  return value
}
