import type { Json, JsonObject } from '@sluice/core'

/** A block of HCL as read back: its words, its attributes evaluated, and its own blocks. */
export interface ReadBlock {
  readonly words: readonly string[]
  readonly attributes: ReadonlyMap<string, Json>
  readonly blocks: readonly ReadBlock[]
}

/**
 * Reads Terraform's language as its specification has it, evaluating references with the variables' defaults: enough of it for generated
 * files, and strict, so that a string that breaks out of its quotes is an error. `${` opens an interpolation in every string.
 */
export function readTerraform(source: string, partition: string, known: JsonObject = {}): readonly ReadBlock[] {
  const variables = new Map<string, Json>()
  let position = 0

  const fail = (what: string): never => {
    throw new Error(`${what} at ${source.slice(0, position).split('\n').length}: ${JSON.stringify(source.slice(position, position + 40))}`)
  }
  const skip = (pattern: RegExp): string => {
    pattern.lastIndex = position
    const found = pattern.exec(source)?.[0] ?? ''
    position += found.length
    return found
  }
  const space = (): string => skip(/[ \t]*/y)
  const lines = (): string => skip(/\s*/y)
  const accept = (token: string): boolean => {
    if (!source.startsWith(token, position)) return false
    position += token.length
    return true
  }
  const expect = (token: string): void => {
    if (!accept(token)) fail(`expected ${token}`)
  }

  const reference = (): Json => {
    const path = skip(/[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*|\[\d+\])*/y)
    if (path === '') return fail('expected an expression')
    if (path === 'true' || path === 'false') return path === 'true'
    if (path === 'null') return null
    if (path === 'jsonencode') {
      expect('(')
      const value = expression()
      expect(')')
      return value
    }
    if (path === 'data.aws_partition.current.partition') return partition
    if (path === 'data.aws_caller_identity.current.account_id') return '987654321987'
    const fact = known[path]
    if (fact !== undefined) return fact
    if (path.startsWith('var.')) {
      const value = variables.get(path.slice('var.'.length))
      return value === undefined ? fail(`undeclared ${path}`) : value
    }
    // References to resources, and types of variables.
    if (path === 'map') {
      expect('(string)')
      return 'map(string)'
    }
    if (accept('(')) {
      const given = [expression()]
      while (accept(', ')) given.push(expression())
      expect(')')
      return `call:${path}(${given.map(String).join(', ')})`
    }
    return `ref:${path}`
  }

  const quoted = (): string => {
    expect('"')
    let value = ''
    while (!accept('"')) {
      if (accept('${')) {
        const part = reference()
        if (typeof part !== 'string') return fail('a reference that is no string')
        value += part
        expect('}')
      } else if (source.startsWith('%{', position)) fail('a template directive')
      else if (accept('\\')) {
        const escape = skip(/[nrt"\\]|u[0-9a-fA-F]{4}/y)
        if (escape === '') fail('an unknown escape')
        value += escape.startsWith('u') ? String.fromCharCode(Number.parseInt(escape.slice(1), 16)) : (ESCAPES[escape] ?? escape)
      } else {
        const literal = skip(/[^"\\\n]/y)
        if (literal === '') fail('a string that does not end')
        value += literal
      }
    }
    return value
  }

  const list = (): Json => {
    const items: Json[] = []
    expect('[')
    for (lines(); !accept(']'); lines()) {
      items.push(expression())
      lines()
      if (!accept(',') && !source.startsWith(']', position)) fail('expected , or ]')
    }
    return items
  }

  const object = (): Json => {
    const entries: [string, Json][] = []
    expect('{')
    for (lines(); !accept('}'); lines()) {
      const key = source[position] === '"' ? quoted() : skip(/[A-Za-z_][\w-]*/y)
      space()
      expect('=')
      space()
      entries.push([key, expression()])
      if (!/\n/.test(lines()) && !source.startsWith('}', position)) fail('expected a new line')
    }
    return Object.fromEntries(entries)
  }

  const expression = (): Json => {
    const next = source[position]
    if (next === '"') return quoted()
    if (next === '[') return list()
    if (next === '{') return object()
    const number = skip(/-?\d+/y)
    if (number !== '') return Number(number)
    const value = reference()
    if (accept(' == ')) return value === expression()
    if (!accept(' ? ')) return value
    const yes = expression()
    expect(' : ')
    const no = expression()
    return value === true ? yes : no
  }

  const block = (words: readonly string[]): ReadBlock => {
    const attributes = new Map<string, Json>()
    const blocks: ReadBlock[] = []
    for (lines(); !accept('}'); lines()) {
      const name = skip(/[A-Za-z_][\w-]*/y)
      if (name === '') fail('expected a name')
      space()
      if (accept('=')) {
        space()
        attributes.set(name, expression())
      } else blocks.push(block([name, ...header()]))
      if (!/\n/.test(lines()) && !source.startsWith('}', position)) fail('expected a new line')
    }
    if (words[0] === 'variable')
      variables.set(words[1] ?? '', attributes.has('default') ? (attributes.get('default') ?? null) : `ref:var.${words[1]}`)
    return { words, attributes, blocks }
  }

  const header = (): readonly string[] => {
    const labels: string[] = []
    for (space(); !accept('{'); space()) labels.push(quoted())
    return labels
  }

  const found: ReadBlock[] = []
  for (lines(); position < source.length; lines()) {
    const name = skip(/[a-z_]+/y)
    if (name === '') fail('expected a block')
    found.push(block([name, ...header()]))
  }
  return found
}

const ESCAPES: JsonObject & { readonly [escape: string]: string } = { n: '\n', r: '\r', t: '\t' }

/** The one block with these words. */
export function blockOf(blocks: readonly ReadBlock[], ...words: readonly string[]): ReadBlock {
  const found = blocks.filter((block) => block.words.join(' ') === words.join(' '))
  const [only] = found
  if (only === undefined || found.length > 1) throw new Error(`${found.length} blocks ${words.join(' ')}`)
  return only
}
