/** What is written in one transaction at most: enough to spare the disk, few enough not to hold up others for long. */
const MOST = 256

interface Waiting<Item> {
  readonly item: Item
  readonly settled: PromiseWithResolvers<void>
}

/**
 * Appends items in the order they come. Those that come while a write is under way go together in the next one:
 * a thousand at once cost a few syncs of the disk instead of a thousand. Each resolves when it is durable.
 *
 * Where a write of several fails, each is tried alone, so that one that cannot be written takes no other with it.
 */
export function appendQueue<Item>(write: (items: readonly Item[]) => Promise<void>): (item: Item) => Promise<void> {
  const queue: Waiting<Item>[] = []
  let isRunning = false

  async function run(): Promise<void> {
    isRunning = true
    while (queue.length > 0) await writeTogether(queue.splice(0, MOST))
    isRunning = false
  }

  async function writeTogether(batch: readonly Waiting<Item>[]): Promise<void> {
    try {
      await write(batch.map(({ item }) => item))
      for (const { settled } of batch) settled.resolve()
    } catch (error) {
      const [only] = batch
      if (batch.length === 1) only?.settled.reject(error)
      else for (const one of batch) await writeTogether([one])
    }
  }

  return (item) => {
    const settled = Promise.withResolvers<void>()
    queue.push({ item, settled })
    if (!isRunning) void run()
    return settled.promise
  }
}
