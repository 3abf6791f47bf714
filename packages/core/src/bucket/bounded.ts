/** Runs `work` over the items, at most `limit` at a time. Rejects with the first failure, after what was begun has ended. */
export async function forEachBounded<T>(items: readonly T[], limit: number, work: (item: T) => Promise<void>): Promise<void> {
  const failures: unknown[] = []
  const remaining = items.values()
  const worker = async (): Promise<void> => {
    for (const item of remaining) {
      if (failures.length > 0) return
      try {
        await work(item)
      } catch (error) {
        failures.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, Math.min(limit, items.length)) }, worker))
  if (failures.length > 0) throw failures[0]
}
