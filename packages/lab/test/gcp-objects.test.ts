import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { manualClock, type ManualClock } from './manual-clock.ts'
import {
  accountToken,
  ADMIN,
  BUCKET,
  google,
  objectsUrl,
  objectUrl,
  PROJECT,
  startGcpWorld,
  storageError,
  textOf,
  uploadUrl,
  type GcpWorld,
  type GoogleAnswer,
  type GoogleRequest,
} from './gcp-world.ts'

let world: GcpWorld
let clock: ManualClock
let token: string
beforeEach(async () => {
  clock = manualClock()
  world = await startGcpWorld({ clock })
  token = accountWith('roles/storage.objectAdmin', 'roles/storage.legacyBucketReader')
})
afterEach(() => world.lab.close())

const CHUNK = 256 * 1024

let made = 0
/** A token of a new account that has these roles on the bucket. */
function accountWith(...roles: readonly string[]): string {
  made += 1
  const email = world.lab.gcp.putServiceAccount(PROJECT, { id: `account-${made}` })
  for (const role of roles) world.lab.gcp.addBinding({ on: { bucket: BUCKET }, role, member: `serviceAccount:${email}` })
  return accountToken(world, email)
}

const lacks = (permission: string, what: 'bucket' | 'object' = 'object') =>
  expect.stringMatching(
    new RegExp(
      `^account-\\d+@acme-data\\.iam\\.gserviceaccount\\.com does not have ${permission} access to the Google Cloud Storage ${what}\\. Permission '${permission}' denied on resource \\(or it may not exist\\)\\.$`,
    ),
  )

const ask = (url: string, request: GoogleRequest = {}): Promise<GoogleAnswer> => google(world.lab, url, { token, ...request })
const put = (key: string, body: string | Uint8Array, query = '', as = token): Promise<GoogleAnswer> =>
  ask(uploadUrl(key) + query, { method: 'POST', token: as, body })
const media = (key: string, headers: { readonly [name: string]: string } = {}): Promise<GoogleAnswer> =>
  ask(`${objectUrl(key)}?alt=media`, { headers })
const remove = (key: string, query = '', as = token): Promise<GoogleAnswer> => ask(objectUrl(key) + query, { method: 'DELETE', token: as })

describe('objects', () => {
  it('come back byte for byte, with their checksums, generation and metadata', async () => {
    const body = Buffer.from('a,b\n1,2\n')
    const written = await put('dir/ü +%.csv', body)
    expect(written).toMatchObject({
      status: 200,
      json: {
        kind: 'storage#object',
        name: 'dir/ü +%.csv',
        bucket: BUCKET,
        size: '8',
        metageneration: '1',
        md5Hash: createHash('md5').update(body).digest('base64'),
        crc32c: 'SZ2HxQ==',
      },
    })
    const read = await media('dir/ü +%.csv')
    expect(read.text).toBe('a,b\n1,2\n')
    expect(read.headers).toMatchObject({
      'x-goog-generation': textOf(written.json, 'generation'),
      'x-goog-hash': `crc32c=SZ2HxQ==,md5=${textOf(written.json, 'md5Hash')}`,
      'x-goog-stored-content-length': '8',
      etag: textOf(written.json, 'etag'),
    })
    expect((await ask(objectUrl('dir/ü +%.csv'))).json).toEqual(written.json)
  })

  it('have the CRC32C of the literature', async () => {
    // https://reveng.sourceforge.io/crc-catalogue/17plus.htm#crc.cat.crc-32-iscsi: E3069283 in base64.
    expect((await put('check', '123456789')).json['crc32c']).toBe('4waSgw==')
  })

  it.each([
    ['bytes=2-4', 206, 'b\n1', 'bytes 2-4/8'],
    ['bytes=6-', 206, '2\n', 'bytes 6-7/8'],
    ['bytes=-2', 206, '2\n', 'bytes 6-7/8'],
    ['bytes=0-99', 206, 'a,b\n1,2\n', 'bytes 0-7/8'],
    ['bytes=8-', 416, undefined, 'bytes */8'],
  ])('answer the range %s', async (range, status, text, contentRange) => {
    await put('a.csv', 'a,b\n1,2\n')
    const answer = await media('a.csv', { range })
    expect(answer).toMatchObject({ status, headers: { 'content-range': contentRange } })
    if (text !== undefined) expect(answer.text).toBe(text)
    else expect(answer.json).toMatchObject({ error: { errors: [{ reason: 'requestedRangeNotSatisfiable' }] } })
  })

  it('are unzipped on the way for who does not take gzip', async () => {
    const zipped = gzipSync('plain')
    world.lab.gcp.putObject(BUCKET, 'a.gz', { body: zipped, contentEncoding: 'gzip' })
    expect((await media('a.gz', { range: 'bytes=0-1' })).text).toBe('plain')
    const asStored = await media('a.gz', { 'accept-encoding': 'gzip', range: 'bytes=0-1' })
    expect(asStored).toMatchObject({ status: 206, headers: { 'content-encoding': 'gzip' } })
    expect(asStored.bytes).toEqual(zipped.subarray(0, 2))
  })

  it('answer only the fields that are asked for', async () => {
    await put('a', 'x')
    expect((await ask(`${objectUrl('a')}?fields=name,size`)).json).toEqual({ name: 'a', size: '1' })
    expect((await ask(`${objectsUrl()}?fields=items(name),prefixes`)).json).toEqual({ items: [{ name: 'a' }] })
    expect((await ask(`${objectsUrl()}?fields=items/name`)).json).toEqual({ items: [{ name: 'a' }] })
    expect(await ask(`${objectsUrl()}?fields=items(`)).toMatchObject({
      status: 400,
      json: { error: { errors: [{ reason: 'invalidParameter' }] } },
    })
  })

  it.each(['.', '..', 'a\nb', 'x'.repeat(1025)])('cannot be called %j', async (key) => {
    expect(await put(key, 'x')).toMatchObject(storageError('Invalid object name.', 400, 'invalid'))
  })

  it('are gone once deleted', async () => {
    await put('a', 'x')
    expect((await remove('a')).status).toBe(204)
    expect(await media('a')).toMatchObject(storageError('No such object: acme-lake/a', 404, 'notFound'))
    expect(await remove('a')).toMatchObject(storageError('No such object: acme-lake/a', 404, 'notFound'))
  })

  it('are not there in a bucket that is not there', async () => {
    const url = objectsUrl('another-bucket')
    expect(await ask(url)).toMatchObject(storageError('The specified bucket does not exist.', 404, 'notFound'))
  })
})

describe('preconditions', () => {
  const NOT_MET = {
    status: 412,
    json: { error: { errors: [{ reason: 'conditionNotMet', message: 'At least one of the pre-conditions you specified did not hold.' }] } },
  }

  it('keep a write from replacing anything', async () => {
    expect((await put('a', 'x', '&ifGenerationMatch=0')).status).toBe(200)
    expect(await put('a', 'y', '&ifGenerationMatch=0')).toMatchObject(NOT_MET)
  })

  it('tie reads, writes and deletions to a generation', async () => {
    const generation = textOf((await put('a', 'x')).json, 'generation')
    const other = textOf((await put('a', 'y', `&ifGenerationMatch=${generation}`)).json, 'generation')
    expect(BigInt(other)).toBeGreaterThan(BigInt(generation))
    expect(await put('a', 'z', `&ifGenerationMatch=${generation}`)).toMatchObject(NOT_MET)
    expect(await remove('a', `?ifGenerationMatch=${generation}`)).toMatchObject(NOT_MET)
    expect(await ask(`${objectUrl('a')}?alt=media&ifGenerationMatch=${generation}`)).toMatchObject(NOT_MET)
    expect((await ask(`${objectUrl('a')}?alt=media&ifGenerationNotMatch=${other}`)).status).toBe(304)
    expect((await ask(`${objectUrl('a')}?alt=media&generation=${generation}`)).status).toBe(404)
    expect((await remove('a', `?ifGenerationMatch=${other}`)).status).toBe(204)
  })

  it('tie reads to an ETag', async () => {
    const etag = textOf((await put('a', 'x')).json, 'etag')
    expect((await media('a', { 'if-match': etag })).status).toBe(200)
    await put('a', 'y')
    expect(await media('a', { 'if-match': etag })).toMatchObject(NOT_MET)
    expect((await media('a', { 'if-none-match': etag })).status).toBe(200)
  })
})

describe('listings', () => {
  beforeEach(() => {
    for (const key of ['a', 'b/1', 'b/2', 'b/c/3', 'd', '￿', '😀']) world.lab.gcp.putObject(BUCKET, key, { body: key })
  })
  const names = (answer: GoogleAnswer): unknown => {
    const { items } = answer.json
    return Array.isArray(items) ? items.map((item) => textOf(item, 'name')) : []
  }

  it('are in the order of UTF-8 bytes', async () => {
    expect(names(await ask(objectsUrl()))).toEqual(['a', 'b/1', 'b/2', 'b/c/3', 'd', '￿', '😀'])
  })

  it('fold what lies in folders', async () => {
    const answer = await ask(`${objectsUrl()}?delimiter=/`)
    expect([names(answer), answer.json['prefixes']]).toEqual([['a', 'd', '￿', '😀'], ['b/']])
    const below = await ask(`${objectsUrl()}?delimiter=/&prefix=b/`)
    expect([names(below), below.json['prefixes']]).toEqual([['b/1', 'b/2'], ['b/c/']])
  })

  it.each([1, 2, 3, 7])('come in pages of %i', async (size) => {
    const seen: unknown[] = []
    let page = ''
    do {
      const answer = await ask(`${objectsUrl()}?delimiter=/&maxResults=${size}${page}`)
      const { items, prefixes, nextPageToken } = answer.json
      const count = [items, prefixes].reduce<number>((sum, list) => sum + (Array.isArray(list) ? list.length : 0), 0)
      expect(count).toBeLessThanOrEqual(size)
      seen.push(names(answer), prefixes ?? [])
      page = typeof nextPageToken === 'string' ? `&pageToken=${nextPageToken}` : ''
    } while (page !== '')
    expect(seen.flat(2)).toHaveLength(5)
    expect(new Set(seen.flat(2))).toEqual(new Set(['a', 'b/', 'd', '￿', '😀']))
  })

  it('begin and end where they are told to', async () => {
    expect(names(await ask(`${objectsUrl()}?startOffset=b/2&endOffset=d`))).toEqual(['b/2', 'b/c/3'])
    expect((await ask(`${objectsUrl()}?startOffset=b/2&endOffset=d&delimiter=/`)).json['prefixes']).toEqual(['b/'])
    expect(names(await ask(`${objectsUrl()}?startOffset=b0`))).toEqual(['d', '￿', '😀'])
  })

  it.each(['maxResults=0', 'maxResults=x', 'pageToken=x'])('refuse %s', async (query) => {
    expect(await ask(`${objectsUrl()}?${query}`)).toMatchObject({ status: 400, json: { error: { errors: [{ reason: 'invalid' }] } } })
  })
})

describe('uploads', () => {
  it('carry metadata in front of the bytes', async () => {
    const body = [
      '--xyz',
      'content-type: application/json; charset=UTF-8',
      '',
      JSON.stringify({ name: 'm.csv', metadata: { job: '7' }, cacheControl: 'no-store' }),
      '--xyz',
      'content-type: text/csv',
      '',
      'a\r\n--xy\r\nb',
      '--xyz--',
    ].join('\r\n')
    const answer = await ask('https://storage.googleapis.com/upload/storage/v1/b/acme-lake/o?uploadType=multipart', {
      body,
      headers: { 'content-type': 'multipart/related; boundary="xyz"' },
    })
    expect(answer.json).toMatchObject({ name: 'm.csv', contentType: 'text/csv', metadata: { job: '7' }, cacheControl: 'no-store' })
    expect((await media('m.csv')).text).toBe('a\r\n--xy\r\nb')
  })

  it.each([
    ['md5Hash', 'AAAAAAAAAAAAAAAAAAAAAA==', /MD5/],
    ['crc32c', 'AAAAAA==', /CRC32C/],
  ])('are refused when the bytes do not come to their %s', async (field, value, words) => {
    const body = `--x\r\ncontent-type: application/json\r\n\r\n{"name":"a","${field}":"${value}"}\r\n--x\r\n\r\nabc\r\n--x--`
    const answer = await ask('https://storage.googleapis.com/upload/storage/v1/b/acme-lake/o?uploadType=multipart', {
      body,
      headers: { 'content-type': 'multipart/related; boundary=x' },
    })
    expect(answer).toMatchObject({ status: 400, json: { error: { message: expect.stringMatching(words) } } })
    expect(world.lab.gcp.listKeys(BUCKET)).toEqual([])
  })

  async function start(key: string, query = '', as = token): Promise<string> {
    const answer = await ask(uploadUrl(key, 'resumable') + query, { json: { metadata: { job: '7' } }, token: as })
    expect(answer.status, answer.text).toBe(200)
    return String(answer.headers['location'])
  }
  // The URL of a session is its own credential.
  const send = (url: string, body: string | Uint8Array, range?: string): Promise<GoogleAnswer> =>
    google(world.lab, url, { method: 'PUT', body, headers: range === undefined ? {} : { 'content-range': range } })

  it('arrive in pieces, answer where they are, and end with the object', async () => {
    const url = await start('big')
    expect(world.lab.gcp.openUploads(BUCKET)).toMatchObject([{ key: 'big' }])
    const piece = Buffer.alloc(CHUNK, 'x')
    expect((await send(url, '', 'bytes */*')).headers).not.toHaveProperty('range')
    expect(await send(url, piece, `bytes 0-${CHUNK - 1}/*`)).toMatchObject({ status: 308, headers: { range: `bytes=0-${CHUNK - 1}` } })
    expect(await send(url, '', 'bytes */*')).toMatchObject({ status: 308, headers: { range: `bytes=0-${CHUNK - 1}` } })
    // Sent again as after a lost answer, with more behind it.
    const again = Buffer.concat([piece, Buffer.from('end')])
    const done = await send(url, again, `bytes 0-${CHUNK + 2}/${CHUNK + 3}`)
    expect(done).toMatchObject({ status: 200, json: { size: String(CHUNK + 3), metadata: { job: '7' } } })
    expect((await send(url, '', `bytes */${CHUNK + 3}`)).json).toEqual(done.json)
    expect(world.lab.gcp.openUploads(BUCKET)).toEqual([])
    expect((await media('big')).bytes.subarray(-4).toString()).toBe('xend')
  })

  it('keep whole units of a piece in the middle', async () => {
    const url = await start('big')
    expect(await send(url, Buffer.alloc(CHUNK + 5), `bytes 0-${CHUNK + 4}/*`)).toMatchObject({
      status: 308,
      headers: { range: `bytes=0-${CHUNK - 1}` },
    })
    expect(await send(url, 'small', `bytes ${CHUNK}-${CHUNK + 4}/*`)).toMatchObject({ status: 400 })
  })

  it('may be empty, or come at once without a range', async () => {
    expect(await send(await start('none'), '', 'bytes */0')).toMatchObject({ status: 200, json: { size: '0' } })
    expect(await send(await start('one'), 'all of it')).toMatchObject({ status: 200, json: { size: '9' } })
  })

  it('answer 499 once cancelled, and go on doing so', async () => {
    const url = await start('big')
    await send(url, Buffer.alloc(CHUNK), `bytes 0-${CHUNK - 1}/*`)
    expect((await google(world.lab, url, { method: 'DELETE' })).status).toBe(499)
    expect((await send(url, '', 'bytes */*')).status).toBe(499)
    expect(world.lab.gcp.openUploads(BUCKET)).toEqual([])
    expect(world.lab.gcp.listKeys(BUCKET)).toEqual([])
  })

  it('are held to their precondition at their end as well', async () => {
    const url = await start('raced', '&ifGenerationMatch=0')
    world.lab.gcp.putObject(BUCKET, 'raced', { body: 'first' })
    expect((await send(url, 'second')).status).toBe(412)
    expect(await ask(uploadUrl('raced', 'resumable') + '&ifGenerationMatch=0', { json: {} })).toMatchObject({ status: 412 })
  })

  it('are refused at an offset beyond what is there, and at one that is nonsense', async () => {
    const url = await start('big')
    expect((await send(url, 'x', 'bytes 5-5/6')).status).toBe(503)
    expect((await send(url, 'xyz', 'bytes 0-0/3')).status).toBe(400)
    expect((await google(world.lab, `${url}x`, { method: 'PUT', body: '' })).status).toBe(404)
  })
})

describe('permissions', () => {
  it.each([
    ['list', 'storage.objects.list', 'bucket', () => ask(objectsUrl())],
    ['read', 'storage.objects.get', 'object', () => media('a')],
    ['write', 'storage.objects.create', 'object', () => put('new', 'x')],
    ['begin an upload', 'storage.objects.create', 'object', () => ask(uploadUrl('new', 'resumable'), { json: {} })],
    ['delete', 'storage.objects.delete', 'object', () => remove('a')],
    ['see the bucket', 'storage.buckets.get', 'bucket', () => ask('https://storage.googleapis.com/storage/v1/b/acme-lake')],
    ['see the policy', 'storage.buckets.getIamPolicy', 'bucket', () => ask('https://storage.googleapis.com/storage/v1/b/acme-lake/iam')],
  ] as const)('without any nobody may %s', async (_, permission, what, call) => {
    world.lab.gcp.putObject(BUCKET, 'a', { body: 'x' })
    token = accountWith()
    expect(await call()).toMatchObject({
      status: 403,
      json: { error: { message: lacks(permission, what), errors: [{ reason: 'forbidden' }] } },
    })
  })

  it('tell who is nobody that they are anonymous', async () => {
    const answer = await google(world.lab, objectUrl('a'))
    expect(answer).toMatchObject(
      storageError(
        "Anonymous caller does not have storage.objects.get access to the Google Cloud Storage object. Permission 'storage.objects.get' denied on resource (or it may not exist).",
        401,
        'required',
      ),
    )
  })

  it('to create do not replace', async () => {
    token = accountWith('roles/storage.objectCreator')
    expect((await put('a', 'x')).status).toBe(200)
    expect(await put('a', 'y')).toMatchObject({ status: 403, json: { error: { message: lacks('storage.objects.delete') } } })
    expect(await put('a', 'y', '&ifGenerationMatch=0')).toMatchObject({ status: 412 })
    const started = await ask(uploadUrl('b', 'resumable'), { json: {} })
    world.lab.gcp.putObject(BUCKET, 'b', { body: 'first' })
    expect(await google(world.lab, String(started.headers['location']), { method: 'PUT', body: 'second' })).toMatchObject({
      status: 403,
      json: { error: { message: lacks('storage.objects.delete') } },
    })
  })

  it('to read without those to list do not tell what is not there', async () => {
    token = accountWith('roles/storage.legacyObjectReader')
    expect(await media('gone')).toMatchObject({ status: 403, json: { error: { message: lacks('storage.objects.list', 'bucket') } } })
  })

  it('under a condition on a prefix cover its objects, and no listing', async () => {
    token = accountWith()
    world.lab.gcp.putObject(BUCKET, 'in/a', { body: 'x' })
    world.lab.gcp.putObject(BUCKET, 'out/a', { body: 'x' })
    world.lab.gcp.addBinding({
      on: { bucket: BUCKET },
      role: 'roles/storage.objectViewer',
      member: `serviceAccount:account-${made}@acme-data.iam.gserviceaccount.com`,
      condition: { title: 'in', expression: 'resource.name.startsWith("projects/_/buckets/acme-lake/objects/in/")' },
    })
    expect((await media('in/a')).status).toBe(200)
    expect((await media('out/a')).status).toBe(403)
    expect((await ask(`${objectsUrl()}?prefix=in/`)).status).toBe(403)
  })

  it('of a custom role, and of one that is gone', async () => {
    const { gcp } = world.lab
    gcp.putObject(BUCKET, 'a', { body: 'x' })
    const role = gcp.putCustomRole(PROJECT, { id: 'sluiceReader', permissions: ['storage.objects.get', 'storage.objects.list'] })
    token = accountWith(role)
    expect((await media('a')).status).toBe(200)
    gcp.putCustomRole(PROJECT, { id: 'sluiceReader', permissions: ['storage.objects.list'] })
    expect((await media('a')).status).toBe(403)
    gcp.deleteCustomRole(role)
    expect((await ask(objectsUrl())).status).toBe(403)
  })

  it('given to everybody count unless public access is prevented', async () => {
    world.lab.gcp.putObject(BUCKET, 'a', { body: 'x' })
    world.lab.gcp.addBinding({ on: { bucket: BUCKET }, role: 'roles/storage.objectViewer', member: 'allUsers' })
    expect((await google(world.lab, `${objectUrl('a')}?alt=media`)).text).toBe('x')
    world.lab.gcp.configureBucket(BUCKET, { publicAccessPrevention: 'enforced' })
    expect((await google(world.lab, `${objectUrl('a')}?alt=media`)).status).toBe(401)
  })

  it('are narrowed by the scopes of a token', async () => {
    world.lab.gcp.putObject(BUCKET, 'a', { body: 'x' })
    const email = `account-${made}@acme-data.iam.gserviceaccount.com`
    token = accountToken(world, email, ['https://www.googleapis.com/auth/devstorage.read_only'])
    expect((await media('a')).status).toBe(200)
    expect(await put('b', 'x')).toMatchObject(storageError('Provided scope(s) are not authorized'))
    expect((await remove('a')).status).toBe(403)
  })

  it('are told, for a bucket, to whoever asks', async () => {
    token = accountWith('roles/storage.objectCreator')
    const url = 'https://storage.googleapis.com/storage/v1/b/acme-lake/iam/testPermissions'
    const asked = ['storage.buckets.get', 'storage.objects.create', 'storage.objects.delete'].map((name) => `permissions=${name}`).join('&')
    expect((await ask(`${url}?${asked}`)).json).toEqual({
      kind: 'storage#testIamPermissionsResponse',
      permissions: ['storage.objects.create'],
    })
    expect((await ask(`${url}?permissions=storage.buckets.get`)).json).toEqual({ kind: 'storage#testIamPermissionsResponse' })
    expect((await ask(`${url}?permissions=compute.instances.get`)).status).toBe(400)
  })
})

describe('a bucket', () => {
  it('shows where it is and how it is set up', async () => {
    world.lab.gcp.configureBucket(BUCKET, { labels: { team: 'data' } })
    expect((await ask('https://storage.googleapis.com/storage/v1/b/acme-lake')).json).toMatchObject({
      kind: 'storage#bucket',
      name: BUCKET,
      location: 'EUROPE-WEST3',
      locationType: 'region',
      projectNumber: '123456789012',
      labels: { team: 'data' },
      iamConfiguration: { uniformBucketLevelAccess: { enabled: true }, publicAccessPrevention: 'inherited' },
    })
  })

  it('that is versioned keeps what is replaced and deleted', async () => {
    world.lab.gcp.configureBucket(BUCKET, { versioning: true })
    const first = textOf((await put('a', 'one')).json, 'generation')
    await put('a', 'two')
    await remove('a')
    expect((await media('a')).status).toBe(404)
    expect((await ask(objectsUrl())).json).toEqual({ kind: 'storage#objects' })
    const { items } = (await ask(`${objectsUrl()}?versions=true`)).json
    expect(items).toMatchObject([
      { name: 'a', timeDeleted: expect.any(String) },
      { generation: first, timeDeleted: expect.any(String) },
    ])
    expect((await ask(`${objectUrl('a')}?alt=media&generation=${first}`)).text).toBe('one')
    expect((await remove('a', `?generation=${first}`)).status).toBe(204)
    expect((await ask(`${objectUrl('a')}?generation=${first}`)).status).toBe(404)
  })

  it('with a retention policy refuses to let go, after it has looked at preconditions', async () => {
    world.lab.gcp.configureBucket(BUCKET, { retentionSeconds: 60 })
    await put('a', 'x')
    const until = new Date(clock.now() + 60_000).toISOString()
    const words = `Object 'acme-lake/a' is subject to bucket's retention policy or object retention and cannot be deleted or overwritten until ${until}`
    expect(await remove('a')).toMatchObject(storageError(words, 403, 'retentionPolicyNotMet'))
    expect(await put('a', 'y')).toMatchObject(storageError(words, 403, 'retentionPolicyNotMet'))
    expect((await put('a', 'y', '&ifGenerationMatch=0')).status).toBe(412)
    clock.advance(60_000)
    expect((await remove('a')).status).toBe(204)
  })

  it.each([
    ['temporaryHold', 'Temporary'],
    ['eventBasedHold', 'Event-Based'],
  ])('keeps an object under %s', async (hold, word) => {
    await put('a', 'x')
    world.lab.gcp.configureObject(BUCKET, 'a', { [hold]: true })
    const words = `Object 'acme-lake/a' is under active ${word} hold and cannot be deleted, overwritten or archived until hold is removed.`
    expect(await remove('a')).toMatchObject(storageError(words))
    expect(await ask(objectUrl('a'), { method: 'PATCH', json: { [hold]: false } })).toMatchObject({
      status: 200,
      json: { metageneration: '3' },
    })
    expect((await remove('a')).status).toBe(204)
  })

  it('with a key of Cloud KMS needs its service agent to have it, whoever asks', async () => {
    const { gcp } = world.lab
    const key = gcp.putKmsKey(PROJECT, { location: 'europe-west3', keyRing: 'lake', id: 'objects' })
    gcp.configureBucket(BUCKET, { defaultKmsKeyName: key })
    const words =
      'Permission denied on Cloud KMS key. Please ensure that your Cloud Storage service account has been authorized to use this key.'
    expect(await put('a', 'x')).toMatchObject(storageError(words))
    gcp.addBinding({
      on: { kmsKey: key },
      role: 'roles/cloudkms.cryptoKeyEncrypterDecrypter',
      member: `serviceAccount:${gcp.serviceAgent(PROJECT)}`,
    })
    expect((await put('a', 'x')).json).toMatchObject({ kmsKeyName: `${key}/cryptoKeyVersions/1` })
    expect((await media('a')).text).toBe('x')
    gcp.setKmsKeyState(key, 'DISABLED')
    expect(await media('a')).toMatchObject({ status: 400, json: { error: { message: expect.stringContaining('DISABLED') } } })
  })

  it('whose requester pays wants a project that the caller may bill', async () => {
    const { gcp } = world.lab
    gcp.configureBucket(BUCKET, { requesterPays: true })
    expect(await ask(objectsUrl())).toMatchObject(
      storageError('Bucket is a requester pays bucket but no user project provided.', 400, 'required'),
    )
    expect((await ask(objectsUrl(), { token: gcp.issueToken(ADMIN) })).status).toBe(200)
    gcp.createProject('payer-project')
    const url = `${objectsUrl()}?userProject=payer-project`
    expect(await ask(url)).toMatchObject({
      status: 403,
      json: { error: { message: expect.stringContaining("'serviceusage.services.use' denied") } },
    })
    expect((await ask(`${objectsUrl()}?userProject=nowhere`)).status).toBe(400)
    gcp.addBinding({
      on: { project: 'payer-project' },
      role: 'roles/serviceusage.serviceUsageConsumer',
      member: `serviceAccount:account-${made}@acme-data.iam.gserviceaccount.com`,
    })
    expect((await ask(url)).status).toBe(200)
    expect((await ask(objectsUrl(), { headers: { 'x-goog-user-project': 'payer-project' } })).status).toBe(200)
  })
})

it('meets faults by the names of its operations', async () => {
  world.lab.faults.add({ operation: 'gcs.objects.*', effect: { kind: 'error', status: 503, code: 'backendError' }, times: 1 })
  expect(await ask(objectsUrl())).toMatchObject({ status: 503, json: { error: { code: 503, errors: [{ reason: 'backendError' }] } } })
  expect((await ask(objectsUrl())).status).toBe(200)
  expect(world.lab.requests.entries().at(-1)).toMatchObject({ operation: 'gcs.objects.list', bucket: BUCKET, status: 200 })
})
