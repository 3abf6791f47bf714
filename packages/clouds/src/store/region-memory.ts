/** Remembers where buckets are, across stores. */
export interface RegionMemory {
  get(bucket: string): string | undefined
  set(bucket: string, region: string): void
}

/** Regions of buckets, the ones learned longest ago forgotten beyond `limit`. */
export function createRegionMemory(limit = 10_000): RegionMemory {
  const known = new Map<string, string>()
  return {
    get: (bucket) => known.get(bucket),
    set: (bucket, region) => {
      known.delete(bucket)
      known.set(bucket, region)
      const oldest = known.size > limit ? known.keys().next().value : undefined
      if (oldest !== undefined) known.delete(oldest)
    },
  }
}
