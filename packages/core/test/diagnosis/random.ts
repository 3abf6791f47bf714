/** A sequence of numbers that is the same for the same seed. */
export interface Dice {
  /** A number from 0 to below 1. */
  readonly roll: () => number
  /** One of a list that is not empty. */
  readonly pick: <Value>(list: readonly Value[]) => Value
  readonly shuffled: <Value>(list: readonly Value[]) => readonly Value[]
}

/** Mulberry32: small, and good enough to shuffle cases with. */
export function diceOf(seed: number): Dice {
  let state = seed
  const roll = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const pick = <Value>(list: readonly Value[]): Value => {
    const [first] = list
    const found = list[Math.floor(roll() * list.length)] ?? first
    if (found === undefined) throw new RangeError('nothing to pick from')
    return found
  }
  const shuffled = <Value>(list: readonly Value[]): readonly Value[] =>
    list
      .map((value) => [roll(), value] as const)
      .toSorted(([a], [b]) => a - b)
      .map(([, value]) => value)
  return { roll, pick, shuffled }
}
