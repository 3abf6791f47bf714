/** The form of a name that is unique in its project: names differ in more than case. */
export function nameKey(name: string): string {
  return storable(name.toLowerCase())
}

/** Text to look for. PostgreSQL's holds no NUL and refuses to compare with one; what stands for it is in no name either. */
export function storable(text: string): string {
  return text.replaceAll('\u0000', '\u0001')
}

/** Pages hold this many unless told, and never more. */
export const PAGE_LIMIT = 1_000
