import type { Json } from '../../json.ts'
import { isObject } from '../../policy/shapes.ts'
import { unescaped } from '../message/xml-text.ts'

const TAG = /<(\/?)([A-Za-z][\w.-]*)((?:\s[^<>]*?)?)(\/?)>|<[!?][^>]*>/g

interface Open {
  readonly name: string
  readonly children: Map<string, Json>
  text: string
}

/** An XML document as the JSON it comes to: elements by name, several of one name as a list, leaves as text. What was cut off gives what it had. */
export function xmlValue(text: string): Json | undefined {
  const root: Open = { name: '', children: new Map(), text: '' }
  const open: Open[] = [root]
  let from = 0
  for (const match of text.matchAll(TAG)) {
    const current = open.at(-1) ?? root
    current.text += text.slice(from, match.index)
    from = match.index + match[0].length
    const [, closing, name, , empty] = match
    if (name === undefined) continue
    if (closing === '/') close(open, name)
    else if (empty === '/') put(current, name, '')
    else open.push({ name, children: new Map(), text: '' })
  }
  while (open.length > 1) close(open, open.at(-1)?.name ?? '')
  return root.children.size === 0 ? undefined : Object.fromEntries(root.children)
}

function close(open: Open[], name: string): void {
  if (open.at(-1)?.name !== name) return
  const done = open.pop()
  const parent = open.at(-1)
  if (done === undefined || parent === undefined) return
  put(parent, name, done.children.size === 0 ? unescaped(done.text.trim()) : Object.fromEntries(done.children))
}

function put({ children }: Open, name: string, value: Json): void {
  const before = children.get(name)
  children.set(name, before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value])
}

/** The first value under a name, however deep it stands. */
export function deep(value: Json | undefined, name: string): Json | undefined {
  if (Array.isArray(value)) {
    for (const one of value) {
      const found = deep(one, name)
      if (found !== undefined) return found
    }
    return undefined
  }
  if (!isObject(value)) return undefined
  if (value[name] !== undefined) return value[name]
  for (const one of Object.values(value)) {
    const found = deep(one, name)
    if (found !== undefined) return found
  }
  return undefined
}
