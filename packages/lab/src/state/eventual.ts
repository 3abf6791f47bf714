import type { Clock } from '@sluice/core'

/**
 * Named values whose changes reach the data plane late, as IAM's do: `latest` is what the IAM API shows,
 * `visible` what authorisation sees at this moment.
 */
export interface EventualMap<Value> {
  latest(name: string): Value | undefined
  visible(name: string): Value | undefined
  names(): readonly string[]
  /** Values as the IAM API shows them. */
  latestValues(): readonly Value[]
  /** Values as authorisation sees them. */
  visibleValues(): readonly Value[]
  /** Takes effect `delayMs` from now. `undefined` deletes. */
  set(name: string, value: Value | undefined, delayMs: number): void
}

interface Change<Value> {
  readonly from: number
  readonly value: Value | undefined
}

/** An empty map that takes its time from `clock`. */
export function eventualMap<Value>(clock: Clock): EventualMap<Value> {
  const histories = new Map<string, readonly Change<Value>[]>()
  const currentIndex = (history: readonly Change<Value>[]): number => history.findLastIndex((change) => change.from <= clock.now())
  return {
    latest: (name) => histories.get(name)?.at(-1)?.value,
    visible: (name) => {
      const history = histories.get(name) ?? []
      return history[currentIndex(history)]?.value
    },
    visibleValues: () =>
      [...histories.values()].map((history) => history[currentIndex(history)]?.value).filter((value) => value !== undefined),
    latestValues: () => [...histories.values()].map((history) => history.at(-1)?.value).filter((value) => value !== undefined),
    names: () => [...histories].filter(([, history]) => history.at(-1)?.value !== undefined).map(([name]) => name),
    set(name, value, delayMs) {
      const history = histories.get(name) ?? []
      // What an earlier change has already replaced can never be seen again; changes never overtake each other.
      const kept = history.slice(Math.max(0, currentIndex(history)))
      const from = Math.max(clock.now() + delayMs, kept.at(-1)?.from ?? 0)
      histories.set(name, [...kept, { from, value }])
    },
  }
}
