import { createClient, problemSchema } from '@sluice/api'
import { describe, expect, it } from 'vitest'
import { memoryApp, OTHER_TOKEN, TOKEN } from '../../test/memory-app.ts'
import { CANARIES } from '../../test/memory-services.ts'

const AUTHORIZED = { authorization: `Bearer ${TOKEN}` }
const ROLE = {
  name: 'acme',
  cloud: 'aws',
  method: 'role',
  auth: { roleArn: 'arn:aws:iam::987654321987:role/databend-test' },
  locations: ['s3://test-bucket-123/data/'],
  purposes: ['import' as const],
}

function start(change = {}) {
  const made = memoryApp(change)
  const fetch = (request: Request) => made.app.fetch(request)
  const client = createClient({ baseUrl: 'http://sluice.test', token: TOKEN, fetch })
  const post = (path: string, body: unknown, headers: { [name: string]: string } = AUTHORIZED) =>
    made.app.request(path, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) })
  return { ...made, client, post, fetch }
}

const caught = async (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

describe('the HTTP application', () => {
  it('says who may not come in, and how to', async () => {
    const { app } = start()
    const without = await app.request('/v1/connections')
    expect(without.status).toBe(401)
    expect(without.headers.get('www-authenticate')).toContain('Bearer')
    expect(problemSchema.parse(await without.json())).toMatchObject({ reason: 'auth.missing_token', code: 'unauthenticated' })
    const unknown = await app.request('/v1/connections', { headers: { authorization: 'Bearer sluice_wrong' } })
    expect(problemSchema.parse(await unknown.json())).toMatchObject({ reason: 'auth.unknown_token', status: 401 })
  })

  it('answers health and the API document without a token', async () => {
    const { app } = start()
    expect(await (await app.request('/v1/health')).json()).toEqual({ status: 'ok', version: '0.0.0-test' })
    expect(await (await app.request('/v1/openapi.json')).json()).toMatchObject({ openapi: '3.1.0' })
  })

  it('creates, lists, shows, changes, disables and deletes a connection', async () => {
    const { client } = start()
    const { connection } = await client.connections.create(ROLE)
    expect(connection.auth).toEqual({
      method: 'role',
      roleArn: ROLE.auth.roleArn,
      externalId: { kind: 'issued', value: CANARIES.externalId },
    })
    expect(connection.locations[0]).toMatchObject({ url: 's3://test-bucket-123/data/', bucket: 'test-bucket-123' })
    expect(connection.access).toEqual(['list', 'read'])
    expect((await client.connections.list({})).connections.map((one) => one.name)).toEqual(['acme'])
    expect(await client.connections.show('acme')).toEqual({ connection })
    const updated = await client.connections.update('acme', { description: 'flights' }, { version: 1 })
    expect(updated.connection).toMatchObject({ description: 'flights', version: 2 })
    expect(await caught(client.connections.update('acme', { description: 'x' }, { version: 1 }))).toMatchObject({ reason: 'store.version' })
    expect((await client.connections.disable('acme')).connection.state).toBe('disabled')
    expect((await client.connections.enable('acme')).connection.state).toBe('waiting')
    expect((await client.connections.deletionPlan('acme')).customerMayRemove).toHaveLength(1)
    expect((await client.connections.delete('acme')).stages).toEqual([])
    expect(await caught(client.connections.show('acme'))).toMatchObject({ code: 'not_found', reason: 'store.missing' })
  })

  it('pages through connections by name', async () => {
    const { client } = start()
    for (const name of ['b', 'a', 'c']) await client.connections.create({ ...ROLE, name })
    const first = await client.connections.list({ limit: 2 })
    expect(first).toMatchObject({ connections: [{ name: 'a' }, { name: 'b' }], next: 'b' })
    const second = await client.connections.list({ limit: 2, after: 'b' })
    expect(second.connections.map((one) => one.name)).toEqual(['c'])
    expect(second.next).toBeUndefined()
  })

  it('keeps projects apart', async () => {
    const { client, fetch } = start()
    await client.connections.create(ROLE)
    const other = createClient({ baseUrl: 'http://sluice.test', token: OTHER_TOKEN, fetch })
    expect((await other.connections.list({})).connections).toEqual([])
    expect(await caught(other.connections.show('acme'))).toMatchObject({ code: 'not_found' })
  })

  it('takes a secret and never gives it back', async () => {
    const { client, services, app, lines } = start()
    const auth = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: CANARIES.secretAccessKey }
    const { connection } = await client.connections.create({ ...ROLE, method: 'keys', auth })
    expect(connection.auth).toEqual({ method: 'keys', accessKeyId: auth.accessKeyId, secret: '********' })
    expect([...services.vault.values()]).toEqual([{ secretAccessKey: CANARIES.secretAccessKey }])
    const bodies = await Promise.all(
      ['/v1/connections', '/v1/connections/acme', '/v1/audit'].map(async (path) =>
        (await app.request(path, { headers: AUTHORIZED })).text(),
      ),
    )
    expect(bodies.join() + lines.join()).not.toContain(CANARIES.secretAccessKey)
    expect(bodies.join()).not.toContain('secret_acme')
    expect(lines).not.toHaveLength(0)
  })

  it('shows the external id in the connection and its setup only', async () => {
    const { client, app, lines } = start()
    await client.connections.create(ROLE)
    expect(JSON.stringify(await client.setup.show('acme', {}))).toContain(CANARIES.externalId)
    expect(JSON.stringify(await client.connections.show('acme'))).toContain(CANARIES.externalId)
    const list = await (await app.request('/v1/connections', { headers: AUTHORIZED })).text()
    const audit = await (await app.request('/v1/audit', { headers: AUTHORIZED })).text()
    expect(audit).toContain('connection.create')
    expect(list + audit + lines.join()).not.toContain(CANARIES.externalId)
  })

  it('names the fields that do not fit and ignores none', async () => {
    const { post } = start()
    const response = await post('/v1/connections', { ...ROLE, purposes: ['imports'], colour: 'red' })
    expect(response.status).toBe(400)
    const problem = problemSchema.parse(await response.json())
    expect(problem.reason).toBe('request.invalid')
    expect(Object.keys(problem.context)).toEqual(expect.arrayContaining(['body.purposes.0', 'body']))
    expect(problem.detail).toContain('colour')
    expect(problemSchema.parse(await (await post('/v1/connections', '{"name":')).json())).toMatchObject({ detail: 'The body is not JSON.' })
    const deep = await post('/v1/connections/acme/diagnoses', `{"evidence":${'['.repeat(4000)}${']'.repeat(4000)}}`)
    expect(problemSchema.parse(await deep.json())).toMatchObject({ status: 400, detail: 'The body nests too deep.' })
  })

  it('refuses unknown query parameters and limits out of range', async () => {
    const { app } = start()
    for (const query of ['?limits=3', '?limit=0', '?limit=x', '?limit=100000', '?a[__proto__]=1']) {
      const response = await app.request(`/v1/connections${query}`, { headers: AUTHORIZED })
      expect([query, response.status]).toEqual([query, 400])
    }
  })

  it('refuses a body larger than the limit', async () => {
    const { post } = start()
    const response = await post('/v1/sql', { sql: 'x'.repeat(20_000) })
    expect(problemSchema.parse(await response.json())).toMatchObject({ reason: 'request.too_large', status: 400 })
  })

  it('passes nested setup options through the query', async () => {
    const { client } = start()
    await client.connections.create(ROLE)
    const setup = await client.setup.show('acme', { roleName: 'reader', tags: { team: 'a&b=c', 'cost center': '1' } })
    expect(setup.facts).toContainEqual({ label: 'Role name', value: 'reader' })
    expect(setup.artifacts.find((artifact) => artifact.id === 'terraform')?.text).toBe('{"team":"a&b=c","cost center":"1"}')
    expect(await client.setup.publish('acme', {})).toMatchObject({ quickCreateUrl: 'https://console.example/quick' })
  })

  it('hands out a lease, with null for no known end', async () => {
    const { client } = start()
    await client.connections.create(ROLE)
    const lease = await client.leases.create({ connection: 'acme', access: ['read'] })
    expect(lease).toMatchObject({ narrowed: true, expiresAt: '2030-01-01T00:00:00.000Z', secret: { secretAccessKey: 'handed-out' } })
    const auth = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: CANARIES.secretAccessKey }
    await client.connections.create({ ...ROLE, name: 'keyed', method: 'keys', auth })
    expect(await client.leases.create({ connection: 'keyed', access: ['read'] })).toMatchObject({ expiresAt: null })
    expect(await caught(client.leases.create({ connection: 'acme', access: [] }))).toMatchObject({ reason: 'request.invalid' })
  })

  it('creates, lists, pages the files of and deletes a stage', async () => {
    const { client } = start()
    await client.connections.create(ROLE)
    const input = {
      name: 'flights',
      connection: 'acme',
      url: 's3://test-bucket-123/data/',
      format: { type: 'csv' as const, skipHeader: 1 },
    }
    const { stage } = await client.stages.create(input, {})
    expect(stage).toMatchObject({
      connection: 'acme',
      format: { type: 'csv', skipHeader: 1 },
      location: { url: 's3://test-bucket-123/data/' },
    })
    expect(await caught(client.stages.create(input, {}))).toMatchObject({ reason: 'store.duplicate' })
    expect(await client.stages.create(input, { mode: 'if-not-exists' })).toEqual({ stage })
    expect((await client.stages.list({})).stages).toEqual([stage])
    const first = await client.stages.files('flights', { limit: 1 })
    expect(first).toMatchObject({ objects: [{ key: 'data/a.parquet' }], continuation: 'data/a.parquet' })
    expect(await client.stages.files('flights', { continuation: 'data/a.parquet' })).toMatchObject({ objects: [{ key: 'data/b.parquet' }] })
    expect(await caught(client.connections.delete('acme'))).toMatchObject({ code: 'conflict', reason: 'store.in_use' })
    await client.stages.delete('flights', {})
    expect(await caught(client.stages.delete('flights', {}))).toMatchObject({ code: 'not_found' })
    await client.stages.delete('flights', { ifExists: 'true' })
  })

  it('hides a defect from the caller and logs it once, scrubbed', async () => {
    const { post, lines } = start()
    const response = await post('/v1/sql', { sql: 'CRASH' })
    expect(response.status).toBe(500)
    const text = await response.text()
    const problem = problemSchema.parse(JSON.parse(text))
    expect(problem).toMatchObject({ reason: 'internal.defect', context: {} })
    expect(text + lines.join()).not.toContain(CANARIES.cause)
    const defects = lines.filter((line) => line.includes(problem.requestId) && line.includes('causes'))
    expect(defects).toHaveLength(1)
    expect(defects[0]).toContain('memory-services')
  })

  it('answers with the request id it was given, and with its own otherwise', async () => {
    const { app } = start()
    const given = await app.request('/v1/nowhere', { headers: { 'x-request-id': 'trace-12345678' } })
    expect(given.status).toBe(404)
    expect(given.headers.get('x-request-id')).toBe('trace-12345678')
    expect(await given.json()).toMatchObject({ requestId: 'trace-12345678', reason: 'request.no_such_route' })
    const forged = await app.request('/v1/health', { headers: { 'x-request-id': 'a b"c' } })
    expect(forged.headers.get('x-request-id')).toMatch(/^req_/)
  })

  it('gives up on a request that takes too long', async () => {
    const { client, services } = start({ limits: { bodyBytes: 1000, requestMs: 20, heartbeatMs: 1000 } })
    services.connections.list = () => new Promise(() => {})
    expect(await caught(client.connections.list({}))).toMatchObject({ code: 'unavailable', reason: 'request.timeout' })
  })

  it('serves a page that may run no script', async () => {
    const { app } = start()
    const page = await app.request('/')
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/)
    expect(page.headers.get('x-content-type-options')).toBe('nosniff')
    expect(await page.text()).toContain('sluice connection create')
  })
})
