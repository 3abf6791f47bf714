type Query = { readonly [key: string]: string | Query }

/** Writes an object as a query string; what is nested becomes `outer[inner]=value` (OpenAPI's deepObject). */
export function encodeQuery(value: object): string {
  const search = new URLSearchParams()
  for (const [key, entry] of Object.entries(value)) {
    if (entry === undefined) continue
    if (typeof entry === 'object' && entry !== null)
      for (const [inner, text] of Object.entries(entry)) {
        if (text !== undefined) search.append(`${key}[${inner}]`, String(text))
      }
    else search.append(key, String(entry))
  }
  const text = search.toString()
  return text === '' ? '' : `?${text}`
}

/** Reads it back. A key given twice keeps its last value. Nothing here can reach a prototype: maps become objects without one. */
export function decodeQuery(search: URLSearchParams): Query {
  const flat = new Map<string, string>()
  const nested = new Map<string, Map<string, string>>()
  for (const [key, value] of search) {
    const match = /^([^[\]]+)\[([^[\]]+)\]$/.exec(key)
    const outer = match?.[1]
    const inner = match?.[2]
    if (outer === undefined || inner === undefined) flat.set(key, value)
    else nested.set(outer, (nested.get(outer) ?? new Map<string, string>()).set(inner, value))
  }
  return Object.fromEntries([...flat, ...[...nested].map(([key, map]) => [key, Object.fromEntries(map)] as const)])
}
