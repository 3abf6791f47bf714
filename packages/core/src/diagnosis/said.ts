import type { Said } from './cause.ts'

/** A text in both languages. */
export function said(en: string, zh: string): Said {
  return { en, zh }
}

/** What the evaluator found of a patch. */
export const OPENED = said('With the patch the same request is allowed.', '应用补丁后,同一请求被允许。')
