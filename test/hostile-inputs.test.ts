import { type Client, problemSchema } from '@sluice/api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { caught, collect } from './support/collect.ts'
import { type RawAnswer, sendRaw } from './support/raw-http.ts'
import { BUCKET, CUSTOMER, type Tenants, startTenants } from './support/tenants.ts'

const MOST_BYTES = 20_000

let tenants: Tenants
let client: Client

beforeAll(async () => {
  tenants = await startTenants('one organization', {
    SLUICE_MAX_BODY_BYTES: String(MOST_BYTES),
    SLUICE_REQUEST_SECONDS: '2',
    SLUICE_EGRESS_ALLOW_ADDRESSES: '127.0.0.0/8',
    SLUICE_QUERY_WORKERS: '1',
  })
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
  await client.stages.create({ name: 'cities', connection: 'lake', url: `s3://${BUCKET}/acme/` }, {})
})
afterAll(async () => {
  await tenants.close()
  expect(tenants.log.filter((line) => line.includes('"level":"error"'))).toEqual([])
})

const BODIES: readonly (readonly [what: string, body: string | Buffer])[] = [
  ['nothing', ''],
  ['half an object', '{"name": "x"'],
  ['no JSON at all', 'name=x&cloud=aws'],
  ['null', 'null'],
  ['a list', '[]'],
  ['a text', '"x"'],
  ['a number', '1e999'],
  ['a list ten thousand deep', '['.repeat(MOST_BYTES / 2) + ']'.repeat(MOST_BYTES / 2)],
  ['an object a thousand deep', '{"auth":'.repeat(1000) + '1' + '}'.repeat(1000)],
  ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
  ['NUL bytes', Buffer.alloc(100)],
  ['UTF-16', Buffer.from('{"name":"x"}', 'utf16le')],
  ['a prototype', '{"__proto__":{"name":"x"},"constructor":{"prototype":{"name":"x"}}}'],
  [
    'fields of the wrong types',
    '{"name":{},"cloud":[],"method":1,"auth":"x","locations":"x","sql":{},"access":{},"connection":[],"waitSeconds":"x"}',
  ],
  ['unknown fields', '{"nmae":"x"}'],
]

const WRITING = [
  'POST /v1/connections',
  'PATCH /v1/connections/lake',
  'POST /v1/connections/lake/validations',
  'POST /v1/connections/lake/setup/publish',
  'POST /v1/leases',
  'POST /v1/stages',
  'POST /v1/sql',
]

async function answerTo(route: string, body: string | Buffer, headers: { readonly [name: string]: string } = {}): Promise<Response> {
  const [method = '', path = ''] = route.split(' ')
  return fetch(tenants.url + path, {
    method,
    headers: { authorization: `Bearer ${tenants.tokens.acme}`, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  })
}

async function problemOf(answer: Response) {
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  return problemSchema.parse(await answer.json())
}

describe.each(WRITING)('%s', (route) => {
  // An empty object changes nothing, or means a validation with its defaults.
  const optional = /validations|PATCH/.test(route)

  it.each(BODIES.filter(([what]) => what !== 'nothing' || !optional))('refuses %s', async (_, body) => {
    const problem = await problemOf(await answerTo(route, body))
    expect(problem.status).toBe(route.endsWith('publish') && problem.reason.startsWith('setup.') ? 501 : 400)
    expect(problem.requestId).toMatch(/^req_/)
  })

  it('refuses more than it takes, announced or not', async () => {
    const giant = JSON.stringify({ name: 'x'.repeat(MOST_BYTES) })
    expect(await problemOf(await answerTo(route, giant))).toMatchObject({ status: 400, reason: 'request.too_large' })
    const pieces = Array.from({ length: 40 }, () => `400\r\n${'x'.repeat(0x400)}\r\n`)
    const answer = await sendRaw(tenants.url, [head(route, 'transfer-encoding: chunked'), ...pieces])
    expect(rawProblem(answer)).toMatchObject({ status: 400, reason: 'request.too_large' })
  })
})

function head(route: string, ...headers: readonly string[]): string {
  const lines = [`${route} HTTP/1.1`, 'host: localhost', `authorization: Bearer ${tenants.tokens.acme}`, 'connection: close', ...headers]
  return `${lines.join('\r\n')}\r\n\r\n`
}

function rawProblem(answer: RawAnswer | undefined) {
  expect(answer?.headers['content-type']).toBe('application/problem+json')
  const text = answer?.body ?? ''
  return problemSchema.parse(JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1)))
}

describe('a body', () => {
  it('may come in pieces and without a length', async () => {
    const body = JSON.stringify({ sql: 'SHOW STAGES' })
    const pieces = body.split('').map((character) => `1\r\n${character}\r\n`)
    const answer = await sendRaw(tenants.url, [head('POST /v1/sql', 'transfer-encoding: chunked'), ...pieces, '0\r\n\r\n'])
    expect(answer?.status).toBe(200)
    expect(answer?.body).toContain('"end"')
  })

  it('that does not come is waited for only so long', async () => {
    const answers = await Promise.all([
      sendRaw(tenants.url, [head('POST /v1/connections', 'content-length: 1000'), '{"name":']),
      sendRaw(tenants.url, [head('POST /v1/sql', 'transfer-encoding: chunked'), '5\r\n{"sql\r\n']),
    ])
    for (const answer of answers) expect(rawProblem(answer)).toMatchObject({ status: 503, reason: 'request.timeout' })
  })

  it('is not waited for where nobody may send one', async () => {
    const giant = head('POST /v1/connections', 'content-length: 100000000').replace(/Bearer .*/, 'Bearer sluice_nobody')
    expect(rawProblem(await sendRaw(tenants.url, [giant]))).toMatchObject({ status: 401 })
  })

  it('on a request that takes none is of no consequence', async () => {
    expect((await answerTo('DELETE /v1/stages/none?ifExists=true', '{"x":1}')).status).toBe(204)
    const answer = await sendRaw(tenants.url, [head('GET /v1/stages', 'content-length: 5'), 'hello'])
    expect(answer?.status).toBe(200)
  })
})

describe('a request line', () => {
  it.each([
    ['GET /v1/../../etc/passwd', 404],
    ['GET /v1/%2e%2e/%2e%2e/etc/passwd', 404],
    ['GET /../v1/stages', 200],
    ['GET //v1/stages', 404],
    ['GET /v1/stages/', 404],
    ['GET /V1/STAGES', 404],
    ['GET /v1/stages/%00', 404],
    ['GET /v1/stages/%', 404],
    ['GET /v1/stages/%ff', 404],
    ['GET /v1/stages/%0d%0aset-cookie:%20x', 404],
    ['GET /v1/stages/..%2f..%2fetc', 404],
    [`GET /v1/stages/${'x'.repeat(300)}`, 400],
    ['GET /v1/stages?limit=0', 400],
    ['GET /v1/stages?limit=-1', 400],
    ['GET /v1/stages?limit=1e9', 400],
    ['GET /v1/stages?limit=abc', 400],
    ['GET /v1/stages?limit=1&limit=x', 400],
    ['GET /v1/stages?limit[__proto__]=1', 400],
    ['GET /v1/stages?__proto__[limit]=1', 400],
    ['GET /v1/stages?%', 400],
    ['GET /v1/audit?action=%00', 200],
    ['GET /v1/stages\\..\\x', 400],
    // Whoever asks through a proxy names the host in the line; it is still us who are asked.
    ['GET http://elsewhere.example/v1/stages', 200],
    ['OPTIONS *', 400],
    ['OPTIONS /v1/stages', 404],
    ['PUT /v1/stages', 404],
    ['TRACE /v1/stages', 404],
    ['HEAD /v1/nothing', 404],
    ['PROPFIND /v1/stages', 404],
  ])('%s is answered with %i', async (route, status) => {
    const answer = await sendRaw(tenants.url, [head(route)])
    expect(answer?.status).toBe(status)
    if (status >= 400 && !route.startsWith('HEAD')) expect(rawProblem(answer).status).toBe(status)
    expect(answer?.headers).not.toHaveProperty('set-cookie')
  })

  it.each([
    ['no HTTP', 'hello\r\n\r\n', 400],
    ['no end of a header', `GET / HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(100_000)}`, 431],
    ['a header folded over lines', 'GET / HTTP/1.1\r\nhost: x\r\nx: a\r\n b\r\n\r\n', 400],
    ['two lengths', 'POST /v1/sql HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello', 400],
    ['a length and pieces', 'POST /v1/sql HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n', 400],
    ['a length that is none', 'POST /v1/sql HTTP/1.1\r\nhost: x\r\ncontent-length: -5\r\n\r\n', 400],
    ['no host', 'GET /v1/health HTTP/1.1\r\nconnection: close\r\n\r\n', 400],
    ['a host that is none', 'GET /v1/health HTTP/1.1\r\nhost: a b/..\r\nconnection: close\r\n\r\n', 400],
  ])('refuses %s', async (_, bytes, status) => {
    expect((await sendRaw(tenants.url, [bytes]))?.status).toBe(status)
  })

  it('chooses no other id for the log than one that is an id', async () => {
    const ids = ['short', 'a b c d e f g h', 'x'.repeat(65), '"},{"level":"error', 'ключключключ', 'sluice%0a_____']
    for (const id of ids) {
      const answer = await sendRaw(tenants.url, [head('GET /v1/stages', `x-request-id: ${id}`)])
      expect(answer?.headers['x-request-id'], id).toMatch(/^req_[a-z2-7]{20}$/)
    }
    const answer = await sendRaw(tenants.url, [head('GET /v1/stages', 'x-request-id: 0af7651916cd43dd')])
    expect(answer?.headers['x-request-id']).toBe('0af7651916cd43dd')
  })
})

const INJECTIONS = ['a\r\nset-cookie: x=1', 'a\nb', 'a\u0000b', 'a\u001b[31mb', 'a\u007fb', 'a\tb']

describe('a name', () => {
  const input = { cloud: 'aws', method: 'none', auth: {}, locations: [`s3://${BUCKET}/acme/`] }

  it.each(['', ' ', 'a b', 'a/b', '../x', '-a', '1a', 'ключ', '😀', 'ａ', 'é', '\ud800', 'x'.repeat(64), 'a;b', 'a"b', ...INJECTIONS])(
    'is refused where it could not be one: %j',
    async (name) => {
      expect(await caught(client.connections.create({ ...input, name }))).toMatchObject({ code: 'invalid' })
      expect(await caught(client.connections.update('lake', { name }))).toMatchObject({ code: 'invalid' })
      expect(await caught(client.stages.create({ name, connection: 'lake', url: `s3://${BUCKET}/acme/` }, {}))).toMatchObject({
        code: 'invalid',
      })
      expect(await caught(collect(client.sql.run({ sql: `DESC STAGE "${name}"` })))).toMatchObject({
        code: expect.stringMatching(/invalid|not_found/),
      })
    },
  )

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'null', 'SELECT', '_', 'x'.repeat(63)])(
    'may be one that means something elsewhere: %s',
    async (name) => {
      const { connection } = await client.connections.create({ ...input, name })
      await client.stages.create({ name, connection: name, url: `s3://${BUCKET}/acme/` }, {})
      expect((await client.connections.show(name)).connection).toEqual(connection)
      expect((await client.stages.show(name)).stage).toMatchObject({ name, connectionId: connection.id })
      const results = await collect(client.sql.run({ sql: `DESC CONNECTION "${name}"; DROP STAGE "${name}"; DROP CONNECTION "${name}"` }))
      expect(results[0]?.rows[0]?.[0]).toBe(name)
    },
  )

  it.each(INJECTIONS)('of a label, a setting or a credential cannot carry %j', async (text) => {
    const attempts: readonly object[] = [
      { labels: { [text]: 'x' } },
      { labels: { ['x'.repeat(3)]: text } },
      { settings: { region: text } },
      { settings: { storageClass: text } },
      { settings: { acl: text } },
      { settings: { expectedBucketOwner: text } },
      { settings: { encryption: { algorithm: 'aws:kms', keyId: text } } },
      { settings: { kmsReadKeys: [text] } },
      { cloud: 's3', settings: { endpoint: `https://storage.example.com/${text}` } },
      { cloud: 's3', settings: { endpoint: `https://storage.example.com\r\nhost: ${text}` } },
      { locations: [`s3://${text}/`] },
      { locations: [`s3://${BUCKET}/${text}/`] },
      { method: 'keys', auth: { accessKeyId: text, secretAccessKey: 'x' } },
      { method: 'role', auth: { accountId: CUSTOMER, roleName: text } },
      { method: 'role', auth: { accountId: CUSTOMER, rolePath: `/${text}/` } },
      { method: 'role', auth: { accountId: CUSTOMER, externalId: text } },
      { cloud: text },
      { method: text },
    ]
    for (const attempt of attempts) {
      const answer = await answerTo('POST /v1/connections', JSON.stringify({ ...input, name: 'odd', ...attempt }))
      expect([attempt, (await problemOf(answer)).status]).toEqual([attempt, 400])
    }
    expect((await client.connections.list({})).connections.map(({ name }) => name)).not.toContain('odd')
  })

  it.each([
    ['a control character', 'AKIA\u0001'],
    ['other letters', 'ключ'],
    ['NUL', '\u0000'],
    ['a line separator', 'a\u2028b'],
    ['half a character', '\ud800'],
    ['more than any header takes', 'x'.repeat(17_000)],
  ])('of a key for another store may be %s, and then fails as refused or as the store’s, never as ours', async (_, text) => {
    const settings = { endpoint: tenants.lab.url, region: 'us-west-2' }
    for (const part of [{ accessKeyId: text }, { secretAccessKey: text }, { sessionToken: text }]) {
      const auth = { accessKeyId: 'key', secretAccessKey: 'secret', ...part }
      const refusal = await caught(client.connections.create({ ...input, name: 'odd_key', cloud: 's3', method: 'keys', auth, settings }))
      if (refusal !== undefined) {
        expect(refusal).toMatchObject({ code: 'invalid' })
        continue
      }
      await client.stages.create({ name: 'odd_key', connection: 'odd_key', url: `s3://${BUCKET}/acme/` }, {})
      expect(await caught(client.stages.files('odd_key', {}))).toMatchObject({
        code: expect.stringMatching(/^(denied|invalid|unavailable)$/),
      })
      const last = (await collect(client.connections.validate('odd_key', { waitSeconds: 0 }))).at(-1)
      expect(last).toMatchObject({ report: { verdict: expect.stringMatching(/^(failed|inconclusive)$/) } })
      await collect(client.sql.run({ sql: 'DROP STAGE odd_key; DROP CONNECTION odd_key' }))
    }
  })
})

describe('a path in a stage', () => {
  it.each([
    ['the folder above', '../rival/cities.csv'],
    ['the folder above, by a detour', 'a/../../rival/cities.csv'],
    ['two dots', '..'],
    ['a dot', './cities.csv'],
    ['NUL', 'a\u0000b'],
    ['a line break', 'a\nb'],
    ['more than a key', 'x'.repeat(2_000)],
  ])('cannot lead out of it by %s', async (_, path) => {
    tenants.lab.requests.clear()
    const refused = { code: expect.stringMatching(/^(invalid|not_found)$/), reason: expect.stringMatching(/^(stage|location|sql)\./) }
    const run = (sql: string) => collect(client.sql.run({ sql }))
    const attempts: { readonly [what: string]: () => Promise<unknown> } = {
      files: () => client.stages.files('cities', { path }),
      LIST: () => run(`LIST '@cities/${path}'`),
      SELECT: () => run(`SELECT * FROM '@cities/${path}'`),
      'SELECT without quotes': () => run(`SELECT * FROM @cities/${path}`),
      FILES: () => run(`SELECT * FROM @cities (FILES => ('${path}'))`),
      stage: () => client.stages.create({ name: 'out', connection: 'lake', url: `s3://${BUCKET}/acme/${path}/` }, {}),
      lease: () => client.leases.create({ connection: 'lake', location: `s3://${BUCKET}/acme/${path}`, access: ['read'] }),
    }
    for (const [what, attempt] of Object.entries(attempts)) expect([what, await caught(attempt())]).toMatchObject([what, refused])
    const touched = tenants.lab.requests.entries().filter(({ key }) => key !== undefined && !key.startsWith('acme/'))
    expect(touched).toEqual([])
  })

  it('that begins with a slash is refused, and a key with two slashes in a row is below it all the same', async () => {
    for (const path of ['/', '/rival/', '//'])
      expect(await caught(client.stages.files('cities', { path }))).toMatchObject({ code: 'invalid', reason: 'stage.path' })
    const { stage } = await client.stages.create({ name: 'slashes', connection: 'lake', url: `s3://${BUCKET}/acme//rival/` }, {})
    expect(stage.location.prefix).toBe('acme//rival/')
    expect(await client.stages.files('slashes', {})).toMatchObject({ objects: [] })
    await client.stages.delete('slashes', {})
  })

  it('that is encoded means what it says, not what it would decode to', async () => {
    for (const path of ['%2e%2e/rival/', '..%2frival/', '%2e%2e%2frival/'])
      expect(await client.stages.files('cities', { path })).toMatchObject({ objects: [], prefixes: [] })
  })

  it('may hold any characters of a key', async () => {
    const key = "é 漢字 😀 & <x> %41 + ' ?#.csv"
    tenants.lab.aws.putObject(BUCKET, `acme/odd/${key}`, { body: 'a\n1\n' })
    expect((await client.stages.files('cities', { path: 'odd/' })).objects.map((object) => object.key)).toEqual([`odd/${key}`])
    const files = `FILES => ('odd/${key.replaceAll("'", "''")}'), FILE_FORMAT => 'csv'`
    const [result] = await collect(client.sql.run({ sql: `SELECT METADATA$FILENAME FROM @cities (${files})` }))
    expect(result?.rows).toEqual([[`odd/${key}`]])
  })
})
