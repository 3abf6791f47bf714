import { questionOf, valuesIn, type Answer, type Answers } from './answer.ts'
import { wordsOf, type EvidenceRead, type EvidenceValues } from './read.ts'

/** A read that was asked for, or is to be, with what it was asked about and what it answered. */
export interface Asked {
  readonly read: EvidenceRead
  readonly values: EvidenceValues
  readonly words: readonly string[]
  readonly answer?: Answer
  /** Whether every value that others are read for is one that they can be read for. */
  readonly isWhole: boolean
}

/** Every read that these answers lead to, in order: those without an answer are still to be made, or were not. */
export function walk(reads: readonly EvidenceRead[], values: EvidenceValues, answers: Answers): readonly Asked[] {
  return reads.flatMap((read): readonly Asked[] => {
    const words = wordsOf(read, values)
    if (words === undefined) return []
    const answer = answers.get(questionOf(words))
    if (answer === undefined) return [{ read, values, words, isWhole: true }]
    const further = (read.next ?? []).map((one) => ({ ...one, found: valuesIn(answer, one.of) }))
    const more = further.flatMap(({ each, found, reads: others }) =>
      found.values.flatMap((value) => walk(others, { ...values, [each]: value }, answers)),
    )
    return [{ read, values, words, answer, isWhole: further.every(({ found }) => found.isWhole) }, ...more]
  })
}
