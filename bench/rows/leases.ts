import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { LeaseScope } from '@sluice/core'
import type { Leases } from '@sluice/service'
import type { RemoteLab } from '../lab/remote-lab.ts'
import type { Bench, BenchContext, Row } from '../row.ts'
import { atMost, count, milliseconds, times } from '../support/figures.ts'
import { BUCKET, CUSTOMER_ACCOUNT, connect } from '../support/installation.ts'
import { LINK, floorMs } from '../support/link.ts'
import { percentile, sample } from '../support/measure.ts'

const BURST = 1_000
const TENANTS = 100
/** How long STS keeps the slow tenant waiting. */
const SLOW_MS = 3_000
const CACHED = 3_000

const PERMITTED_MS = 1

/** Leases: a thousand callers at once, one tenant whose cloud is slow, and the cache. */
export const leases: Bench = {
  name: 'leases',
  async run(context) {
    await context.lab.call('setLink', LINK)
    return [await burst(context), await slowTenant(context), await cachedInProcess(context), await cachedHandedOut(context)]
  },
}

const SCOPE: LeaseScope = { location: { cloud: 'aws', bucket: BUCKET, prefix: 'data/', extent: 'folder' }, access: ['list', 'read'] }

async function burst(context: BenchContext): Promise<Row> {
  const { lab, installation, progress, signal } = context
  const { caller, cloud, connections } = installation
  progress(`${BURST} first requests for one lease at once`)
  const fresh = installation.newLeases()
  const ours = await sample(lab, async () => {
    await Promise.all(Array.from({ length: BURST }, () => take(context, fresh, 'lake')))
  })
  const connection = await connections.get(caller, 'lake')
  const each = await sample(lab, async () => {
    await Promise.all(Array.from({ length: BURST }, () => cloud.lease({ connection }, SCOPE, 3_600, signal)))
  })
  const calls = ours.log.filter((entry) => entry.operation === 'sts.AssumeRole').length
  return {
    id: 'lease-burst',
    work: `${BURST.toLocaleString('en-US')} first requests for one lease at once`,
    sluice: milliseconds(ours.ms),
    requests: ours.requests,
    inARow: ours.inARow,
    bytes: ours.bytes,
    floorMs: floorMs(1, ours.bytes),
    instead: { what: 'an STS call for each, 64 at a time', took: milliseconds(each.ms) },
    claims: [atMost('one STS call', count(calls), 1)],
    notes: [
      `each of the ${BURST} is an audit event, synced to disk before the lease is handed out: ${(ours.ms / BURST).toFixed(2)} ms a lease in all`,
    ],
  }
}

async function slowTenant(context: BenchContext): Promise<Row> {
  const { lab, installation, progress } = context
  progress(`${TENANTS} tenants, one of them slow`)
  await lab.call('setLink', { latencyMs: 0, bytesPerSecond: Infinity })
  const names = Array.from({ length: TENANTS + 1 }, (_, index) => `tenant-${index}`)
  const [slow = '', ...others] = names
  for (const name of names) await connect(lab, installation, { name, accountId: CUSTOMER_ACCOUNT, location: `s3://${BUCKET}/data/` })
  await lab.call('setLink', LINK)
  // Once to connect to the cloud for every tenant, once to measure.
  await waits(context, installation.newLeases(), others)
  const alone = await waits(context, installation.newLeases(), others)

  const fresh = installation.newLeases()
  const fault = await lab.call('delayNext', 'sts.AssumeRole', SLOW_MS)
  const begin = performance.now()
  const stuck = Array.from({ length: BURST }, () => take(context, fresh, slow))
  while (!(await lab.call('isOver', fault))) continue
  const beside = await waits(context, fresh, others)
  const othersDone = performance.now() - begin
  await Promise.all(stuck)
  const [p99, p99Alone] = [percentile(beside, 0.99), percentile(alone, 0.99)]
  return {
    id: 'lease-slow-tenant',
    work: `first lease of ${TENANTS} tenants at once while another’s STS takes ${SLOW_MS / 1_000} s: p99`,
    sluice: milliseconds(p99),
    floorMs: floorMs(1, 0),
    instead: { what: 'one lock for all tenants', took: milliseconds(SLOW_MS + p99Alone) },
    claims: [atMost('no other waits: within 1.5× of p99 without the slow one', times(p99 / p99Alone), 1.5)],
    notes: [`p99 without the slow tenant: ${p99Alone.toFixed(0)} ms; all others had theirs after ${othersDone.toFixed(0)} ms`],
  }
}

/** How long each of these waits for its first lease, all asking at once. */
function waits(context: BenchContext, leases: Leases, names: readonly string[]): Promise<readonly number[]> {
  return Promise.all(names.map((name) => take(context, leases, name)))
}

/** Takes a lease and gives the milliseconds it took. */
async function take({ installation, signal }: BenchContext, leases: Leases, connection: string): Promise<number> {
  const begin = performance.now()
  await leases.create(installation.caller, { connection, access: ['list', 'read'] }, signal)
  return performance.now() - begin
}

/** What a request of our own costs before it is sent: a signed URL takes a lease and a signature, and nothing from the network. */
async function cachedInProcess(context: BenchContext): Promise<Row> {
  const { installation, progress, lab, signal } = context
  progress('leases from the cache')
  const connection = await installation.connections.get(installation.caller, 'lake')
  const store = await installation.newLeases().open(installation.caller, connection, SCOPE.location, SCOPE.access, signal)
  const sign = async (): Promise<void> => void (await store.presign('data/a', { method: 'GET', expiresInSeconds: 60 }))
  const { taken, calls } = await repeat(lab, sign)
  return {
    id: 'lease-cached',
    work: 'lease from the cache, in process, and a URL signed with it: p99',
    sluice: milliseconds(percentile(taken, 0.99)),
    requests: calls,
    claims: [atMost('under 1 ms', milliseconds(percentile(taken, 0.99)), PERMITTED_MS)],
    notes: [`median ${percentile(taken, 0.5).toFixed(2)} ms`],
  }
}

async function cachedHandedOut(context: BenchContext): Promise<Row> {
  const { installation, lab } = context
  const fresh = installation.newLeases()
  const first = await take(context, fresh, 'lake')
  const { taken, calls } = await repeat(lab, async () => void (await take(context, fresh, 'lake')))
  const sync = await syncMs(installation.folder)
  return {
    id: 'lease-handed-out',
    work: 'the same handed out to a caller: with an audit event, synced to disk: p99',
    sluice: milliseconds(percentile(taken, 0.99)),
    requests: calls,
    instead: { what: 'an STS call', took: milliseconds(first) },
    claims: [],
    notes: [
      `median ${percentile(taken, 0.5).toFixed(2)} ms; this disk alone takes ${percentile(sync, 0.5).toFixed(2)} ms to sync 4 kB, p99 ${percentile(sync, 0.99).toFixed(2)} ms`,
    ],
  }
}

/** Does something often, after a while of warming up, and tells how long each time took and how many requests all of them made. */
async function repeat(lab: RemoteLab, work: () => Promise<void>): Promise<{ readonly taken: readonly number[]; readonly calls: number }> {
  for (let index = 0; index < 500; index++) await work()
  await lab.call('forgetRequests')
  const taken: number[] = []
  for (let index = 0; index < CACHED; index++) {
    const begin = performance.now()
    await work()
    taken.push(performance.now() - begin)
  }
  return { taken, calls: (await lab.call('requests')).length }
}

/** How long the disk takes for the least durable write. */
async function syncMs(folder: string): Promise<readonly number[]> {
  const file = await open(join(folder, 'sync'), 'w')
  try {
    const taken: number[] = []
    for (let index = 0; index < 500; index++) {
      const begin = performance.now()
      await file.write(new Uint8Array(4_096))
      await file.datasync()
      taken.push(performance.now() - begin)
    }
    return taken
  } finally {
    await file.close()
  }
}
