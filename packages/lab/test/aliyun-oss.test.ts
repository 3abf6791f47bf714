import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type OSS from 'ali-oss'
import { ALIYUN_BUCKET, aliyunRefusal, CUSTOMER_UID, oss, startAliyun, type AliyunWorld } from './aliyun-world.ts'
import { ossRequest } from './aliyun-raw.ts'

let world: AliyunWorld
let client: OSS

beforeAll(async () => {
  world = await startAliyun()
  client = oss(world.lab, world.admin)
})
afterAll(() => world.lab.close())

const TEN = '0123456789'
const put = (key: string, body = TEN) => world.lab.aliyun.putObject(ALIYUN_BUCKET, key, { body })

/** Sends a request that the client would not make by itself, signed by the vendor's signer. */
const raw = (method: string, path: string, more: Parameters<typeof ossRequest>[3] = {}) =>
  ossRequest(world.lab, world.admin, { method, path }, more)

describe('objects', () => {
  it('come back as they were put, with their headers', async () => {
    const { res } = await client.put('a/b.csv', Buffer.from(TEN), {
      mime: 'text/csv',
      meta: { uid: 1, pid: 2 },
      headers: { 'Cache-Control': 'no-cache' },
    })
    const md5 = createHash('md5').update(TEN).digest('hex').toUpperCase()
    expect(res.headers).toMatchObject({ etag: `"${md5}"` })
    const read = await client.get('a/b.csv')
    expect(String(read.content)).toBe(TEN)
    expect(read.res.headers).toMatchObject({
      'content-type': 'text/csv',
      'cache-control': 'no-cache',
      'x-oss-object-type': 'Normal',
      'x-oss-storage-class': 'Standard',
      'x-oss-meta-uid': '1',
    })
    const head = await client.head('a/b.csv')
    expect(head.res.headers).toMatchObject({ 'content-length': '10', etag: `"${md5}"` })
    expect((await raw('HEAD', '/a/b.csv', { query: { objectMeta: '' } })).headers).toMatchObject({
      etag: `"${md5}"`,
      'content-length': '10',
    })
  })

  it('come as streams too', async () => {
    await client.putStream('stream', Readable.from([Buffer.from('012'), Buffer.from('345')]))
    expect(String(await world.lab.aliyun.getObject(ALIYUN_BUCKET, 'stream'))).toBe('012345')
  })

  it('are deleted, one or many, whether they were there or not', async () => {
    put('d/1')
    put('d/ 2 &<')
    await client.delete('d/none')
    const { deleted } = await client.deleteMulti(['d/1', 'd/ 2 &<', 'd/none'])
    expect(deleted).toHaveLength(3)
    expect(world.lab.aliyun.listKeys(ALIYUN_BUCKET, 'd/')).toEqual([])
  })

  it('are refused when the body is not what its MD5 says', async () => {
    const call = client.put('bad', Buffer.from(TEN), { headers: { 'Content-MD5': 'AAAAAAAAAAAAAAAAAAAAAA==' } })
    expect(await aliyunRefusal(call)).toMatchObject({ status: 400, code: 'InvalidDigest' })
    expect(world.lab.aliyun.listKeys(ALIYUN_BUCKET, 'bad')).toEqual([])
  })

  it('are not overwritten where that is forbidden', async () => {
    const forbid = { headers: { 'x-oss-forbid-overwrite': 'true' } }
    await client.put('once', Buffer.from('first'), forbid)
    expect(await aliyunRefusal(client.put('once', Buffer.from('second'), forbid))).toMatchObject({ status: 409, code: 'FileAlreadyExists' })
    expect(String(await world.lab.aliyun.getObject(ALIYUN_BUCKET, 'once'))).toBe('first')
    await client.put('once', Buffer.from('third'))
    const { uploadId } = await client.initMultipartUpload('once-in-parts', forbid)
    put('once-in-parts')
    const part = await client.uploadPart('once-in-parts', uploadId, 1, await partFile(), 0, 3)
    const complete = client.completeMultipartUpload('once-in-parts', uploadId, [{ number: 1, etag: part.etag }], forbid)
    expect(await aliyunRefusal(complete)).toMatchObject({ status: 409, code: 'FileAlreadyExists' })
  })

  it.each([
    ['a key that begins with a slash', '//x', {}, 400, 'InvalidObjectName'],
    ['a storage class that does not exist', '/x', { 'x-oss-storage-class': 'STANDARD' }, 400, 'InvalidArgument'],
    ['an ACL that does not exist', '/x', { 'x-oss-object-acl': 'everybody' }, 400, 'InvalidArgument'],
    ['an encryption that does not exist', '/x', { 'x-oss-server-side-encryption': 'aws:kms' }, 400, 'InvalidEncryptionAlgorithmError'],
    [
      'a key of KMS without KMS',
      '/x',
      { 'x-oss-server-side-encryption': 'AES256', 'x-oss-server-side-encryption-key-id': 'k' },
      400,
      'InvalidArgument',
    ],
    ['tags, which the lab does not have', '/x', { 'x-oss-tagging': 'a=b' }, 501, 'NotImplemented'],
  ])('are refused with %s', async (_, path, headers, status, code) => {
    expect(await raw('PUT', path, { headers, body: 'x' })).toMatchObject({ status, code })
  })
})

describe('reading', () => {
  it.each([
    ['the first bytes', 'bytes=0-3', 206, '0123'],
    ['the last bytes', 'bytes=-4', 206, '6789'],
    ['from a byte on', 'bytes=7-', 206, '789'],
    // Unless told otherwise, OSS answers a range that reaches beyond the object with all of it.
    ['beyond the end', 'bytes=5-20', 200, TEN],
    ['only beyond the end', 'bytes=10-20', 200, TEN],
    ['more last bytes than there are', 'bytes=-20', 200, TEN],
    ['no range', 'bytes=a-b', 200, TEN],
  ])('answers %s', async (_, range, status, text) => {
    put('range')
    expect(await raw('GET', '/range', { headers: { range } })).toMatchObject({ status, text })
  })

  it('answers ranges as HTTP has them where that is asked for', async () => {
    put('range')
    const standard = (range: string) => raw('GET', '/range', { headers: { range, 'x-oss-range-behavior': 'standard' } })
    const beyond = await standard('bytes=5-20')
    expect(beyond).toMatchObject({ status: 206, text: '56789' })
    expect(beyond.headers['content-range']).toBe('bytes 5-9/10')
    expect(await standard('bytes=-20')).toMatchObject({ status: 206, text: TEN })
    expect(await standard('bytes=10-20')).toMatchObject({ status: 416, code: 'InvalidRange' })
  })

  it('heeds preconditions', async () => {
    const etag = put('conditional')
    const get = (headers: { readonly [name: string]: string }) => raw('GET', '/conditional', { headers })
    expect(await get({ 'if-match': etag })).toMatchObject({ status: 200 })
    expect(await get({ 'if-match': '"other"' })).toMatchObject({ status: 412, code: 'PreconditionFailed' })
    expect(await get({ 'if-none-match': etag })).toMatchObject({ status: 304, text: '' })
    expect(await get({ 'if-modified-since': new Date(Date.now() + 60_000).toUTCString() })).toMatchObject({ status: 304 })
    expect(await get({ 'if-unmodified-since': new Date(0).toUTCString() })).toMatchObject({ status: 412 })
  })

  it('tells what is missing, in a header where there is no body', async () => {
    expect(await raw('GET', '/none')).toMatchObject({ status: 404, code: 'NoSuchKey' })
    const head = await raw('HEAD', '/none')
    expect(head).toMatchObject({ status: 404, text: '' })
    expect(Buffer.from(String(head.headers['x-oss-err']), 'base64').toString()).toContain('<Code>NoSuchKey</Code>')
    expect(head.headers['x-oss-ec']).toBe('0026-00000001')
    expect(String(head.headers['x-oss-request-id'])).not.toBe('')
    expect(head.headers).not.toHaveProperty('x-amz-request-id')
  })

  it('gives no archived object before it is restored', async () => {
    world.lab.aliyun.putObject(ALIYUN_BUCKET, 'cold', { body: TEN, storageClass: 'Archive' })
    expect(await raw('GET', '/cold')).toMatchObject({ status: 403, code: 'InvalidObjectState' })
    expect((await raw('HEAD', '/cold')).headers['x-oss-storage-class']).toBe('Archive')
  })

  it('answers with other headers where the URL asks for them', async () => {
    put('named')
    const answer = await raw('GET', '/named', { query: { 'response-content-type': 'text/x' } })
    expect(answer.headers['content-type']).toBe('text/x')
  })
})

/** A file of three bytes: the client uploads parts from files only. */
async function partFile(): Promise<Buffer> {
  return Buffer.from('abc')
}

describe('uploads in parts', () => {
  const KB = 1024

  it('become one object', async () => {
    const body = Buffer.alloc(350 * KB, 'x')
    const result = await client.multipartUpload('big', body, { partSize: 100 * KB, parallel: 2, headers: { 'x-oss-meta-a': 'b' } })
    expect(result.res.status).toBe(200)
    expect(Buffer.from((await world.lab.aliyun.getObject(ALIYUN_BUCKET, 'big')) ?? []).equals(body)).toBe(true)
    const head = await client.head('big')
    expect(head.res.headers).toMatchObject({ 'x-oss-object-type': 'Multipart', 'x-oss-meta-a': 'b' })
    expect(String(Object.getOwnPropertyDescriptor(head.res.headers, 'etag')?.value)).toMatch(/^"[0-9A-F]{32}-4"$/)
  })

  it('are listed, with their parts, until they are completed or aborted', async () => {
    const { uploadId } = await client.initMultipartUpload('waiting/one')
    await client.initMultipartUpload('waiting/two')
    await client.uploadPart('waiting/one', uploadId, 1, await partFile(), 0, 3)
    const { uploads } = await client.listUploads({ prefix: 'waiting/', 'max-uploads': 1 })
    expect(uploads.map((upload) => upload.name)).toEqual(['waiting/one'])
    const { parts } = await client.listParts('waiting/one', uploadId)
    expect([parts].flat()).toHaveLength(1)
    await client.abortMultipartUpload('waiting/one', uploadId)
    expect(world.lab.aliyun.openUploads(ALIYUN_BUCKET).map(({ key }) => key)).toContain('waiting/two')
    expect(await aliyunRefusal(client.listParts('waiting/one', uploadId))).toMatchObject({ status: 404, code: 'NoSuchUpload' })
  })

  it.each([
    [
      'a part that is not there',
      [
        [1, 'ok'],
        [3, 'ok'],
      ],
      400,
      'InvalidPart',
    ],
    ['a part of another ETag', [[1, 'no']], 400, 'InvalidPart'],
    [
      'parts out of order',
      [
        [2, 'ok'],
        [1, 'ok'],
      ],
      400,
      'InvalidPartOrder',
    ],
    [
      'a first part that is too small',
      [
        [1, 'ok'],
        [2, 'ok'],
      ],
      400,
      'EntityTooSmall',
    ],
    ['no parts', [], 400, 'MalformedXML'],
  ] as const)('are not completed with %s', async (_, listed, status, code) => {
    const { uploadId } = await client.initMultipartUpload('broken')
    for (const number of [1, 2]) await client.uploadPart('broken', uploadId, number, await partFile(), 0, 3)
    const etag = createHash('md5').update('abc').digest('hex')
    const parts = listed.map(([number, is]) => `<Part><PartNumber>${number}</PartNumber><ETag>"${is === 'ok' ? etag : 'x'}"</ETag></Part>`)
    const body = `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`
    expect(await raw('POST', '/broken', { query: { uploadId }, body })).toMatchObject({ status, code })
    await client.abortMultipartUpload('broken', uploadId)
  })

  it('are completed with all their parts where that is asked for', async () => {
    const { uploadId } = await client.initMultipartUpload('all')
    await client.uploadPart('all', uploadId, 7, await partFile(), 0, 3)
    expect((await raw('POST', '/all', { query: { uploadId }, headers: { 'x-oss-complete-all': 'yes' } })).status).toBe(200)
    expect(String(await world.lab.aliyun.getObject(ALIYUN_BUCKET, 'all'))).toBe('abc')
  })

  it('take no part 0', async () => {
    const { uploadId } = await client.initMultipartUpload('zero')
    const answer = await raw('PUT', '/zero', { query: { uploadId, partNumber: '0' }, body: 'x' })
    expect(answer).toMatchObject({ status: 400, code: 'InvalidArgument' })
  })
})

describe('listings', () => {
  beforeAll(() => {
    world.lab.aliyun.createBucket(CUSTOMER_UID, { name: 'listed', region: 'cn-hangzhou' })
    for (const key of ['a/1', 'a/2', 'a/b/3', 'b', 'c d/ü', 'z']) world.lab.aliyun.putObject('listed', key, { body: key })
  })
  const listed = () => oss(world.lab, world.admin, { bucket: 'listed' })

  it('are paged by token, 100 keys at a time unless more are asked for', async () => {
    const keys: string[] = []
    let token: string | undefined
    do {
      const page: Awaited<ReturnType<OSS['listV2']>> = await listed().listV2({
        'max-keys': '2',
        ...(token === undefined ? {} : { 'continuation-token': token }),
      })
      keys.push(...page.objects.map((object) => object.name))
      token = page.isTruncated ? page.nextContinuationToken : undefined
    } while (token !== undefined)
    expect(keys).toEqual(['a/1', 'a/2', 'a/b/3', 'b', 'c d/ü', 'z'])
    const first = await raw('GET', '/', { query: { 'list-type': '2' } })
    expect(first.text).toContain('<MaxKeys>100</MaxKeys>')
  })

  it('show folders, begin after a key, and are encoded where that is asked for', async () => {
    const folders = await listed().listV2({ delimiter: '/' })
    expect([folders.objects.map((object) => object.name), folders.prefixes]).toEqual([
      ['b', 'z'],
      ['a/', 'c d/'],
    ])
    const after = await listed().listV2({ 'start-after': 'b', 'max-keys': '1000' })
    expect(after.objects.map((object) => object.name)).toEqual(['c d/ü', 'z'])
    const encoded = await listed().listV2({ prefix: 'c d/', 'encoding-type': 'url' })
    expect(encoded.objects.map((object) => object.name)).toEqual(['c%20d%2F%C3%BC'])
    const old = await listed().list({ prefix: 'a/', delimiter: '/', 'max-keys': 2 }, {})
    expect([old.objects.map((object) => object.name), old.isTruncated, old.nextMarker]).toEqual([['a/1', 'a/2'], true, 'a/2'])
  })

  it.each([
    ['more than 1000 keys', { 'max-keys': '1001' }],
    ['no keys', { 'max-keys': '0' }],
    ['another encoding', { 'encoding-type': 'base64' }],
    ['a token that is none', { 'continuation-token': '?' }],
  ])('are refused with %s', async (_, query) => {
    expect(await raw('GET', '/', { query: { 'list-type': '2', ...query } })).toMatchObject({ status: 400, code: 'InvalidArgument' })
  })
})

describe('versions', () => {
  it('are kept, read, listed and deleted', async () => {
    world.lab.aliyun.createBucket(CUSTOMER_UID, { name: 'versioned', region: 'cn-hangzhou', versioning: 'Enabled' })
    const versioned = oss(world.lab, world.admin, { bucket: 'versioned' })
    await versioned.put('k', Buffer.from('one'))
    await versioned.put('k', Buffer.from('two'), { headers: { 'x-oss-forbid-overwrite': 'true' } })
    const versions = async (): Promise<readonly string[]> => {
      const answer = await ossRequest(
        world.lab,
        world.admin,
        { method: 'GET', path: '/', bucket: 'versioned' },
        { query: { versions: '' } },
      )
      return [...answer.text.matchAll(/<VersionId>(.*?)<\/VersionId>/g)].map(([, id = '']) => id)
    }
    const [, first = ''] = await versions()
    expect(String((await versioned.get('k', { versionId: first })).content)).toBe('one')
    await versioned.delete('k')
    expect(await aliyunRefusal(versioned.get('k'))).toMatchObject({ status: 404, code: 'NoSuchKey' })
    const [marker = ''] = await versions()
    expect(await aliyunRefusal(versioned.get('k', { versionId: marker }))).toMatchObject({ status: 405, code: 'MethodNotAllowed' })
    expect(await aliyunRefusal(versioned.get('k', { versionId: 'CAEQnone' }))).toMatchObject({ status: 404, code: 'NoSuchVersion' })
    await ossRequest(world.lab, world.admin, { method: 'DELETE', path: '/k', bucket: 'versioned' }, { query: { versionId: marker } })
    expect(String((await versioned.get('k')).content)).toBe('two')
  })
})

describe('buckets', () => {
  it('tell where and what they are', async () => {
    const { bucket } = await client.getBucketInfo(ALIYUN_BUCKET)
    expect(bucket).toMatchObject({
      Name: ALIYUN_BUCKET,
      Location: 'oss-cn-hangzhou',
      ExtranetEndpoint: 'oss-cn-hangzhou.aliyuncs.com',
      StorageClass: 'Standard',
      Owner: { ID: CUSTOMER_UID },
    })
    expect((await client.getBucketLocation(ALIYUN_BUCKET)).location).toBe('oss-cn-hangzhou')
  })

  it('are made, listed and deleted when they are empty', async () => {
    await client.putBucket('fresh-bucket')
    const all = await ossRequest(world.lab, world.admin, { method: 'GET', path: '/', bucket: '' })
    expect(all.text).toContain('<Name>fresh-bucket</Name>')
    const fresh = oss(world.lab, world.admin, { bucket: 'fresh-bucket' })
    await fresh.put('x', Buffer.from('x'))
    expect(await aliyunRefusal(client.deleteBucket('fresh-bucket'))).toMatchObject({ status: 409, code: 'BucketNotEmpty' })
    await fresh.delete('x')
    await client.deleteBucket('fresh-bucket')
    expect(await aliyunRefusal(fresh.get('x'))).toMatchObject({ status: 404, code: 'NoSuchBucket' })
  })

  it('belong to one account only', async () => {
    world.lab.aliyun.createBucket('1111222233334444', { name: 'taken', region: 'cn-hangzhou' })
    expect(await aliyunRefusal(client.putBucket('taken'))).toMatchObject({ status: 409, code: 'BucketAlreadyExists' })
  })

  it('are found at the endpoint of their region only', async () => {
    const answer = await raw('GET', '/a', { region: 'cn-beijing' })
    expect(answer).toMatchObject({ status: 403, code: 'AccessDenied' })
    expect(answer.text).toContain('<Endpoint>oss-cn-hangzhou.aliyuncs.com</Endpoint>')
    expect(answer.message).toContain('must be addressed using the specified endpoint')
  })

  it('are found at an internal endpoint from within Alibaba Cloud only', async () => {
    put('inside')
    await expect(raw('GET', '/inside', { internal: true })).rejects.toThrow()
    world.lab.aliyun.setCaller({ vpc: 'vpc-1' })
    expect((await raw('GET', '/inside', { internal: true })).status).toBe(200)
    world.lab.aliyun.setCaller({})
  })

  it('are found by their host only', async () => {
    const answer = await ossRequest(world.lab, world.admin, { method: 'GET', path: `/${ALIYUN_BUCKET}/a`, bucket: '' }, {})
    expect(answer).toMatchObject({ status: 403, code: 'SecondLevelDomainForbidden' })
  })

  it('do by name what the lab does not have', async () => {
    expect(await raw('GET', '/', { query: { lifecycle: '' } })).toMatchObject({
      status: 501,
      code: 'NotImplemented',
      message: 'The lab does not implement oss:GetBucketLifecycle.',
    })
  })
})
