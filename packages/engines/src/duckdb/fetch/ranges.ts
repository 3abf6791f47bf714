/** Bytes [start, end). */
export type Span = readonly [start: number, end: number]

export interface MergeLimits {
  /** The widest gap worth fetching to save a request. */
  readonly gap: number
  /** The most bytes of one request. */
  readonly most: number
  /** Requests that run side by side anyway: merging below this number saves no time. */
  readonly free: number
}

/** Joins what touches or overlaps. `spans` are in order of their starts. */
export function normalize(spans: readonly Span[]): Span[] {
  const joined: [number, number][] = []
  for (const [start, end] of spans) {
    const last = joined.at(-1)
    if (last && start <= last[1]) last[1] = Math.max(last[1], end)
    else if (end > start) joined.push([start, end])
  }
  return joined
}

/** What of `spans` lies outside `held`. Both are normalized. */
export function without(spans: readonly Span[], held: readonly Span[]): Span[] {
  const rest: Span[] = []
  for (const [start, end] of spans) {
    let at = start
    for (const [from, to] of held) {
      if (to <= at || from >= end) continue
      if (from > at) rest.push([at, from])
      at = Math.max(at, to)
    }
    if (at < end) rest.push([at, end])
  }
  return rest
}

/**
 * The requests to make for normalized spans. Narrow gaps are read along, the narrowest first: all that together cost less than one
 * part in a hundred of what is needed, and beyond that only as long as there are more requests than run side by side.
 */
export function requestsFor(spans: readonly Span[], limits: MergeLimits): Span[] {
  const needed = spans.reduce((sum, [start, end]) => sum + end - start, 0)
  const gaps = spans
    .slice(1)
    .map(([start], index) => ({ index, width: start - (spans[index]?.[1] ?? start) }))
    .filter(({ width }) => width <= limits.gap)
    .sort((a, b) => a.width - b.width)
  const bridged = new Set<number>()
  let spent = 0
  for (const { index, width } of gaps) {
    spent += width
    if (spent > needed / 100 && spans.length - bridged.size <= limits.free) break
    bridged.add(index)
  }
  const merged: [number, number][] = []
  for (const [index, [start, end]] of spans.entries()) {
    const last = merged.at(-1)
    if (last && bridged.has(index - 1)) last[1] = end
    else merged.push([start, end])
  }
  return merged.flatMap(([start, end]) => pieces(start, end, limits.most))
}

/** Equal pieces, none over `most`: a small last one would waste a request. */
function pieces(start: number, end: number, most: number): Span[] {
  const count = Math.max(1, Math.ceil((end - start) / most))
  const width = Math.ceil((end - start) / count)
  return Array.from({ length: count }, (_, index): Span => [start + index * width, Math.min(end, start + (index + 1) * width)])
}
