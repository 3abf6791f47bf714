import { createHash } from 'node:crypto'
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A small WebDAV server on loopback that checks what it is told: the password, the folders a path lies in, preconditions and ranges. */
export interface WebdavServer {
  readonly url: string
  readonly user: string
  readonly password: string
  /** Makes a file with all its folders. */
  put(path: string, content: string): void
  /** Paths of the files there are. */
  files(): readonly string[]
  close(): Promise<void>
}

export interface WebdavServerOptions {
  /** Below this path everybody may read: `/public/`. */
  readonly open?: string
  /** Below this path the user may only read. */
  readonly readOnly?: string
}

interface File {
  readonly content: Buffer
  readonly etag: string
  readonly modified: Date
  readonly type: string
}

/** A path and what stands at it; a folder's ends with a slash and has no file. */
type Tree = Map<string, File | undefined>

const USER = 'sluice'
const PASSWORD = 'pässword:with a colon'

export async function startWebdavServer(options: WebdavServerOptions = {}): Promise<WebdavServer> {
  const tree: Tree = new Map([['/', undefined]])
  let writes = 0
  const write = (path: string, content: Buffer, type: string) => {
    writes += 1
    const etag = `"${writes}-${createHash('sha1').update(content).digest('hex')}"`
    tree.set(path, { content, etag, modified: new Date(Date.UTC(2026, 10, 22) + writes * 1_000), type })
  }
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const answer = respond(tree, write, options, request, await bodyOf(request))
    response.writeHead(answer.status, answer.headers).end(request.method === 'HEAD' ? undefined : answer.body)
  }
  const server = createServer((request, response) => void serve(request, response))
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done))
  // A listening TCP server has an address of this shape.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    user: USER,
    password: PASSWORD,
    put(path, content) {
      for (const folder of foldersOf(path)) if (!tree.has(folder)) tree.set(folder, undefined)
      write(path, Buffer.from(content), 'application/octet-stream')
    },
    files: () => [...tree].flatMap(([path, file]) => (file === undefined ? [] : [path])),
    close: () =>
      new Promise((done) => {
        server.closeAllConnections()
        server.close(() => done())
      }),
  }
}

interface Answer {
  readonly status: number
  readonly headers: { readonly [name: string]: string }
  readonly body?: Buffer | string
}

function respond(
  tree: Tree,
  write: (path: string, content: Buffer, type: string) => void,
  options: WebdavServerOptions,
  request: IncomingMessage,
  body: Buffer,
): Answer {
  const path = decodeURIComponent(new URL(request.url ?? '/', 'http://any').pathname)
  const reads = ['GET', 'HEAD', 'PROPFIND'].includes(request.method ?? '')
  const isOpen = reads && options.open !== undefined && path.startsWith(options.open)
  if (!isOpen && request.headers.authorization !== `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}`)
    return status(401, { 'www-authenticate': 'Basic realm="dav"' })
  if (!reads && options.readOnly !== undefined && path.startsWith(options.readOnly)) return status(403)
  switch (request.method) {
    case 'PROPFIND':
      return propfind(tree, path, request)
    case 'GET':
      return get(tree, path, request)
    case 'PUT': {
      const parent = path.slice(0, path.lastIndexOf('/') + 1)
      if (!tree.has(parent)) return status(409)
      if (tree.has(`${path}/`)) return status(405)
      if (request.headers['if-none-match'] === '*' && tree.has(path)) return status(412)
      const created = !tree.has(path)
      write(path, body, request.headers['content-type'] ?? 'application/octet-stream')
      return status(created ? 201 : 204)
    }
    case 'MKCOL': {
      const folder = `${path.replace(/\/$/, '')}/`
      if (tree.has(folder)) return status(405)
      if (!tree.has(folder.slice(0, folder.slice(0, -1).lastIndexOf('/') + 1))) return status(409)
      tree.set(folder, undefined)
      return status(201)
    }
    case 'DELETE': {
      const gone = [...tree.keys()].filter((each) => each === path || each.startsWith(`${path.replace(/\/$/, '')}/`))
      for (const each of gone) tree.delete(each)
      return status(gone.length === 0 ? 404 : 204)
    }
  }
  return status(405)
}

function propfind(tree: Tree, path: string, request: IncomingMessage): Answer {
  const at = tree.has(path) ? path : `${path}/`
  if (!tree.has(at)) return status(404)
  const isFolder = at.endsWith('/')
  const below = (each: string) => isFolder && each.startsWith(at) && /^[^/]+\/?$/.test(each.slice(at.length))
  const shown = request.headers['depth'] === '1' ? [at, ...[...tree.keys()].filter(below)] : [at]
  const body = `<?xml version="1.0"?><D:multistatus xmlns:D="DAV:">${shown.map((each) => entry(each, tree.get(each))).join('')}</D:multistatus>`
  return { status: 207, headers: { 'content-type': 'application/xml; charset=utf-8' }, body }
}

function entry(path: string, file: File | undefined): string {
  const href = path.split('/').map(encodeURIComponent).join('/')
  const properties =
    file === undefined
      ? '<D:resourcetype><D:collection/></D:resourcetype>'
      : `<D:resourcetype/><D:getcontentlength>${file.content.length}</D:getcontentlength><D:getetag>${file.etag.replaceAll('"', '&quot;')}</D:getetag>` +
        `<D:getlastmodified>${file.modified.toUTCString()}</D:getlastmodified><D:getcontenttype>${file.type}</D:getcontenttype>`
  return `<D:response><D:href>${href}</D:href><D:propstat><D:prop>${properties}</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>`
}

function get(tree: Tree, path: string, request: IncomingMessage): Answer {
  const file = tree.get(path)
  // A folder answers with a page about itself, as many servers do.
  if (file === undefined)
    return tree.has(path) || tree.has(`${path}/`) ? { status: 200, headers: { 'content-length': '4' }, body: 'page' } : status(404)
  const wanted = request.headers['if-match']
  if (wanted !== undefined && wanted !== file.etag) return status(412)
  const size = file.content.length
  const headers = { etag: file.etag, 'last-modified': file.modified.toUTCString(), 'content-type': file.type }
  const range = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '')
  // As Go's library does, which many servers are built on: of a file without bytes the range is ignored.
  if (range === null || size === 0) return { status: 200, headers: { ...headers, 'content-length': String(size) }, body: file.content }
  const [, from = '', to = ''] = range
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from)
  const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1)
  if (start > last) return status(416, { 'content-range': `bytes */${size}` })
  const piece = file.content.subarray(start, last + 1)
  const ranged = { 'content-range': `bytes ${start}-${last}/${size}`, 'content-length': String(piece.length) }
  return { status: 206, headers: { ...headers, ...ranged }, body: piece }
}

function foldersOf(path: string): readonly string[] {
  const segments = path.split('/').slice(1, -1)
  return segments.map((_, index) => `/${segments.slice(0, index + 1).join('/')}/`)
}

function status(code: number, headers: Answer['headers'] = {}): Answer {
  return { status: code, headers: { ...headers, 'content-length': '0' } }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}
