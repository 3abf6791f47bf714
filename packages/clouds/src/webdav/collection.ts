import { type Access, type ObjectInfo, accessError } from '@sluice/core'
import { readText } from '../http/body.ts'
import { type XmlElement, child, childText, children, parseXml } from '../http/xml.ts'
import type { WebdavCaller } from './call.ts'

/** What stands at a path: a file, or a folder of them. */
export interface Entry {
  /** Below the share; a folder's ends with a slash. */
  readonly key: string
  readonly file?: ObjectInfo
}

const ANSWER_LIMIT = 64 * 1024 * 1024
const PROPERTIES = ['resourcetype', 'getcontentlength', 'getetag', 'getlastmodified', 'getcontenttype']
const BODY = new TextEncoder().encode(
  `<?xml version="1.0"?><propfind xmlns="DAV:"><prop>${PROPERTIES.map((name) => `<${name}/>`).join('')}</prop></propfind>`,
)

/** The entries of a folder (which ends with a slash, or is empty for the share), in the server's order. https://www.rfc-editor.org/rfc/rfc4918#section-9.1 */
export async function entriesOf(call: WebdavCaller, folder: string, signal: AbortSignal): Promise<readonly Entry[]> {
  const answers = await propfind(call, folder, 'list', '1', signal)
  return answers.flatMap(({ name, response }) => {
    // The folder itself is among them, and has no name below itself.
    const entry = name === undefined ? undefined : entryOf(`${folder}${name}`, response)
    return entry === undefined ? [] : [entry]
  })
}

/** What stands at a path, asked for in the course of reading, writing or deleting it. Throws `object.missing` where nothing does. */
export async function entryAt(call: WebdavCaller, key: string, access: Access, signal: AbortSignal): Promise<Entry> {
  const [answer] = await propfind(call, key, access, '0', signal)
  const entry = answer && entryOf(key, answer.response)
  if (entry !== undefined) return entry
  throw accessError('network.protocol', { message: 'The answer to webdav.PROPFIND says nothing of what was asked for.' })
}

interface Answer {
  /** The decoded name below the folder asked for; absent for what was asked for itself. */
  readonly name?: string
  readonly response: XmlElement
}

async function propfind(
  call: WebdavCaller,
  key: string,
  access: Access,
  depth: '0' | '1',
  signal: AbortSignal,
): Promise<readonly Answer[]> {
  const headers = { depth, 'content-type': 'application/xml' }
  const response = await call({ method: 'PROPFIND', access, key, headers, body: BODY }, signal)
  const root = parseXml(await readText(response, ANSWER_LIMIT, 'webdav.PROPFIND'))
  if (root.name !== 'multistatus')
    throw accessError('network.protocol', { message: `The answer is not a listing: its root is ${root.name}.` })
  const answers = children(root, 'response').map((each) => ({ path: pathOf(childText(each, 'href') ?? ''), response: each }))
  // Whatever the server calls its root: what was asked for is the shortest of what it answers.
  const own = answers.map(({ path }) => path).toSorted((one, other) => one.length - other.length)[0] ?? ''
  return answers.flatMap(({ path, response: each }): readonly Answer[] => {
    if (path === own) return [{ response: each }]
    const name = nameBelow(`${own.replace(/\/$/, '')}/`, path)
    return name === undefined ? [] : [{ name, response: each }]
  })
}

/** The path of an href, which may be a whole URL, without a slash at its end. */
function pathOf(href: string): string {
  const path = URL.canParse(href) ? new URL(href).pathname : href
  return path.replace(/\/+$/, '')
}

/** One segment, decoded; undefined for what is no name: a server must not be able to point out of the folder. */
function nameBelow(parent: string, path: string): string | undefined {
  if (!path.startsWith(parent)) return undefined
  try {
    const name = decodeURIComponent(path.slice(parent.length))
    return name === '' || name === '.' || name === '..' || name.includes('/') ? undefined : name
  } catch {
    return undefined
  }
}

function entryOf(key: string, response: XmlElement): Entry | undefined {
  const found = children(response, 'propstat').find((each) => / 200 /.test(`${childText(each, 'status') ?? ''} `))
  const properties = child(found, 'prop')
  if (properties === undefined) return undefined
  if (child(child(properties, 'resourcetype'), 'collection') !== undefined) return { key: `${key.replace(/\/$/, '')}/` }
  const size = childText(properties, 'getcontentlength') ?? ''
  const etag = childText(properties, 'getetag') ?? ''
  const contentType = childText(properties, 'getcontenttype')
  if (!/^\d{1,15}$/.test(size) || etag === '')
    throw accessError('network.protocol', {
      message: 'The server tells no size or no entity tag of a file, and nothing can be pinned without.',
    })
  return {
    key,
    file: {
      key,
      size: Number(size),
      etag,
      lastModified: isoTime(childText(properties, 'getlastmodified')),
      ...(contentType ? { contentType } : {}),
    },
  }
}

/** An HTTP date as an ISO time. */
export function isoTime(date: string | undefined): string {
  const time = Date.parse(date ?? '')
  if (!Number.isNaN(time)) return new Date(time).toISOString()
  throw accessError('network.protocol', { message: 'The server does not say when a file was last written.' })
}
