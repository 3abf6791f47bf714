import { type XmlElement, parseXml } from './xml.ts'

/**
 * `parseXml` for long documents that are a run of the same flat element, as a page of a listing is: the run is read by pattern, in a
 * tenth of the time, and the rest by the parser. Whatever is not that plain is left to the parser altogether, so that the outcome is the same.
 */
export function parseRecords(text: string, name: string): XmlElement {
  const start = text.indexOf(`<${name}>`)
  if (start === -1 || NOT_PLAIN.test(text)) return parseXml(text)
  const { records, end } = readRun(text, start, name)
  if (records.length === 0 || text.includes(`<${name}`, end)) return parseXml(text)
  // A mark stands for the run, to see that it stood where its elements are children of the root.
  const root = parseXml(`${text.slice(0, start)}<${name}/>${text.slice(end)}`)
  const at = root.children.findIndex((child) => child.name === name)
  if (at === -1 || root.children.findLastIndex((child) => child.name === name) !== at) return parseXml(text)
  return { ...root, children: [...root.children.slice(0, at), ...records, ...root.children.slice(at + 1)] }
}

/** Comments, CDATA, other references than the usual, line ends to normalize, characters that XML cannot have. */
const NOT_PLAIN = /<!|\]\]>|&(?!quot;|amp;|lt;|gt;|apos;)|[\0-\x08\x0B-\x1F\uFFFE\uFFFF]/

const LEAF = /<([A-Za-z]+)>([^<]*)<\/\1>/y

/** The records that follow one another from `start` on, and where the last one ends. */
function readRun(text: string, start: number, name: string): { readonly records: readonly XmlElement[]; readonly end: number } {
  const [open, close] = [`<${name}>`, `</${name}>`]
  const records: XmlElement[] = []
  let end = start
  while (text.startsWith(open, end)) {
    const children: XmlElement[] = []
    let at = end + open.length
    for (let leaf = leafAt(text, at); leaf !== null; leaf = leafAt(text, at)) {
      const [whole, leafName = '', content = ''] = leaf
      children.push({ name: leafName, text: content.includes('&') ? decoded(content) : content, children: [] })
      at += whole.length
    }
    if (!text.startsWith(close, at)) break
    records.push({ name, text: '', children })
    end = at + close.length
  }
  return { records, end }
}

function leafAt(text: string, at: number): RegExpExecArray | null {
  LEAF.lastIndex = at
  return LEAF.exec(text)
}

// The ampersand last: `&amp;lt;` is the text `&lt;`.
function decoded(content: string): string {
  return content
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&')
}
