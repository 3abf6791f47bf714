import type { RequestLogEntry } from '@sluice/lab'

/**
 * The longest chain of requests each of which began after the one before had been answered: only such can depend on each other.
 * A busy machine makes chains longer and never shorter, so that the shortest of several runs is still no less than the truth.
 * The log takes note of an answer a moment after its reader has it: requests side by side overlap by far more than `slackMs`.
 */
export function longestChain(entries: readonly RequestLogEntry[], slackMs: number): readonly RequestLogEntry[] {
  const spans = entries.map((entry) => ({ entry, start: Date.parse(entry.at) - entry.ms, end: Date.parse(entry.at) }))
  let chains: { readonly end: number; readonly chain: readonly RequestLogEntry[] }[] = []
  for (const { entry, start, end } of spans.toSorted((one, other) => one.end - other.end)) {
    const before = chains
      .filter((candidate) => candidate.end - slackMs <= start)
      .toSorted((one, other) => other.chain.length - one.chain.length)[0]
    chains = [...chains, { end, chain: [...(before?.chain ?? []), entry] }]
  }
  return chains.toSorted((one, other) => other.chain.length - one.chain.length)[0]?.chain ?? []
}
