import type { Client } from '@sluice/api'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { caught, collect } from './support/collect.ts'
import { BUCKET, CUSTOMER, type Tenants, startTenants } from './support/tenants.ts'

let tenants: Tenants
let client: Client

beforeAll(async () => {
  // One query at a time: a query that goes on after its caller went keeps every other from running.
  tenants = await startTenants('one organization', { SLUICE_QUERY_WORKERS: '1' })
  client = tenants.acme
  await client.connections.create({
    name: 'lake',
    cloud: 'aws',
    method: 'role',
    auth: { accountId: CUSTOMER },
    locations: [`s3://${BUCKET}/acme/`],
    purposes: ['import'],
  })
  const setup = await client.setup.show('lake', {})
  tenants.lab.aws.applyTemplate(CUSTOMER, setup.artifacts.find((artifact) => artifact.id === 'cloudformation')?.text ?? '', {})
  const rows = Array.from({ length: 5_000 }, (_, index) => `${index},${index % 7}\n`)
  tenants.lab.aws.putObject(BUCKET, 'acme/numbers.csv', { body: `n,m\n${rows.join('')}` })
  await client.stages.create(
    { name: 'numbers', connection: 'lake', url: `s3://${BUCKET}/acme/`, format: { type: 'csv', skipHeader: 1 } },
    {},
  )
  await client.stages.files('numbers', {})
})
afterAll(() => tenants.close())
afterEach(() => tenants.lab.faults.clear())

/** Lets requests of this kind hang, and resolves when the first does. */
function hang(operation: string): Promise<void> {
  return new Promise((met) => {
    const when = (): boolean => {
      met()
      return true
    }
    tenants.lab.faults.add({ operation, effect: { kind: 'hang' }, when })
  })
}

/** Requests that were let go before they were answered. */
function abandoned(operation: string): number {
  return tenants.lab.requests.entries().filter((entry) => entry.operation === operation && entry.status === 0).length
}

/** Everything that runs in the lab's and the server's loop has had its turn many times over. */
async function requestsAfter(work: () => Promise<unknown>): Promise<readonly string[]> {
  tenants.lab.requests.clear()
  tenants.lab.faults.clear()
  await work()
  return tenants.lab.requests.entries().map(({ operation }) => operation)
}

describe('a caller who goes away', () => {
  it('takes a validation with it: what hangs is let go, and nothing more is asked', async () => {
    const leave = new AbortController()
    tenants.lab.requests.clear()
    const hangs = hang('s3.ListObjectsV2')
    const validation = caught(collect(client.connections.validate('lake', { waitSeconds: 60 }, leave.signal)))
    await hangs
    leave.abort()
    expect(await validation).toMatchObject({ reason: 'request.cancelled' })
    await expect.poll(() => abandoned('s3.ListObjectsV2')).toBeGreaterThan(0)
    expect(await requestsAfter(() => client.stages.files('numbers', {}))).toEqual(['s3.ListObjectsV2'])
    // Nothing was concluded from what was not seen to its end.
    expect((await client.connections.validations('lake', {})).reports).toEqual([])
    expect((await client.connections.show('lake')).connection.state).toBe('waiting')
  })

  it('takes the wait for a connection that is not ready with it', async () => {
    await client.connections.create({
      name: 'never',
      cloud: 'aws',
      method: 'role',
      auth: { accountId: CUSTOMER },
      locations: [`s3://${BUCKET}/`],
    })
    const leave = new AbortController()
    for await (const event of client.connections.validate('never', { waitSeconds: 3600 }, leave.signal)) {
      if (event.type === 'waiting-for-propagation') break
    }
    leave.abort()
    expect(await requestsAfter(() => client.stages.files('numbers', {}))).toEqual(['s3.ListObjectsV2'])
    expect((await client.connections.validations('never', {})).reports).toEqual([])
    await client.connections.delete('never')
  })

  it('takes a listing with it', async () => {
    const leave = new AbortController()
    tenants.lab.requests.clear()
    const hangs = hang('s3.ListObjectsV2')
    const files = caught(client.stages.files('numbers', {}, leave.signal))
    await hangs
    leave.abort()
    expect(await files).toMatchObject({ reason: 'request.cancelled' })
    await expect.poll(() => abandoned('s3.ListObjectsV2')).toBe(1)
    expect(await requestsAfter(() => client.stages.files('numbers', {}))).toEqual(['s3.ListObjectsV2'])
  })

  it('does not take the lease with it that somebody else waits for too', async () => {
    await client.connections.update('lake', { description: 'its leases end here' })
    tenants.lab.requests.clear()
    const leave = new AbortController()
    tenants.lab.faults.add({ operation: 'sts.AssumeRole', effect: { kind: 'latency', ms: 50 } })
    const request = { connection: 'lake', access: ['read' as const] }
    const first = caught(client.leases.create(request, leave.signal))
    const second = client.leases.create(request)
    await expect.poll(() => tenants.lab.faults.list()[0]?.met).toBe(1)
    leave.abort()
    expect(await first).toMatchObject({ reason: 'request.cancelled' })
    expect(await second).toMatchObject({ narrowed: true })
    expect(tenants.lab.requests.entries().filter(({ operation }) => operation === 'sts.AssumeRole')).toHaveLength(1)
  })

  it.each(['application/x-ndjson', 'text/event-stream'])('takes a query that fetches with it, streamed as %s', async (form) => {
    const leave = new AbortController()
    tenants.lab.requests.clear()
    const hangs = hang('s3.GetObject')
    const onProgress = form === 'text/event-stream' ? () => undefined : undefined
    const query = caught(collect(client.sql.run({ sql: 'SELECT * FROM @numbers/numbers.csv' }, onProgress, leave.signal)))
    await hangs
    leave.abort()
    expect(await query).toMatchObject({ reason: 'request.cancelled' })
    await expect.poll(() => abandoned('s3.GetObject')).toBeGreaterThan(0)
    tenants.lab.faults.clear()
    const [next] = await collect(client.sql.run({ sql: 'SELECT count(*) FROM @numbers/numbers.csv' }))
    expect(next?.rows).toEqual([[5000]])
  })

  it('takes a query that computes with it: the only worker is free for the next', async () => {
    const leave = new AbortController()
    const { promise: running, resolve: runs } = Promise.withResolvers<void>()
    // 5,000 rows with themselves four times over: hours of work.
    const n = '@numbers/numbers.csv'
    const endless = `WITH t AS (SELECT $1::INT AS n FROM ${n}) SELECT sum(a.n * b.n % 7 + c.n * d.n % 11) FROM t a, t b, t c, t d`
    const query = caught(collect(client.sql.run({ sql: endless }, ({ phase }) => (phase === 'running' ? runs() : undefined), leave.signal)))
    await Promise.race([running, query.then((error) => Promise.reject(new Error(`the query ended: ${String(error)}`)))])
    leave.abort()
    expect(await query).toMatchObject({ reason: 'request.cancelled' })
    const [next] = await collect(client.sql.run({ sql: 'SELECT count(*) FROM @numbers/numbers.csv' }))
    expect(next?.rows).toEqual([[5000]])
    const { statements } = await client.sql.history({ limit: 5 })
    expect(statements[1]).toMatchObject({ ok: false, sql: endless })
  })

  it('takes the rest of a script with it', async () => {
    const leave = new AbortController()
    const hangs = hang('s3.GetObject')
    const script = "SELECT * FROM @numbers/numbers.csv; CREATE CONNECTION later STORAGE_TYPE = 's3'"
    const query = caught(collect(client.sql.run({ sql: script }, undefined, leave.signal)))
    await hangs
    leave.abort()
    expect(await query).toMatchObject({ reason: 'request.cancelled' })
    await expect.poll(() => abandoned('s3.GetObject')).toBeGreaterThan(0)
    tenants.lab.faults.clear()
    await collect(client.sql.run({ sql: 'SELECT count(*) FROM @numbers/numbers.csv' }))
    expect((await client.connections.list({})).connections.map(({ name }) => name)).toEqual(['lake'])
  })
})
