/** Random numbers that are the same in every run. */
export interface SeededRandom {
  /** A whole number in [0, limit). */
  below(limit: number): number
}

/** Mulberry32. */
export function randomFrom(seed: number): SeededRandom {
  let state = Math.imul(seed + 1, 0x9e3779b1)
  return {
    below(limit) {
      state = (state + 0x6d2b79f5) | 0
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
      return ((mixed ^ (mixed >>> 14)) >>> 0) % Math.max(1, limit)
    },
  }
}
