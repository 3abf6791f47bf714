import { createHash } from 'node:crypto'
import { Storage, type Bucket, type GetSignedUrlConfig } from '@google-cloud/storage'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ServiceAccountKeyFile } from '../src/index.ts'
import { manualClock, type ManualClock } from './manual-clock.ts'
import { accountToken, BUCKET, google, PROJECT, startGcpWorld, type GcpWorld, type GoogleAnswer, type GoogleRequest } from './gcp-world.ts'

let world: GcpWorld
let clock: ManualClock
let email: string
let key: ServiceAccountKeyFile
let signer: Bucket
beforeEach(async () => {
  clock = manualClock()
  world = await startGcpWorld({ clock })
  const { gcp } = world.lab
  email = gcp.putServiceAccount(PROJECT, { id: 'signer' })
  gcp.addBinding({ on: { bucket: BUCKET }, role: 'roles/storage.objectAdmin', member: `serviceAccount:${email}` })
  key = gcp.createKey(email)
  signer = new Storage({ credentials: key, projectId: PROJECT }).bucket(BUCKET)
  gcp.putObject(BUCKET, 'a.csv', { body: 'a,b\n1,2\n', contentType: 'text/csv', metadata: { job: '7' } })
})
afterEach(() => world.lab.close())

/** A URL as Google's client signs it. */
async function sign(name: string, options: Partial<GetSignedUrlConfig> = {}): Promise<string> {
  const accessibleAt = new Date(clock.now())
  const [url] = await signer
    .file(name)
    .getSignedUrl({ version: 'v4', action: 'read', accessibleAt, expires: clock.now() + 600_000, ...options })
  return url
}

const ask = (url: string, request: GoogleRequest = {}): Promise<GoogleAnswer> => google(world.lab, url, request)
const code = (answer: GoogleAnswer): unknown => [answer.status, answer.code]

describe('a V4 signed URL', () => {
  it.each(['a.csv', 'dir/ü 😀.csv', 'a+b', '100%', "!'()*", 'a//b', '?&=#', 'tilde~'])('writes, reads and deletes %s', async (name) => {
    expect((await ask(await sign(name, { action: 'write' }), { method: 'PUT', body: 'x' })).status).toBe(200)
    expect((await ask(await sign(name))).text).toBe('x')
    expect(Buffer.from((await world.lab.gcp.getObject(BUCKET, name)) ?? '').toString()).toBe('x')
    expect((await ask(await sign(name, { action: 'delete' }), { method: 'DELETE' })).status).toBe(204)
  })

  it('answers with the headers of the XML API, also at the host of the bucket', async () => {
    for (const url of [await sign('a.csv'), await sign('a.csv', { virtualHostedStyle: true })]) {
      const answer = await ask(url, { headers: { range: 'bytes=0-2' } })
      expect(answer.text).toBe('a,b')
      expect(answer).toMatchObject({
        status: 206,
        headers: {
          etag: `"${createHash('md5').update('a,b\n1,2\n').digest('hex')}"`,
          'x-goog-meta-job': '7',
          'content-range': 'bytes 0-2/8',
          'content-type': 'text/csv',
        },
      })
    }
    expect((await ask(await sign('a.csv', { promptSaveAs: 'x.csv' }))).headers['content-disposition']).toContain('x.csv')
  })

  it('counts for what it was signed for and nothing else', async () => {
    const url = await sign('a.csv')
    expect(code(await ask(url, { method: 'DELETE' }))).toEqual([403, 'SignatureDoesNotMatch'])
    expect(code(await ask(url.replace('a.csv', 'b.csv')))).toEqual([403, 'SignatureDoesNotMatch'])
    expect(code(await ask(`${url}&generation=1`))).toEqual([403, 'SignatureDoesNotMatch'])
    expect(code(await ask(url.replace('Expires=600', 'Expires=6000')))).toEqual([403, 'SignatureDoesNotMatch'])
    expect(code(await ask(url, { headers: { 'x-goog-user-project': PROJECT } }))).toEqual([400, 'MalformedSecurityHeader'])
  })

  it('holds an upload to its type', async () => {
    const url = await sign('typed', { action: 'write', contentType: 'text/csv' })
    expect(code(await ask(url, { method: 'PUT', body: 'x', headers: { 'content-type': 'text/html' } }))).toEqual([
      403,
      'SignatureDoesNotMatch',
    ])
    expect((await ask(url, { method: 'PUT', body: 'x', headers: { 'content-type': 'text/csv' } })).status).toBe(200)
  })

  it('replaces nothing where it says so', async () => {
    const headers = { 'x-goog-if-generation-match': '0' }
    const url = await sign('once', { action: 'write', extensionHeaders: headers })
    expect((await ask(url, { method: 'PUT', body: 'x', headers })).status).toBe(200)
    expect(code(await ask(url, { method: 'PUT', body: 'y', headers }))).toEqual([412, 'PreconditionFailed'])
  })

  it('may write the names of its parameters small, as gcloud does', async () => {
    // The names are signed as they are written: changed afterwards they make another URL.
    const url = (await sign('a.csv')).replaceAll(/X-Goog-[A-Za-z]+(?==)/g, (name) => name.toLowerCase())
    expect(code(await ask(url))).toEqual([403, 'SignatureDoesNotMatch'])
  })

  it('ends', async () => {
    const url = await sign('a.csv')
    clock.advance(600_000)
    expect((await ask(url)).status).toBe(200)
    clock.advance(1000)
    expect(code(await ask(url))).toEqual([400, 'ExpiredToken'])
  })

  it.each([
    ['its key is gone', [403, 'SignatureDoesNotMatch'], () => world.lab.gcp.deleteKey(email, key.private_key_id)],
    ['its account is disabled', [403, 'AccessDenied'], () => world.lab.gcp.setServiceAccountDisabled(email, true)],
    [
      'its account lost its role',
      [403, 'AccessDenied'],
      () => world.lab.gcp.removeBinding({ on: { bucket: BUCKET }, role: 'roles/storage.objectAdmin', member: `serviceAccount:${email}` }),
    ],
    ['its object is gone', [404, 'NoSuchKey'], () => world.lab.gcp.deleteObject(BUCKET, 'a.csv')],
    ['its bucket is gone', [404, 'NoSuchBucket'], () => world.lab.gcp.deleteBucket(BUCKET)],
  ])('does not count when %s', async (_, expected, change) => {
    const url = await sign('a.csv')
    change()
    expect(code(await ask(url))).toEqual(expected)
  })

  it('is signed by Google for who may sign as the account', async () => {
    world.lab.gcp.addBinding({
      on: { serviceAccount: email },
      role: 'roles/iam.serviceAccountTokenCreator',
      member: `serviceAccount:${world.reader}`,
    })
    const text = 'text to sign'
    const answer = await google(world.lab, `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${email}:signBlob`, {
      token: accountToken(world, world.reader),
      json: { payload: Buffer.from(text).toString('base64') },
    })
    expect(answer).toMatchObject({ status: 200, json: { keyId: expect.stringMatching(/^[0-9a-f]{40}$/) } })
  })
})

describe('the XML API with a token', () => {
  const url = `https://storage.googleapis.com/${BUCKET}/a.csv`

  it('reads', async () => {
    expect((await ask(url, { token: accountToken(world, world.reader) })).text).toBe('a,b\n1,2\n')
  })

  it('refuses in its own words', async () => {
    const denied = await ask(url, { method: 'DELETE', token: accountToken(world, world.reader) })
    expect(denied).toMatchObject({ status: 403, code: 'AccessDenied', message: 'Access denied.' })
    expect(denied.text).toContain(`<Details>${world.reader} does not have storage.objects.delete access`)
    expect(code(await ask(url))).toEqual([403, 'AccessDenied'])
    expect(code(await ask(url, { token: 'x' }))).toEqual([401, 'AuthenticationRequired'])
    expect(code(await ask(`https://storage.googleapis.com/${BUCKET}?list-type=2`))).toEqual([501, 'NotImplemented'])
  })
})
