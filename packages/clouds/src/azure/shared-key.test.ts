import { BlobServiceClient, type IHttpClient, StorageSharedKeyCredential, type WebResource } from '@azure/storage-blob'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { HOSTILE_KEYS } from '@sluice/conformance'
import { sharedKeyHeader } from './shared-key.ts'

const KEY = Buffer.from('an account key of no account, sixty-four bytes long, as they are').toString('base64')

/** The requests that Azure's own client signs for some work, none of which is sent. */
async function signedByClient(work: (service: BlobServiceClient) => Promise<unknown>): Promise<readonly WebResource[]> {
  const requests: WebResource[] = []
  const httpClient: IHttpClient = {
    sendRequest: (request) => {
      requests.push(request)
      return Promise.reject(new Error('not sent'))
    },
  }
  const options = { httpClient, retryOptions: { maxTries: 1 } }
  const service = new BlobServiceClient('https://acct.blob.core.windows.net', new StorageSharedKeyCredential('acct', KEY), options)
  await work(service).catch(() => undefined)
  return requests
}

function ours(request: WebResource): string {
  const url = new URL(request.url)
  const { authorization: _, ...headers } = Object.fromEntries(
    Object.entries(request.headers.toJson()).map(([name, value]): [string, string] => [name.toLowerCase(), value]),
  )
  const path = request.url.slice(url.origin.length).split('?')[0] ?? '/'
  const query = Object.fromEntries(
    url.search
      .slice(1)
      .split('&')
      .filter((part) => part !== '')
      .map((part): [string, string] => {
        const cut = part.indexOf('=')
        return [part.slice(0, cut), decodeURIComponent(part.slice(cut + 1))]
      }),
  )
  return sharedKeyHeader({ method: request.method, path, query, headers, bodyLength: Number(headers['content-length'] ?? 0) }, 'acct', KEY)
}

const NAME = fc.oneof(fc.constantFrom(...HOSTILE_KEYS), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }))

it('signs requests as Azure’s client does, whatever the name of the blob', async () => {
  await fc.assert(
    fc.asyncProperty(NAME, fc.nat({ max: 20 }), async (name, size) => {
      const works: readonly ((service: BlobServiceClient) => Promise<unknown>)[] = [
        (service) =>
          service
            .getContainerClient('con')
            .getBlockBlobClient(name)
            .upload('x'.repeat(size), size, { blobHTTPHeaders: { blobContentType: 'text/csv' } }),
        (service) =>
          service
            .getContainerClient('con')
            .getBlobClient(name)
            .download(3, 7, { conditions: { ifMatch: '"0x8D"' } }),
        (service) => service.getContainerClient('con').getBlobClient(name).delete(),
        (service) => service.getContainerClient('con').getBlockBlobClient(name).stageBlock('YWJj', 'abc', 3),
        (service) => service.getContainerClient('con').getBlockBlobClient(name).commitBlockList(['YWJj']),
        (service) => service.getContainerClient('con').listBlobsFlat({ prefix: name }).byPage({ maxPageSize: 7 }).next(),
      ]
      for (const work of works) {
        const [request] = await signedByClient(work)
        expect(request).toBeDefined()
        if (request !== undefined) expect(ours(request), request.url).toBe(request.headers.get('authorization'))
      }
    }),
    { numRuns: 30 },
  )
})
