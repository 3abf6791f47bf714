import { Bucket, type Location } from '@sluice/core'
import type { KeyLayout } from '../lab/operations.ts'
import type { Bench, BenchContext, Row } from '../row.ts'
import { atLeast, atMost, milliseconds, times } from '../support/figures.ts'
import { LINK } from '../support/link.ts'
import { medianSample, type Sample } from '../support/measure.ts'
import type { Place } from '../support/place.ts'
import { s3Place } from '../support/s3-place.ts'

const COUNT = 100_000

/** Listing a large folder, beside asking for page after page. */
export const listing: Bench = {
  name: 'listing',
  run: (context) => listPlace(context, s3Place(context), ['flat', 'folders']),
}

/** The rows of listing in one place. */
export async function listPlace(context: BenchContext, place: Place, layouts: readonly KeyLayout[]): Promise<readonly Row[]> {
  const { connections, leases, caller } = context.installation
  const connection = await connections.get(caller, place.connection)
  const rows: Row[] = []
  for (const layout of layouts) {
    const location: Location = { ...place.location, prefix: `${place.location.prefix}${layout}/` }
    context.progress(`listing ${COUNT.toLocaleString('en-US')} objects, ${layout}${place.where}`)
    await place.fill(location.prefix, layout, COUNT)
    await context.lab.call('setLink', LINK)
    const store = await leases.open(caller, connection, location, ['list', 'read'], context.signal)
    // The first request fetches the lease and learns where the bucket is, which is no part of a listing.
    await store.listPage({ prefix: location.prefix, maxKeys: 1 }, context.signal)
    rows.push(await list(context, place, layout, new Bucket(store, location)))
  }
  return rows
}

async function list(context: BenchContext, place: Place, layout: KeyLayout, bucket: Bucket): Promise<Row> {
  const { pageKeys, fromAnyKey } = place.otherwise ?? { pageKeys: 1_000, fromAnyKey: true }
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
  const instead = await medianSample(context.lab, 1, async () => check(await place.countObjects(`${place.location.prefix}${layout}/`)))
  return {
    id: `${place.prefix}listing-${layout}`,
    work: `listing ${COUNT.toLocaleString('en-US')} objects${place.where}, ${layout === 'flat' ? 'one folder' : '1,000 nested folders'}`,
    sluice: milliseconds(parallel.ms),
    requests: parallel.requests,
    inARow: parallel.inARow,
    bytes: parallel.bytes,
    instead: { what: `page after page with ${place.client}`, took: milliseconds(instead.ms) },
    claims: fromAnyKey
      ? [atLeast('5× faster than page after page', times(sequential.ms / parallel.ms), 5)]
      : [atMost(`no slower than ${place.client}`, times(parallel.ms / instead.ms), 1)],
    notes: [
      `page after page by Sluice: ${(sequential.ms / 1_000).toFixed(1)} s, of which ${(((COUNT / pageKeys) * LINK.latencyMs) / 1_000).toFixed(1)} s are latency`,
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
