/** Stands for text of a template that is known only when it is applied. A private-use character: no policy has it. */
export const UNKNOWN = '\uE000'

/** Whether a text begins with what is not known: nothing can be said of it then. */
export function isOpaque(text: string): boolean {
  return text.startsWith(UNKNOWN)
}

/** Whether any of a text is not known. */
export function hasUnknown(text: string): boolean {
  return text.includes(UNKNOWN)
}
