import type { Certainty, Finding, Remedy } from '../finding.ts'
import type { Found, Text } from './cause.ts'

/** The languages of reports. */
export const LANGUAGES = ['en', 'zh'] as const
export type Language = (typeof LANGUAGES)[number]

/** A text in one language. */
export function inLanguage(text: Text, language: Language): string {
  return typeof text === 'string' ? text : text[language]
}

/** Writes what was found as it is shown, in one language. */
export function findingOf({ cause, explanation, alternatives, affects }: Found, language: Language): Finding {
  const say = (text: Text): string => filled(inLanguage(text, language), explanation.values ?? {})
  const { remedy } = cause
  const { patch, linesFor } = explanation
  const lines = { ...explanation, ...(patch === undefined ? {} : linesFor?.(patch.steps)) }
  const shown: Remedy = {
    who: remedy.who,
    where: say(remedy.where),
    summary: say(remedy.summary),
    ...(patch === undefined ? {} : { patch: patch.steps, document: patch.document }),
    ...(lines.snippet === undefined ? {} : { snippet: lines.snippet }),
    ...(lines.command === undefined ? {} : { command: lines.command }),
    ...(lines.terraform === undefined ? {} : { terraform: lines.terraform }),
    risk: say(remedy.risk),
    undo: say(remedy.undo),
    verify: say(remedy.verify),
  }
  return {
    cause: cause.code,
    title: say(cause.title),
    meaning: say(cause.meaning),
    certainty: certaintyOf(explanation.fits, alternatives.length),
    alternatives: alternatives.map(({ code }) => code),
    // Evidence is of one occurrence: its values are in it already.
    evidence: {
      for: explanation.for.map((text) => inLanguage(text, language)),
      against: (explanation.against ?? []).map((text) => inLanguage(text, language)),
    },
    affects,
    remedy: shown,
    links: cause.links,
    ...(cause.settle === undefined ? {} : { settle: cause.settle }),
  }
}

function certaintyOf(fits: 'proved' | 'named' | 'possible', alternatives: number): Certainty {
  if (alternatives > 0) return 'group'
  const words = { proved: 'proved', named: 'strong', possible: 'consistent' } as const
  return words[fits]
}

/** Puts values into a text; a name without a value becomes what it is called. */
function filled(text: string, values: { readonly [name: string]: string }): string {
  return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? `<${name}>`)
}
