/** The link that the lab pretends to be behind: that of a server in another region. */
export const LINK = { latencyMs: 40, bytesPerSecond: 100_000_000 } as const

/** The time that so many requests in a row and so many bytes take on the link, whoever makes them. */
export function floorMs(inARow: number, bytes: number): number {
  return inARow * LINK.latencyMs + linkMs(bytes)
}

/** The time that so many bytes take on the link. */
export function linkMs(bytes: number): number {
  return (bytes * 1000) / LINK.bytesPerSecond
}
