import { accessError } from '@sluice/core'
import { SaxesParser } from 'saxes'

/** One element: its name without namespace prefix, its own text, and its child elements in order. */
export interface XmlElement {
  readonly name: string
  readonly text: string
  readonly children: readonly XmlElement[]
  /** Absent where there are none, declarations of namespaces aside. */
  readonly attributes?: { readonly [name: string]: string }
}

interface Building {
  readonly name: string
  text: string
  readonly children: Building[]
  readonly attributes?: { readonly [name: string]: string }
}

/** Deeper than anything a cloud answers; a limit so that a hostile answer cannot exhaust the stack of whoever walks the tree. */
const MAX_DEPTH = 64

/** Parses a cloud's answer into a small tree. Entities of a document type are not expanded; malformed text throws `network.protocol`. */
export function parseXml(text: string): XmlElement {
  const root: Building = { name: '', text: '', children: [] }
  const open: Building[] = [root]
  const parser = new SaxesParser({ xmlns: false, position: false })
  parser.on('error', (error) => {
    throw malformed(error.message)
  })
  parser.on('doctype', () => {
    throw malformed('it has a document type')
  })
  parser.on('opentag', (tag) => {
    const element: Building = { name: tag.name.slice(tag.name.indexOf(':') + 1), text: '', children: [], ...attributesOf(tag.attributes) }
    open.at(-1)?.children.push(element)
    open.push(element)
    if (open.length > MAX_DEPTH) throw malformed('it is nested too deeply')
  })
  parser.on('closetag', () => open.pop())
  const append = (piece: string): void => {
    const element = open.at(-1)
    if (element !== undefined) element.text += piece
  }
  parser.on('text', append)
  parser.on('cdata', append)
  parser.write(text).close()
  const first = root.children[0]
  if (first === undefined) throw malformed('it is empty')
  return first
}

function attributesOf(given: { readonly [name: string]: string }): Pick<Building, 'attributes'> {
  const own = Object.entries(given).filter(([name]) => name !== 'xmlns' && !name.startsWith('xmlns:'))
  return own.length === 0 ? {} : { attributes: Object.fromEntries(own) }
}

function malformed(detail: string): Error {
  return accessError('network.protocol', { message: `The answer is not well-formed XML: ${detail.slice(0, 200)}` })
}

/** The first child of that name. */
export function child(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((candidate) => candidate.name === name)
}

/** The text of the first child of that name. */
export function childText(element: XmlElement | undefined, name: string): string | undefined {
  return child(element, name)?.text
}

/** All children of that name. */
export function children(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return element?.children.filter((candidate) => candidate.name === name) ?? []
}
