import { type IncomingMessage, createServer } from 'node:http'

/** An S3-compatible store that answers every request with an error that repeats whatever it knows and was told. */
export interface EchoingStore {
  readonly url: string
  /** The signatures of all requests so far. */
  readonly signatures: ReadonlySet<string>
  close(): Promise<void>
}

/** The buckets it has: each fails in its own way. */
export const ECHOING_BUCKETS = [
  'denied-403',
  'missing-404',
  'malformed-400',
  'moved-301',
  'broken-500',
  'page-403',
  'unknown-418',
  'listing-200',
  'garbage-200',
  'headers-403',
  'cut-403',
] as const

export async function startEchoingStore(known: readonly string[]): Promise<EchoingStore> {
  const signatures = new Set<string>()
  const server = createServer((incoming, outgoing) => {
    incoming.resume()
    const authorization = incoming.headers.authorization ?? ''
    const signature = /Signature=([0-9a-f]{64})/.exec(authorization)?.[1]
    if (signature !== undefined) signatures.add(signature)
    const bucket = /^\/([\w-]+)/.exec(incoming.url ?? '')?.[1] ?? 'denied-403'
    const status = Number(bucket.split('-')[1] ?? 403)
    const told = [...known, ...headerValues(incoming), authorization, incoming.url ?? '']
    outgoing.statusMessage = printable(told.join(' '))
    outgoing.writeHead(status, {
      'x-amz-request-id': printable(known.join(' ')),
      'x-amz-id-2': printable(authorization),
      'x-amz-bucket-region': printable(known[0] ?? ''),
      location: `http://127.0.0.1/?${printable(told.map(encodeURIComponent).join('&'))}`,
      etag: `"${printable(known.join(' '))}"`,
      server: printable(known.join(' ')),
      'content-type': bucket.startsWith('page') ? 'text/html' : 'application/xml',
      ...(bucket.startsWith('cut') ? { 'content-length': '100000' } : {}),
    })
    if (incoming.method === 'HEAD' || bucket.startsWith('headers')) return outgoing.end()
    const body = bodyFor(bucket, told)
    if (!bucket.startsWith('cut')) return outgoing.end(body)
    return outgoing.write(body, () => outgoing.destroy())
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the store has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    signatures,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}

function bodyFor(bucket: string, told: readonly string[]): string {
  const text = told.map(xml).join(' ')
  if (bucket.startsWith('page')) return `<html><body>${text}</body></html>`
  if (bucket.startsWith('garbage')) return `<ListBucketResult><Name>${text}`
  if (bucket.startsWith('listing'))
    return `<ListBucketResult><IsTruncated>${text}</IsTruncated><KeyCount>${text}</KeyCount><Contents><Key>a.csv</Key><Size>${text}</Size></Contents></ListBucketResult>`
  const code = bucket.startsWith('malformed') ? text : bucket.startsWith('moved') ? 'PermanentRedirect' : 'AccessDenied'
  return `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${text}</Message><RequestId>${text}</RequestId><Region>${text}</Region><StringToSign>${text}</StringToSign></Error>`
}

function headerValues({ headers }: IncomingMessage): readonly string[] {
  return Object.values(headers).flatMap((value) => value ?? [])
}

function xml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** What may stand in a header. */
function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '')
}
