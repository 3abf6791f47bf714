import type { HttpRequest, SeenRequest } from '@sluice/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { recordingTransport } from './recording-transport.ts'

const signal = new AbortController().signal
const JWT = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg'

const REQUEST: HttpRequest = {
  method: 'GET',
  url: new URL('https://storage.example.com/bucket/key?X-Amz-Security-Token=token-in-query&X-Amz-Signature=0123456789abcdef&prefix=data'),
  headers: { Authorization: 'Bearer header-token-123', 'x-amz-security-token': 'session+token/==' },
  operation: 'test.Get',
}

async function told(request: HttpRequest, status: number, text: string, secrets: readonly string[] = []): Promise<SeenRequest | undefined> {
  let seen: SeenRequest | undefined
  const body = (async function* () {
    yield new TextEncoder().encode(text)
  })()
  const answer = {
    status,
    headers: {
      'content-type': 'application/xml',
      location: `https://elsewhere.example.com/${text.slice(0, 40)}?X-Amz-Signature=of-somebody-else`,
    },
    body,
  }
  const record = recordingTransport(
    () => Promise.resolve(answer),
    (one) => {
      seen = one
    },
    secrets,
  )
  const response = await record(request, signal)
  const pieces: Uint8Array[] = []
  for await (const piece of response.body) pieces.push(piece)
  expect(Buffer.concat(pieces).toString()).toBe(text)
  return seen
}

describe('what is told of a request', () => {
  it('repeats nothing that the request was made with, in any form', async () => {
    const secrets = ['header-token-123', 'session+token/==', 'token-in-query', '0123456789abcdef']
    const echo = secrets.flatMap((one) => [one, encodeURIComponent(one), JSON.stringify(one)]).join(' ')
    const seen = await told(REQUEST, 403, `<Error><Code>AccessDenied</Code><Message>${echo}</Message></Error>`)
    expect(seen?.text).toContain('AccessDenied')
    expect(seen?.headers['location']).toMatch(/^https:\/\/elsewhere\.example\.com\/[^?]*$/)
    for (const secret of secrets) expect(JSON.stringify(seen)).not.toContain(secret)
    expect(seen?.text).not.toContain(encodeURIComponent('session+token/=='))
  })

  it('tells of a token that was handed out whose and for whom it is, and not the token', async () => {
    const claims = { aud: 'https://storage.azure.com', oid: 'an-object', tid: 'a-tenant', appid: 'an-app', secret: 'of-nobody', uti: 'x' }
    const token = `eyJhbGciOiJSUzI1NiJ9.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2lnbmF0dXJl`
    const seen = await told(REQUEST, 200, JSON.stringify({ token_type: 'Bearer', access_token: token }))
    const { aud, oid, tid, appid } = claims
    expect(JSON.parse(seen?.text ?? '')).toEqual({ aud, oid, tid, appid })
    expect((await told(REQUEST, 200, '{"access_token":"eyJub3QifQ.eyJub3Q.c2ln"}'))?.text).toBeUndefined()
  })

  it('names the version that was asked for, and nothing else of a query', async () => {
    const url = new URL(
      'https://bucket.s3.us-west-2.amazonaws.com/key?X-Amz-Signature=0123456789abcdef&versionId=3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY',
    )
    const seen = await told({ ...REQUEST, url }, 403, '<Error/>')
    expect(seen?.target).toBe('https://bucket.s3.us-west-2.amazonaws.com/key?versionId=3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY')
  })

  it('repeats no token of a form, and not its signature alone', async () => {
    const body = new TextEncoder().encode(
      new URLSearchParams({ Action: 'AssumeRole', subject_token: JWT, ExternalId: 'sluice-an-id' }).toString(),
    )
    const request = { ...REQUEST, method: 'POST' as const, headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body }
    const seen = await told(request, 400, `AssumeRole ${JWT} ${JWT.split('.')[2]} sluice-an-id`)
    expect(seen?.text).toBe('AssumeRole *** *** ***')
  })

  it('keeps no answer that hands out a credential', async () => {
    for (const text of [
      '<AssumeRoleResult><Credentials><SecretAccessKey>s3cr3t</SecretAccessKey></Credentials></AssumeRoleResult>',
      '{"access_token":"ya29.abc","expires_in":3600}',
      '{"accessToken":"ya29.abc"}',
      '<UserDelegationKey><Value>c2VjcmV0</Value></UserDelegationKey>',
      '{"Credentials":{"AccessKeySecret":"s","SecurityToken":"t"}}',
    ])
      expect(await told(REQUEST, 200, text)).not.toHaveProperty('text')
  })

  it('keeps what a listing says', async () => {
    const text = '<ListBucketResult><Contents><Key>a</Key><Owner><ID>owner</ID></Owner></Contents></ListBucketResult>'
    expect((await told(REQUEST, 200, text))?.text).toBe(text)
  })

  it('tells of an answer that was cut short', async () => {
    const seen: SeenRequest[] = []
    const cut = new Error('the body ended early')
    const body = (async function* () {
      yield new TextEncoder().encode('<Error>')
      throw cut
    })()
    const record = recordingTransport(
      () => Promise.resolve({ status: 403, headers: {}, body }),
      (one) => seen.push(one),
    )
    await expect(record(REQUEST, signal)).rejects.toBe(cut)
    expect(seen).toMatchObject([{ operation: 'test.Get', failure: cut }])
  })

  it('leaves out whatever secrets it is given', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 8 }), fc.string(), fc.string(), async (secret, before, after) => {
        fc.pre(secret.isWellFormed() && before.isWellFormed() && after.isWellFormed() && !`${before}${after}***`.includes(secret))
        const seen = await told(REQUEST, 403, `${before}${secret}${after}`, [secret])
        expect(seen?.text?.includes(secret)).toBe(false)
      }),
      { numRuns: 200 },
    )
  })
})
