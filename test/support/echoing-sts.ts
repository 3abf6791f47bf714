import { createServer } from 'node:http'

/** An STS that refuses every token and repeats it in its answer. */
export interface EchoingSts {
  readonly url: string
  /** The tokens it was shown. */
  readonly tokens: readonly string[]
  /** The next refusal's code and status; a 500 is asked again. */
  refuseWith(code: string, status: number): void
  close(): Promise<void>
}

export async function startEchoingSts(): Promise<EchoingSts> {
  const tokens: string[] = []
  let refusal = { code: 'InvalidIdentityToken', status: 400 }
  const server = createServer((incoming, outgoing) => {
    let body = ''
    incoming.setEncoding('utf8').on('data', (piece: string) => (body += piece))
    incoming.on('end', () => {
      const token = new URLSearchParams(body).get('WebIdentityToken') ?? ''
      if (token !== '') tokens.push(token)
      const words = `${token} is no token; nor is ${encodeURIComponent(token)}, nor ${token.split('.').join(' ')}`
      outgoing.writeHead(refusal.status, { 'content-type': 'text/xml', 'x-amzn-requestid': token.slice(0, 100) })
      outgoing.end(`<ErrorResponse><Error><Code>${refusal.code}</Code><Message>${words}</Message></Error></ErrorResponse>`)
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    tokens,
    refuseWith: (code, status) => {
      refusal = { code, status }
    },
    close: () => new Promise((closed) => server.close(() => closed())),
  }
}
