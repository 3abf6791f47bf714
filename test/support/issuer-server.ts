import { createServer } from 'node:http'
import type { Issuer } from '@sluice/service'

/** Where the documents of an issuer are read on loopback. */
export interface IssuerServer {
  readonly url: string
  close(): Promise<void>
}

/** Serves an issuer's discovery document and keys, as the clouds fetch them. */
export async function startIssuerServer(issuer: () => Issuer): Promise<IssuerServer> {
  const documents = new Map<string, () => unknown>([
    ['/.well-known/openid-configuration', () => issuer().discovery()],
    ['/.well-known/jwks.json', () => issuer().keys()],
  ])
  const server = createServer((request, response) => {
    const read = documents.get(request.url ?? '')
    if (read === undefined) {
      response.writeHead(404).end()
      return
    }
    void Promise.resolve()
      .then(read)
      .then(
        (document) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document)),
        () => response.writeHead(500).end(),
      )
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: async () => {
      const closed = new Promise<void>((done) => server.close(() => done()))
      server.closeAllConnections()
      await closed
    },
  }
}
