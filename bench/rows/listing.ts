import { Bucket, type Location } from '@sluice/core'
import type { KeyLayout } from '../lab/operations.ts'
import type { Bench, BenchContext, Row } from '../row.ts'
import { atLeast, milliseconds, times } from '../support/figures.ts'
import { BUCKET } from '../support/installation.ts'
import { LINK } from '../support/link.ts'
import { medianSample, type Sample } from '../support/measure.ts'
import { countObjects, withSdk } from '../support/sdk.ts'

const COUNT = 100_000
const PAGES = COUNT / 1_000

/** Listing a large folder, beside asking for page after page. */
export const listing: Bench = {
  name: 'listing',
  async run(context) {
    const { connections, caller } = context.installation
    const connection = await connections.get(caller, 'lake')
    const rows: Row[] = []
    for (const layout of ['flat', 'folders'] as const) {
      const location: Location = { cloud: 'aws', bucket: BUCKET, prefix: `data/${layout}/`, extent: 'folder' }
      context.progress(`listing ${COUNT.toLocaleString('en-US')} objects, ${layout}`)
      await context.lab.call('fillBucket', BUCKET, location.prefix, layout, COUNT)
      await context.lab.call('setLink', LINK)
      const store = await context.installation.leases.open(caller, connection, location, ['list', 'read'], context.signal)
      // The first request fetches the lease, which is no part of a listing.
      await store.listPage({ prefix: location.prefix, maxKeys: 1 }, context.signal)
      rows.push(await list(context, layout, new Bucket(store, location)))
    }
    return rows
  },
}

async function list(context: BenchContext, layout: KeyLayout, bucket: Bucket): Promise<Row> {
  const ours = (concurrency?: number) => async () => {
    let found = 0
    let last = ''
    for await (const page of bucket.listPages(concurrency === undefined ? {} : { concurrency }, context.signal))
      for (const { key } of page) {
        if (key <= last) throw new Error(`The listing is out of order at ${key}`)
        last = key
        found++
      }
    check(found)
  }
  const parallel = await medianSample(context.lab, context.runs, ours())
  const sequential = await medianSample(context.lab, 1, ours(1))
  const sdk = await withSdk(context, (client) =>
    medianSample(context.lab, 1, async () => check(await countObjects(client, `data/${layout}/`))),
  )
  return {
    id: `listing-${layout}`,
    work: `listing ${COUNT.toLocaleString('en-US')} objects, ${layout === 'flat' ? 'one folder' : '1,000 nested folders'}`,
    sluice: milliseconds(parallel.ms),
    requests: parallel.requests,
    inARow: parallel.inARow,
    bytes: parallel.bytes,
    instead: { what: 'page after page with the AWS SDK', took: milliseconds(sdk.ms) },
    claims: [atLeast('5× faster than page after page', times(sequential.ms / parallel.ms), 5)],
    notes: [
      `page after page by Sluice: ${(sequential.ms / 1_000).toFixed(1)} s, of which ${((PAGES * LINK.latencyMs) / 1_000).toFixed(1)} s are latency`,
      processors(parallel),
    ],
  }
}

function check(found: number): void {
  if (found !== COUNT) throw new Error(`Listed ${found} objects of ${COUNT}`)
}

function processors({ ownProcessorMs, labProcessorMs }: Sample): string {
  return `processor: ${Math.round(ownProcessorMs)} ms here, ${Math.round(labProcessorMs)} ms in the lab`
}
