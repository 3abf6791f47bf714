import { randomFrom } from '../random.ts'

/** Chances that are the same in every run of a seed. */
export interface Dice {
  /** A whole number in [0, limit). */
  below(limit: number): number
  /** A whole number in [from, to]. */
  between(from: number, to: number): number
  /** True so many times in a hundred. */
  chance(percent: number): boolean
  pick<T>(list: readonly T[]): T
  /** Some of them, in their order. */
  some<T>(list: readonly T[], percent: number): readonly T[]
  shuffled<T>(list: readonly T[]): readonly T[]
}

export function diceFrom(seed: number): Dice {
  const { below } = randomFrom(seed)
  const pick = <T>(list: readonly T[]): T => {
    const found = list[below(list.length)]
    if (found === undefined) throw new Error('There is nothing to pick from.')
    return found
  }
  const chance = (percent: number) => below(100) < percent
  return {
    below,
    between: (from, to) => from + below(to - from + 1),
    chance,
    pick,
    some: (list, percent) => list.filter(() => chance(percent)),
    shuffled(list) {
      const left = [...list]
      return list.map(() => left.splice(below(left.length), 1)).flat()
    },
  }
}
