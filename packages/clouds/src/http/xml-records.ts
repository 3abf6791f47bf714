import { type XmlElement, parseXml } from './xml.ts'

/**
 * `parseXml` for long documents that are a run of the same plain element, as a page of a listing is: the run is read by pattern, in a
 * tenth of the time, and the rest by the parser. Whatever is not that plain is left to the parser altogether, so that the outcome is the same.
 */
export function parseRecords(text: string, name: string): XmlElement {
  const start = text.indexOf(`<${name}>`)
  if (start === -1 || NOT_PLAIN.test(text)) return parseXml(text)
  const { records, end } = readRun(text, start, name)
  if (records.length === 0 || text.slice(end).search(new RegExp(`<${name}[\\s/>]`)) !== -1) return parseXml(text)
  // A mark stands for the run, to see of which element its records are children.
  const root = parseXml(`${text.slice(0, start)}<${name}/>${text.slice(end)}`)
  return countOf(root, name) === 1 && root.name !== name ? withRun(root, name, records) : parseXml(text)
}

/** Comments, CDATA, other references than the usual, line ends to normalize, characters that XML cannot have. */
const NOT_PLAIN = /<!|\]\]>|&(?!quot;|amp;|lt;|gt;|apos;)|[\0-\x08\x0B-\x1F\uFFFE\uFFFF]/

/** Whole elements with nothing but text in them, and the beginnings of others. */
const LEAF = /<([A-Za-z][A-Za-z0-9-]*)(?:>([^<]*)<\/\1>|\s*\/>)/y
const OPENING = /<([A-Za-z][A-Za-z0-9-]*)>/y

/** The records that follow one another from `start` on, and where the last one ends. */
function readRun(text: string, start: number, name: string): { readonly records: readonly XmlElement[]; readonly end: number } {
  const open = `<${name}>`
  const records: XmlElement[] = []
  let end = start
  while (text.startsWith(open, end)) {
    const read = readChildren(text, end + open.length, name, LEVELS)
    if (read === undefined) break
    records.push({ name, text: '', children: read.children })
    end = read.end
  }
  return { records, end }
}

/** Elements within a record that may have elements of their own. */
const LEVELS = 1

/** The children of an element up to its end tag; undefined where there is anything but elements that are plain. */
function readChildren(
  text: string,
  start: number,
  name: string,
  levels: number,
): { readonly children: readonly XmlElement[]; readonly end: number } | undefined {
  const children: XmlElement[] = []
  let at = start
  for (;;) {
    const leaf = matchAt(LEAF, text, at)
    if (leaf !== null) {
      const [whole, leafName = '', content = ''] = leaf
      children.push({ name: leafName, text: content.includes('&') ? decoded(content) : content, children: [] })
      at += whole.length
      continue
    }
    const group = levels > 0 ? matchAt(OPENING, text, at) : null
    if (group === null) break
    const [opening, groupName = ''] = group
    const inner = readChildren(text, at + opening.length, groupName, levels - 1)
    if (inner === undefined) return undefined
    children.push({ name: groupName, text: '', children: inner.children })
    at = inner.end
  }
  const close = `</${name}>`
  return text.startsWith(close, at) ? { children, end: at + close.length } : undefined
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

function countOf(element: XmlElement, name: string): number {
  return element.children.reduce((sum, each) => sum + countOf(each, name), element.name === name ? 1 : 0)
}

/** The tree with the records in the place of the one mark. */
function withRun(element: XmlElement, name: string, records: readonly XmlElement[]): XmlElement {
  return { ...element, children: element.children.flatMap((each) => (each.name === name ? records : [withRun(each, name, records)])) }
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
