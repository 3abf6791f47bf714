import type { Said } from './cause.ts'

/** A text in both languages. */
export function said(en: string, zh: string): Said {
  return { en, zh }
}
