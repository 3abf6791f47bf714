import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { send, signed } from './raw.ts'
import { BUCKET, refusal, s3, startWorld, type World } from './world.ts'

let world: World
let client: S3Client
beforeEach(async () => {
  world = await startWorld()
  client = s3(world.lab, world.admin)
})
afterEach(() => world.lab.close())

const Bucket = BUCKET
const put = (Key: string, Body: string | Uint8Array = 'x') => client.send(new PutObjectCommand({ Bucket, Key, Body }))
const text = async (Key: string, more: object = {}) =>
  (await client.send(new GetObjectCommand({ Bucket, Key, ...more }))).Body?.transformToString()
const fill = (...keys: readonly string[]) => keys.forEach((key) => world.lab.aws.putObject(BUCKET, key, { body: 'x' }))

describe('objects', () => {
  it('come back with what was stored with them', async () => {
    await client.send(
      new PutObjectCommand({
        Bucket,
        Key: 'k',
        Body: 'hello',
        ContentType: 'text/plain',
        CacheControl: 'no-store',
        Metadata: { author: 'me' },
        StorageClass: 'STANDARD_IA',
      }),
    )
    expect(await client.send(new HeadObjectCommand({ Bucket, Key: 'k' }))).toMatchObject({
      ContentLength: 5,
      ContentType: 'text/plain',
      CacheControl: 'no-store',
      Metadata: { author: 'me' },
      StorageClass: 'STANDARD_IA',
      ETag: `"${createHash('md5').update('hello').digest('hex')}"`,
      ServerSideEncryption: 'AES256',
    })
  })

  it('travel in chunks when their length is not known beforehand, and lose the framing', async () => {
    const body = Readable.from([Buffer.from('one '), Buffer.from('two')])
    await client.send(new PutObjectCommand({ Bucket, Key: 's', Body: body, ContentLength: 7 }))
    expect(await text('s')).toBe('one two')
    expect((await client.send(new HeadObjectCommand({ Bucket, Key: 's' }))).ContentEncoding).toBeUndefined()
  })

  it.each([
    ['bytes=0-0', '0', 'bytes 0-0/10'],
    ['bytes=2-4', '234', 'bytes 2-4/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=7-99', '789', 'bytes 7-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=-99', '0123456789', 'bytes 0-9/10'],
  ])('are read by range: %s', async (Range, expected, ContentRange) => {
    await put('r', '0123456789')
    const got = await client.send(new GetObjectCommand({ Bucket, Key: 'r', Range }))
    expect(got).toMatchObject({ ContentRange, $metadata: { httpStatusCode: 206 } })
    expect(await got.Body?.transformToString()).toBe(expected)
  })

  it('have no bytes beyond their end', async () => {
    await put('r', '0123456789')
    expect(await refusal(text('r', { Range: 'bytes=10-' }))).toMatchObject({ status: 416, code: 'InvalidRange' })
    expect(await text('r', { Range: 'bytes=3-2' })).toBe('0123456789')
  })

  it('are pinned by ETag and time', async () => {
    const { ETag } = await put('p')
    expect(await text('p', { IfMatch: ETag })).toBe('x')
    expect(await refusal(text('p', { IfMatch: '"other"' }))).toMatchObject({ status: 412, code: 'PreconditionFailed' })
    expect(await refusal(text('p', { IfNoneMatch: ETag }))).toMatchObject({ status: 304 })
    expect(await refusal(text('p', { IfModifiedSince: new Date(Date.now() + 60_000) }))).toMatchObject({ status: 304 })
    expect(await refusal(text('p', { IfUnmodifiedSince: new Date(0) }))).toMatchObject({ status: 412 })
    // RFC 9110: If-Match decides, If-Unmodified-Since is not looked at.
    expect(await text('p', { IfMatch: ETag, IfUnmodifiedSince: new Date(0) })).toBe('x')
  })

  it('are written only where nothing is, or only over what is known', async () => {
    const { ETag } = await client.send(new PutObjectCommand({ Bucket, Key: 'c', Body: '1', IfNoneMatch: '*' }))
    expect(await refusal(client.send(new PutObjectCommand({ Bucket, Key: 'c', Body: '2', IfNoneMatch: '*' })))).toMatchObject({
      status: 412,
      code: 'PreconditionFailed',
    })
    await client.send(new PutObjectCommand({ Bucket, Key: 'c', Body: '3', IfMatch: ETag }))
    expect(await refusal(client.send(new PutObjectCommand({ Bucket, Key: 'c', Body: '4', IfMatch: ETag })))).toMatchObject({ status: 412 })
    expect(await refusal(client.send(new PutObjectCommand({ Bucket, Key: 'none', Body: '4', IfMatch: ETag })))).toMatchObject({
      status: 404,
    })
    expect(await text('c')).toBe('3')
  })

  it('are copied, with their metadata or with new', async () => {
    await client.send(new PutObjectCommand({ Bucket, Key: 'from ü', Body: 'hello', Metadata: { a: '1' } }))
    const CopySource = `${BUCKET}/${encodeURIComponent('from ü')}`
    await client.send(new CopyObjectCommand({ Bucket, Key: 'to', CopySource }))
    expect(await client.send(new HeadObjectCommand({ Bucket, Key: 'to' }))).toMatchObject({ Metadata: { a: '1' }, ContentLength: 5 })
    await client.send(new CopyObjectCommand({ Bucket, Key: 'to', CopySource, MetadataDirective: 'REPLACE', Metadata: { b: '2' } }))
    expect((await client.send(new HeadObjectCommand({ Bucket, Key: 'to' }))).Metadata).toEqual({ b: '2' })
    expect(await refusal(client.send(new CopyObjectCommand({ Bucket, Key: 'from ü', CopySource })))).toMatchObject({
      status: 400,
      code: 'InvalidRequest',
    })
    expect(await refusal(client.send(new CopyObjectCommand({ Bucket, Key: 'to', CopySource: `${BUCKET}/none` })))).toMatchObject({
      code: 'NoSuchKey',
    })
    expect(await refusal(client.send(new CopyObjectCommand({ Bucket, Key: 'to', CopySource, CopySourceIfMatch: '"x"' })))).toMatchObject({
      status: 412,
    })
  })

  it('are deleted by the thousand', async () => {
    fill('d/1', 'd/2', 'd/3')
    const answer = await client.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'd/1' }, { Key: 'd/3' }, { Key: 'never' }] } }),
    )
    expect(answer.Deleted?.map(({ Key }) => Key)).toEqual(['d/1', 'd/3', 'never'])
    expect(world.lab.aws.listKeys(BUCKET)).toEqual(['d/2'])
  })

  it('are fetched and stored by whoever holds a presigned URL', async () => {
    const upload = await getSignedUrl(client, new PutObjectCommand({ Bucket, Key: 'ü', ContentType: 'text/plain' }), { expiresIn: 60 })
    expect((await fetch(upload, { method: 'PUT', body: 'hello', headers: { 'content-type': 'text/plain' } })).status).toBe(200)
    const download = await getSignedUrl(client, new GetObjectCommand({ Bucket, Key: 'ü' }), { expiresIn: 60 })
    expect(await (await fetch(download)).text()).toBe('hello')
    expect((await fetch(download.replace('%C3%BC', 'other'))).status).toBe(403)
  })

  it('are read from a file by range', async () => {
    world.lab.aws.putObject(BUCKET, 'self', { body: { file: import.meta.filename } })
    expect(await text('self', { Range: 'bytes=0-5' })).toBe('import')
  })
})

describe('versions', () => {
  it('are kept, hidden by a delete marker and deleted one by one', async () => {
    await put('v', 'before')
    await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }))
    const { VersionId } = await put('v', 'after')
    expect(await text('v', { VersionId: 'null' })).toBe('before')
    const marker = await client.send(new DeleteObjectCommand({ Bucket, Key: 'v' }))
    expect(marker.DeleteMarker).toBe(true)
    expect(await refusal(text('v'))).toMatchObject({ status: 404, code: 'NoSuchKey' })
    expect(await text('v', { VersionId })).toBe('after')
    expect(await refusal(text('v', { VersionId: marker.VersionId }))).toMatchObject({ status: 405, code: 'MethodNotAllowed' })
    expect(await refusal(text('v', { VersionId: 'no-such' }))).toMatchObject({ status: 404, code: 'NoSuchVersion' })
    expect((await client.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0)

    const listed = await client.send(new ListObjectVersionsCommand({ Bucket }))
    expect(listed.DeleteMarkers).toMatchObject([{ Key: 'v', IsLatest: true, VersionId: marker.VersionId }])
    expect(listed.Versions?.map((version) => version.VersionId)).toEqual([VersionId, 'null'])
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'v', VersionId: marker.VersionId }))
    expect(await text('v')).toBe('after')
  })

  it('are listed page by page', async () => {
    await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }))
    for (const key of ['a', 'a', 'a', 'b', 'c/1', 'c/2']) await put(key)
    const seen: string[] = []
    let KeyMarker: string | undefined
    let VersionIdMarker: string | undefined
    do {
      const page = await client.send(new ListObjectVersionsCommand({ Bucket, Delimiter: '/', MaxKeys: 2, KeyMarker, VersionIdMarker }))
      seen.push(...(page.Versions ?? []).map(({ Key }) => Key ?? ''), ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix ?? ''))
      KeyMarker = page.NextKeyMarker
      VersionIdMarker = page.NextVersionIdMarker
    } while (KeyMarker !== undefined)
    expect(seen).toEqual(['a', 'a', 'a', 'b', 'c/'])
  })
})

describe('listings', () => {
  it('go page by page in UTF-8 order', async () => {
    // U+FB01 comes before U+1F600 in UTF-8 and after its surrogates in UTF-16.
    fill('b', 'a', 'ﬁ', '😀', 'é', 'a/1')
    const keys: string[] = []
    let ContinuationToken: string | undefined
    do {
      const page = await client.send(new ListObjectsV2Command({ Bucket, MaxKeys: 2, ContinuationToken }))
      keys.push(...(page.Contents ?? []).map(({ Key }) => Key ?? ''))
      ContinuationToken = page.NextContinuationToken
    } while (ContinuationToken !== undefined)
    expect(keys).toEqual(['a', 'a/1', 'b', 'é', 'ﬁ', '😀'])
  })

  it('fold keys into prefixes, each once, over page ends too', async () => {
    fill('p/a/1', 'p/a/2', 'p/b', 'p/c/1', 'p/c/2', 'p/c/3', 'q')
    const seen: string[] = []
    let ContinuationToken: string | undefined
    do {
      const page = await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'p/', Delimiter: '/', MaxKeys: 1, ContinuationToken }))
      expect(page.KeyCount).toBe(1)
      seen.push(...(page.Contents ?? []).map(({ Key }) => Key ?? ''), ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix ?? ''))
      ContinuationToken = page.NextContinuationToken
    } while (ContinuationToken !== undefined)
    expect(seen).toEqual(['p/a/', 'p/b', 'p/c/'])
  })

  it('start after a key, name owners and encode what they are asked to', async () => {
    fill('a', 'b c&d', 'z')
    const page = await client.send(new ListObjectsV2Command({ Bucket, StartAfter: 'a', FetchOwner: true, EncodingType: 'url' }))
    expect(page.Contents?.map(({ Key }) => Key)).toEqual(['b+c%26d', 'z'])
    expect(page.Contents?.[0]?.Owner?.ID).toMatch(/^[0-9a-f]{64}$/)
  })

  it('exist in their first version', async () => {
    fill('a/1', 'b', 'c')
    const page = await client.send(new ListObjectsCommand({ Bucket, Delimiter: '/', MaxKeys: 2 }))
    expect(page).toMatchObject({ IsTruncated: true, NextMarker: 'b', CommonPrefixes: [{ Prefix: 'a/' }] })
    expect((await client.send(new ListObjectsCommand({ Bucket, Delimiter: '/', Marker: 'b' }))).Contents).toMatchObject([{ Key: 'c' }])
  })

  it('refuse a token that is none', async () => {
    expect(await refusal(client.send(new ListObjectsV2Command({ Bucket, ContinuationToken: 'x!' })))).toMatchObject({
      status: 400,
      code: 'InvalidArgument',
    })
  })
})

describe('multipart uploads', () => {
  const MB = 1024 * 1024

  it('become one object with an ETag of their own', async () => {
    const body = Buffer.alloc(12 * MB, 'abc')
    await new Upload({ client, params: { Bucket, Key: 'big', Body: Readable.from([body]) }, partSize: 5 * MB, queueSize: 3 }).done()
    const head = await client.send(new HeadObjectCommand({ Bucket, Key: 'big' }))
    const parts = [body.subarray(0, 5 * MB), body.subarray(5 * MB, 10 * MB), body.subarray(10 * MB)]
    const md5 = createHash('md5')
    for (const part of parts) md5.update(createHash('md5').update(part).digest())
    expect(head).toMatchObject({ ContentLength: body.length, ETag: `"${md5.digest('hex')}-3"` })
    const got = await client.send(new GetObjectCommand({ Bucket, Key: 'big', Range: `bytes=${5 * MB - 2}-${5 * MB + 1}` }))
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? [])).toEqual(body.subarray(5 * MB - 2, 5 * MB + 2))
    expect(world.lab.aws.openUploads(BUCKET)).toEqual([])
  })

  async function begin(Key: string): Promise<string> {
    return (await client.send(new CreateMultipartUploadCommand({ Bucket, Key }))).UploadId ?? ''
  }

  it('are listed with their parts until they are aborted', async () => {
    const UploadId = await begin('m')
    const { ETag } = await client.send(new UploadPartCommand({ Bucket, Key: 'm', UploadId, PartNumber: 2, Body: 'part' }))
    expect((await client.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads).toMatchObject([{ Key: 'm', UploadId }])
    expect((await client.send(new ListPartsCommand({ Bucket, Key: 'm', UploadId }))).Parts).toMatchObject([
      { PartNumber: 2, ETag, Size: 4 },
    ])
    await client.send(new AbortMultipartUploadCommand({ Bucket, Key: 'm', UploadId }))
    expect(await refusal(client.send(new ListPartsCommand({ Bucket, Key: 'm', UploadId })))).toMatchObject({
      status: 404,
      code: 'NoSuchUpload',
    })
  })

  it('refuse parts that are small, unknown, out of order or of another upload', async () => {
    const UploadId = await begin('m')
    const complete = (Parts: { PartNumber: number; ETag: string | undefined }[], Key = 'm') =>
      refusal(client.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } })))
    const upload = (PartNumber: number) => client.send(new UploadPartCommand({ Bucket, Key: 'm', UploadId, PartNumber, Body: 'small' }))
    const [one, two] = [await upload(1), await upload(2)]
    expect(
      await complete([
        { PartNumber: 1, ETag: one.ETag },
        { PartNumber: 2, ETag: two.ETag },
      ]),
    ).toMatchObject({ status: 400, code: 'EntityTooSmall' })
    expect(
      await complete([
        { PartNumber: 2, ETag: two.ETag },
        { PartNumber: 1, ETag: one.ETag },
      ]),
    ).toMatchObject({ code: 'InvalidPartOrder' })
    expect(await complete([{ PartNumber: 3, ETag: one.ETag }])).toMatchObject({ code: 'InvalidPart' })
    expect(await complete([{ PartNumber: 1, ETag: '"0"' }])).toMatchObject({ code: 'InvalidPart' })
    expect(await complete([{ PartNumber: 1, ETag: one.ETag }], 'other')).toMatchObject({ code: 'NoSuchUpload' })
    expect(await refusal(upload(10_001))).toMatchObject({ status: 400, code: 'InvalidArgument' })
  })

  it('take parts out of objects', async () => {
    await put('source', '0123456789')
    const UploadId = await begin('m')
    const { CopyPartResult } = await client.send(
      new UploadPartCopyCommand({
        Bucket,
        Key: 'm',
        UploadId,
        PartNumber: 1,
        CopySource: `${BUCKET}/source`,
        CopySourceRange: 'bytes=2-4',
      }),
    )
    await client.send(
      new CompleteMultipartUploadCommand({
        Bucket,
        Key: 'm',
        UploadId,
        MultipartUpload: { Parts: [{ PartNumber: 1, ETag: CopyPartResult?.ETag }] },
      }),
    )
    expect(await text('m')).toBe('234')
  })
})

it('says of what it does not have that it does not, by name', async () => {
  const raw = await signed(world.lab, { path: `/${BUCKET}`, query: { lifecycle: '' } }, { credentials: world.admin })
  expect(await send(world.lab, raw)).toMatchObject({
    status: 501,
    code: 'NotImplemented',
    message: 'The lab does not implement s3:GetBucketLifecycleConfiguration.',
  })
  const other = await signed(world.lab, { host: 'ec2.us-west-2.amazonaws.com' }, { credentials: world.admin, service: 'ec2' })
  expect(await send(world.lab, other)).toMatchObject({
    status: 501,
    message: 'The lab does not implement the service at ec2.us-west-2.amazonaws.com.',
  })
})
