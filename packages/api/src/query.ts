type Query = { readonly [key: string]: string | { readonly [inner: string]: string } }

/** Writes an object as a query string; what is nested becomes `outer[inner]=value` (OpenAPI's deepObject). */
export function encodeQuery(value: object): string {
  const search = new URLSearchParams()
  for (const [key, entry] of Object.entries(value)) {
    if (entry === undefined) continue
    if (typeof entry === 'object' && entry !== null) {
      for (const [inner, value] of Object.entries(entry)) if (value !== undefined) search.append(`${key}[${inner}]`, scalar(value))
    } else search.append(key, scalar(entry))
  }
  const text = search.toString()
  return text === '' ? '' : `?${text}`
}

/** Reads it back. A key given twice keeps its last value. A key called `__proto__` becomes a key like any other. */
export function decodeQuery(search: URLSearchParams): Query {
  const flat = new Map<string, string>()
  const nested = new Map<string, Map<string, string>>()
  for (const [key, value] of search) {
    const match = /^([^[\]]+)\[([^[\]]*)\]$/.exec(key)
    const outer = match?.[1]
    const inner = match?.[2]
    if (outer === undefined || inner === undefined) flat.set(key, value)
    else nested.set(outer, (nested.get(outer) ?? new Map<string, string>()).set(inner, value))
  }
  return Object.fromEntries([...flat, ...[...nested].map(([key, map]) => [key, Object.fromEntries(map)] as const)])
}

function scalar(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
