import type { Found } from './cause.ts'
import type { Failure } from './failure.ts'
import { inLanguage, type Language } from './finding-text.ts'
import type { OpenQuestion } from './report.ts'
import { said } from './said.ts'

const ALIKE = said('From outside these look the same.', '从外部看,它们的表现相同。')

/**
 * Groups stay open, each with the read that would settle it. A set that nothing from outside tells apart is said by itself too where it is
 * part of a larger group: that is what stays when everything else has been excluded.
 */
export function openQuestions(found: readonly Found[], language: Language): readonly OpenQuestion[] {
  const questions = found.flatMap((one) => (one.alternatives.length === 0 ? [] : questionsOf(one, language)))
  return [...new Map(questions.map((question) => [question.causes.toSorted().join(' '), question])).values()]
}

function questionsOf({ cause, alternatives }: Found, language: Language): readonly OpenQuestion[] {
  const group = [cause, ...alternatives]
  const codes = group.map(({ code }) => code)
  const sets = group.flatMap(({ inseparable }) => (inseparable?.every((code) => codes.includes(code)) === true ? [inseparable] : []))
  return [codes, ...sets].map((causes) => {
    const settle = group.find((one) => causes.includes(one.code) && one.settle !== undefined)?.settle
    return { causes, because: inLanguage(ALIKE, language), ...(settle === undefined ? {} : { settle }) }
  })
}

/** A refusal that no cause explains. */
export function unexplainedQuestion({ observation, clue }: Failure, language: Language): OpenQuestion {
  const what = observation.operation ?? clue.operation ?? `observations[${observation.index}]`
  const because = said(`Nothing known explains what ${what} answered.`, `没有已知原因能解释 ${what} 的响应。`)
  return { causes: [], because: inLanguage(because, language) }
}
