/** The form of a name that is unique in its project: names differ in more than case. */
export function nameKey(name: string): string {
  return name.toLowerCase()
}

/** Pages hold this many unless told, and never more. */
export const PAGE_LIMIT = 1_000
