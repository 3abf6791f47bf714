import type { HttpRequest, HttpResponse, SeenRequest, Transport } from '@sluice/core'
import { sentSecrets } from './sent-secrets.ts'
import { claimsIn } from './token-claims.ts'
import { withholding } from './withheld.ts'

/** Answers that say something in words are small; of a longer one its beginning says enough. */
const LONGEST = 256 * 1024

/** Headers that evidence can rest on. What a signature or token could be in is not among them. */
const TELLING =
  /^(date|location|www-authenticate|x-amz-(bucket-region|request-id|id-2|server-side-encryption.*|storage-class|object-lock-mode|object-lock-legal-hold|archive-status|expected-bucket-owner|request-payer)|x-ms-(request-id|error-code|version|acl|owner|group|is-hns-enabled)|x-oss-(request-id|ec|err|server-time)|x-goog-[\w-]+|x-guploader-uploadid|metadata-flavor)$/

/** An answer that hands out a credential. */
const HANDED_OUT =
  /secret_?access_?key|access_?key_?secret|(access|id|security|session|federated)_?token\b|user_?delegation_?key|private_?key/i

/** What was sent and matters to a refusal. */
const SENT = [
  'x-amz-acl',
  'x-amz-request-payer',
  'x-amz-expected-bucket-owner',
  'x-amz-server-side-encryption',
  'x-amz-server-side-encryption-aws-kms-key-id',
]

/** Of a write, what was sent says whether it was encrypted as somebody wanted: the bucket’s own default, in the answer, would look the same. */
const SENT_WITH_WRITES = /^x-amz-server-side-encryption/

/** Of a query, what a refusal can hang on. */
const ASKED = ['prefix', 'versionId']

/**
 * A transport that tells of each request what came of it, besides sending it. What it tells holds no query but the prefix or version asked for, no body that was sent, no
 * header but those that say something of the refusal, of a credential that was handed out only for whom it is, and nothing of the request's own credentials or
 * of `secrets`, also where the answer repeats them.
 */
export function recordingTransport(transport: Transport, tell: (seen: SeenRequest) => void, secrets: readonly string[] = []): Transport {
  return async (request, signal) => {
    const base = {
      operation: request.operation,
      target: targetOf(request),
    }
    const sent = Object.fromEntries(SENT.flatMap((name) => (request.headers[name] === undefined ? [] : [[name, request.headers[name]]])))
    const failed = (error: unknown): never => {
      tell({ ...base, headers: sent, failure: error })
      throw error
    }
    const response = await transport(request, signal).catch(failed)
    const clean = withholding([...secrets, ...sentSecrets(request)])
    const isWrite = request.method === 'PUT' || request.method === 'POST'
    const told = Object.entries(response.headers).filter(([name]) => TELLING.test(name) && !(isWrite && SENT_WITH_WRITES.test(name)))
    const headers = {
      ...sent,
      ...Object.fromEntries(told.map(([name, value]) => [name, clean(name === 'location' ? (value.split('?')[0] ?? '') : value)])),
    }
    if (!isWords(response)) {
      tell({ ...base, status: response.status, headers })
      return response
    }
    const { text, body } = await remembered(response).catch(failed)
    const shown = response.status < 300 && HANDED_OUT.test(text) ? claimsIn(text) : clean(text)
    tell({ ...base, status: response.status, headers, ...(shown === undefined ? {} : { text: shown }) })
    return { ...response, body }
  }
}

/** Where a request went, and what of its query a refusal can hang on. */
function targetOf({ url, target }: HttpRequest): string {
  const [path = '', query = ''] = (target ?? `${url.pathname}${url.search}`).split('?')
  const given = new URLSearchParams(query)
  const asked = ASKED.flatMap((name) => {
    const value = given.get(name)
    return value === null || value === '' ? [] : [`${name}=${encodeURIComponent(value).replaceAll('%2F', '/')}`]
  })
  return `${url.origin}${path}${asked.length === 0 ? '' : `?${asked.join('&')}`}`
}

/** Whether the answer is XML, JSON or text, and not a customer's data. */
function isWords({ status, headers }: HttpResponse): boolean {
  const type = headers['content-type'] ?? ''
  return status >= 300 || (/xml|json/.test(type) && Number(headers['content-length'] ?? 0) <= LONGEST && headers['etag'] === undefined)
}

/** The beginning of a body as text, and the same body again from its start. */
async function remembered(response: HttpResponse): Promise<{ readonly text: string; readonly body: AsyncIterable<Uint8Array> }> {
  const source = response.body[Symbol.asyncIterator]()
  const pieces: Uint8Array[] = []
  let length = 0
  let isOver = false
  while (length < LONGEST) {
    const next = await source.next()
    if (next.done === true) {
      isOver = true
      break
    }
    pieces.push(next.value)
    length += next.value.byteLength
  }
  const text = new TextDecoder().decode(Buffer.concat(pieces, length))
  return { text, body: { [Symbol.asyncIterator]: () => (isOver ? iteratorOf(pieces) : continued(pieces, source)) } }
}

async function* iteratorOf(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces
}

/** What was read already, then the rest. Whoever leaves early lets go of the rest too. */
function continued(pieces: readonly Uint8Array[], source: AsyncIterator<Uint8Array>): AsyncIterator<Uint8Array> {
  const first = pieces[Symbol.iterator]()
  return {
    next: async () => {
      const piece = first.next()
      return piece.done === true ? source.next() : piece
    },
    return: async () => {
      await source.return?.()
      return { done: true, value: undefined }
    },
  }
}
