/** What an expression works with. A Date is a timestamp. */
export type CelValue = null | boolean | number | string | Date | readonly CelValue[] | { readonly [key: string]: CelValue }

/**
 * What an expression comes to. `error` is CEL's own: a wrong type, a missing key; to IAM such a condition does not hold.
 * `unknown` is ours: something we do not know the value or the meaning of. Nothing is ever concluded from it.
 */
export type CelResult =
  | { readonly kind: 'value'; readonly value: CelValue }
  | { readonly kind: 'error'; readonly because: string }
  | { readonly kind: 'unknown'; readonly because: string }

/** The names an expression may use, and what `api.getAttribute` answers. */
export interface CelEnvironment {
  readonly names: { readonly [name: string]: CelValue }
  /** Absent: attributes of the API are not known where this expression stands. */
  readonly api?: { readonly [attribute: string]: string }
}

export function valueOf(value: CelValue): CelResult {
  return { kind: 'value', value }
}

export function celError(because: string): CelResult {
  return { kind: 'error', because }
}

export function unknown(because: string): CelResult {
  return { kind: 'unknown', because }
}

/** Goes on with the values where all are; else what we do not know goes before what is wrong. */
export function whenValues(results: readonly CelResult[], then: (values: readonly CelValue[]) => CelResult): CelResult {
  const values: CelValue[] = []
  for (const result of results) if (result.kind === 'value') values.push(result.value)
  if (values.length === results.length) return then(values)
  return results.find((result) => result.kind === 'unknown') ?? results.find((result) => result.kind === 'error') ?? celError('')
}

/** A member that is there by the map's own making: a token's claim may be called `constructor`. */
export function own(map: { readonly [key: string]: CelValue }, name: string): CelValue | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined
}

export function isMap(value: CelValue | undefined): value is { readonly [key: string]: CelValue } {
  return typeof value === 'object' && value !== null && !(value instanceof Date) && !isCelList(value)
}

export function isCelList(value: CelValue | undefined): value is readonly CelValue[] {
  return Array.isArray(value)
}
