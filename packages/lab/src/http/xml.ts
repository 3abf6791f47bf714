import { SaxesParser } from 'saxes'

/** One element to write: a name and text, or a name and elements. Attributes stand in the name, as in `Owner xmlns="…"`. */
export type XmlNode = readonly [name: string, content: string | readonly XmlNode[]]

const ESCAPES: { readonly [character: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\t': '\t', '\n': '\n' }

/** Writes one document. */
export function writeXml(root: XmlNode): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${writeNode(root)}`
}

// Listings make long documents: what is here has been measured.
function writeNode([name, content]: XmlNode): string {
  const end = name.indexOf(' ')
  const tag = end === -1 ? name : name.slice(0, end)
  if (typeof content === 'string') return `<${name}>${escapeXml(content)}</${tag}>`
  let inner = ''
  for (const node of content) inner += writeNode(node)
  return `<${name}>${inner}</${tag}>`
}

// Characters that XML 1.0 cannot carry are written as references all the same: S3 does so for such keys.
const UNSAFE = /[&<>"\0-\x1F\x7F-\x9F]/g

function escapeXml(text: string): string {
  if (text.search(UNSAFE) === -1) return text
  return text.replace(UNSAFE, (character) => ESCAPES[character] ?? `&#x${character.charCodeAt(0).toString(16)};`)
}

/** An element as read. Namespaces are dropped. */
export interface XmlElement {
  readonly name: string
  readonly text: string
  readonly children: readonly XmlElement[]
}

/** Reads one document; undefined when it is not well formed or nested beyond 32 levels. */
export function readXml(source: string): XmlElement | undefined {
  const stack: { name: string; text: string; children: XmlElement[] }[] = [{ name: '', text: '', children: [] }]
  let broken = false
  const parser = new SaxesParser()
  parser.on('error', () => (broken = true))
  parser.on('opentag', (tag) => {
    if (stack.length > 32) broken = true
    else stack.push({ name: tag.name.slice(tag.name.indexOf(':') + 1), text: '', children: [] })
  })
  parser.on('text', (text) => {
    const top = stack.at(-1)
    if (top) top.text += text
  })
  parser.on('closetag', () => {
    const closed = stack.pop()
    if (closed) stack.at(-1)?.children.push(closed)
  })
  parser.write(source).close()
  return broken ? undefined : stack[0]?.children[0]
}

/** Text of the first child of that name, trimmed. */
export function childText(element: XmlElement | undefined, name: string): string | undefined {
  return element?.children.find((child) => child.name === name)?.text.trim()
}
