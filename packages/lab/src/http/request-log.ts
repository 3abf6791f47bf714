/** One request, as the log keeps it. Never a secret: no headers, no query, no body. */
export interface RequestLogEntry {
  readonly id: string
  /** ISO time. */
  readonly at: string
  /** `s3.GetObject` */
  readonly operation: string
  /** ARN of who signed; `anonymous` when nobody did, `-` when it was not found out. */
  readonly principal: string
  readonly bucket?: string
  readonly key?: string
  /** The Range header, for those who count bytes. */
  readonly range?: string
  /** 0 when no answer was sent. */
  readonly status: number
  readonly code?: string
  readonly ms: number
  readonly bytesOut: number
  /** Faults that had a part in it. */
  readonly faults?: readonly string[]
}

/** The last requests, oldest first. */
export interface RequestLog {
  entries(): readonly RequestLogEntry[]
  /** How many there were since start or `clear`, also beyond what is kept. */
  readonly count: number
  clear(): void
}

/** A log that keeps the last `capacity` entries. */
export function requestLog(capacity: number): RequestLog & { add(entry: RequestLogEntry): void } {
  let kept: RequestLogEntry[] = []
  let count = 0
  return {
    entries: () => kept.slice(-capacity),
    get count() {
      return count
    },
    clear() {
      kept = []
      count = 0
    },
    add(entry) {
      kept.push(entry)
      count += 1
      if (kept.length > capacity * 2) kept = kept.slice(-capacity)
    },
  }
}
