import { connect } from 'node:net'

/** An answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number
  readonly headers: { readonly [name: string]: string }
  readonly body: string
}

/**
 * Sends bytes as they are, which no HTTP client would, and reads the answer until the server closes the connection.
 * Undefined when it is closed without one.
 */
export function sendRaw(url: string, pieces: readonly (string | Buffer)[]): Promise<RawAnswer | undefined> {
  const { hostname, port } = new URL(url)
  return new Promise((done) => {
    const socket = connect(Number(port), hostname)
    const received: Buffer[] = []
    socket.on('data', (chunk) => received.push(chunk))
    // A server that has said what it had to say may close while we still send.
    socket.on('error', () => undefined)
    socket.on('close', () => done(parse(Buffer.concat(received).toString())))
    for (const piece of pieces) socket.write(piece)
  })
}

function parse(text: string): RawAnswer | undefined {
  const end = text.indexOf('\r\n\r\n')
  const [first = '', ...lines] = text.slice(0, Math.max(end, 0)).split('\r\n')
  const status = /^HTTP\/1\.1 (\d{3})/.exec(first)?.[1]
  if (status === undefined) return undefined
  const headers = lines.map((line): readonly [string, string] => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
  })
  return { status: Number(status), headers: Object.fromEntries(headers), body: text.slice(end + 4) }
}
