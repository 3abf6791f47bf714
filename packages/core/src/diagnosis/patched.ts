import type { Json } from '../json.ts'
import { isList } from '../policy/shapes.ts'

/** A document with a patch applied. Steps are those of RFC 6902 that patches here use: add, remove, replace. */
export function patched<Document extends Json>(
  document: Document,
  steps: readonly { readonly op: string; readonly path: string; readonly value?: Json }[],
): Document {
  let result: Json = document
  for (const step of steps) result = applied(result, step.path.split('/').slice(1).map(unescapedPointer), step.op, step.value)
  // Patches change what is below the document, never the document itself into something else.
  return result as Document
}

function unescapedPointer(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~')
}

function applied(value: Json, path: readonly string[], op: string, next: Json | undefined): Json {
  const [head, ...rest] = path
  if (head === undefined) return next ?? null
  if (isList(value)) {
    const index = head === '-' ? value.length : Number(head)
    if (rest.length > 0) return value.map((one, place) => (place === index ? applied(one, rest, op, next) : one))
    if (op === 'remove') return value.filter((_, place) => place !== index)
    return op === 'add' ? value.toSpliced(index, 0, next ?? null) : value.with(index, next ?? null)
  }
  if (typeof value !== 'object' || value === null) return value
  const entries = new Map<string, Json>(Object.entries(value))
  const inner = entries.get(head)
  if (rest.length > 0) {
    if (inner !== undefined) entries.set(head, applied(inner, rest, op, next))
  } else if (op === 'remove') entries.delete(head)
  else entries.set(head, next ?? null)
  return Object.fromEntries(entries)
}
