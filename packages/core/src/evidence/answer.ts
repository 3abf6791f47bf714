import { isList, isObject } from '../policy/shapes.ts'
import type { Json } from '../json.ts'
import { objectsIn, parsedJson } from '../diagnosis/json-text.ts'
import { isPlainValue } from './plain-value.ts'
import { MOST_VALUES, type ValuesOf } from './read.ts'

/** What a command answered. */
export interface Answer {
  /** The exit code: 0 where the client was served. */
  readonly status: number
  /** Standard output, and of a command that failed what it said instead. */
  readonly text: string
}

/** Answers by the words that were asked. */
export type Answers = ReadonlyMap<string, Answer>

/** The name under which the answer to a command is kept. */
export function questionOf(words: readonly string[]): string {
  return words.join('\u0000')
}

/** The values of an answer that other reads go on with, each once and in order; and whether these are all of them. */
export function valuesIn({ status, text }: Answer, of: ValuesOf): { readonly values: readonly string[]; readonly isWhole: boolean } {
  const found = status === 0 ? [...new Set(textsOf(parsedJson(text), of))] : []
  const usable = found.filter((value) => isPlainValue(value) && !/["\\]/.test(value))
  return { values: usable.toSorted().slice(0, MOST_VALUES), isWhole: found.length <= MOST_VALUES && usable.length === found.length }
}

function textsOf(value: Json | undefined, of: ValuesOf): readonly string[] {
  return objectsIn(value).flatMap((one): readonly string[] => {
    if (of.kind === 'pair') {
      const [first, second] = of.names.map((name) => one[name])
      if (typeof first !== 'string' || typeof second !== 'string') return []
      return [isPlainValue(first) && isPlainValue(second) ? `${first}:${second}` : '']
    }
    const found = one[of.name]
    if (of.kind === 'items') return isList(found) ? found.filter((item) => typeof item === 'string') : []
    return typeof found === 'string' && found.startsWith(of.startsWith ?? '') ? [found] : []
  })
}

/** The JSON object in an answer; undefined where it is none. */
export function objectIn(answer: Answer | undefined): { readonly [name: string]: Json } | undefined {
  const value = parsedJson(answer?.status === 0 ? answer.text : undefined)
  return isObject(value) ? value : undefined
}
