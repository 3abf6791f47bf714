import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluateCel } from './evaluate.ts'
import { COMPARISONS, logicalOperators, type CelExpression } from './expression.ts'
import { parseCel } from './parse.ts'
import type { CelEnvironment, CelResult } from './result.ts'

function evaluate(source: string, environment: Partial<CelEnvironment> = {}): CelResult {
  const reading = parseCel(source)
  if (!reading.ok) throw new Error(`${source}: ${reading.problem.message}`)
  return evaluateCel(reading.expression, { names: {}, ...environment })
}

const texts = fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed())
const names = fc.constantFrom('resource', 'request', 'assertion', 'a', '_b1')
const literals = fc.oneof(texts, fc.integer(), fc.boolean(), fc.constant(null)).map((value): CelExpression => ({ kind: 'literal', value }))

const expressions = fc.letrec<{ any: CelExpression }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    literals,
    names.map((name): CelExpression => ({ kind: 'name', name })),
    fc.record({ kind: fc.constant('member' as const), of: tie('any'), name: names }),
    fc.record({ kind: fc.constant('index' as const), of: tie('any'), at: tie('any') }),
    fc.record({ kind: fc.constant('list' as const), items: fc.array(tie('any'), { maxLength: 3 }) }),
    fc.record({ kind: fc.constant('not' as const), of: tie('any') }),
    fc.record({ kind: fc.constant('call' as const), target: tie('any'), name: names, arguments: fc.array(tie('any'), { maxLength: 2 }) }),
    fc.record({
      kind: fc.constant('binary' as const),
      operator: fc.constantFrom(...COMPARISONS, '&&' as const, '||' as const, '+' as const),
      left: tie('any'),
      right: tie('any'),
    }),
    fc.record({ kind: fc.constant('choice' as const), test: tie('any'), whenTrue: tie('any'), whenFalse: tie('any') }),
  ),
})).any

/** Writes an expression with all the brackets there can be. */
function print(expression: CelExpression): string {
  switch (expression.kind) {
    case 'literal':
      return typeof expression.value === 'string' ? quote(expression.value, '"') : String(expression.value)
    case 'name':
      return expression.name
    case 'member':
      return `(${print(expression.of)}).${expression.name}`
    case 'index':
      return `(${print(expression.of)})[${print(expression.at)}]`
    case 'list':
      return `[${expression.items.map(print).join(', ')}]`
    case 'not':
      return `!(${print(expression.of)})`
    case 'call':
      return `${expression.target ? `(${print(expression.target)}).` : ''}${expression.name}(${expression.arguments.map(print).join(',')})`
    case 'binary':
      return `(${print(expression.left)}) ${expression.operator} (${print(expression.right)})`
    default:
      return `(${print(expression.test)}) ? (${print(expression.whenTrue)}) : (${print(expression.whenFalse)})`
  }
}

function quote(text: string, mark: string): string {
  // oxlint-disable-next-line no-control-regex -- they are what has to be written otherwise
  const escaped = text.replace(/[\\"'\x00-\x1f]/g, (character) =>
    character === mark || character === '\\'
      ? `\\${character}`
      : character < ' '
        ? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
        : character,
  )
  return `${mark}${escaped}${mark}`
}

describe('reading CEL', () => {
  it('gives back any expression that is written out', () => {
    fc.assert(
      fc.property(expressions, (expression) => {
        expect(parseCel(print(expression))).toEqual({ ok: true, expression })
      }),
    )
  })

  it('gives back any text in any quotes', () => {
    fc.assert(
      fc.property(texts, fc.constantFrom('"', "'"), (text, mark) => {
        expect(parseCel(quote(text, mark))).toEqual({ ok: true, expression: { kind: 'literal', value: text } })
      }),
    )
  })

  it('says of any other text where it stops being one', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab.("\'\\)[]!&|=<>?:+, 1r-'.split('')), maxLength: 24 }), (source) => {
        const reading = parseCel(source)
        if (!reading.ok) expect(reading.problem.at).toBeGreaterThanOrEqual(0)
        if (!reading.ok) expect(reading.problem.at).toBeLessThanOrEqual(source.length)
      }),
      { numRuns: 2000 },
    )
  })

  it.each([
    ["'it\\'s'", "it's"],
    ['"tab\\t \\x41\\u00e4\\U0001F600\\101"', 'tab\t Aä😀A'],
    ['r"c:\\d"', 'c:\\d'],
    ['"""two\nlines"""', 'two\nlines'],
    ["'' // nothing", ''],
  ])('reads the text %s', (source, value) => {
    expect(evaluate(source)).toEqual({ kind: 'value', value })
  })

  it.each([
    'a &&',
    'a == ',
    '(a',
    'a)',
    '"open',
    '"line\nbreak"',
    '"\\q"',
    '"\\ud800"',
    'a && || b',
    'a = b',
    '1.5',
    '0x10',
    '2u',
    'b"bytes"',
    'a - b',
    'a * b',
    '{"a": 1}',
    'a ? b',
    'in',
    'f(a,)',
    '!'.repeat(65) + 'a',
    '('.repeat(65) + 'a' + ')'.repeat(65),
    '',
  ])('does not guess at %j', (source) => {
    expect(parseCel(source).ok).toBe(false)
  })

  it('binds && closer than ||, comparisons closer than both, and ! closest', () => {
    expect(parseCel('a || b && c == d')).toEqual(parseCel('a || (b && (c == d))'))
    expect(parseCel('!a == b')).toEqual(parseCel('(!a) == b'))
    expect(parseCel('a ? b : c ? d : e')).toEqual(parseCel('a ? b : (c ? d : e)'))
  })

  it('counts logical operators', () => {
    const reading = parseCel('!(a && b) || f(c || d)[0] && [!e][0] ? g : h')
    expect(reading.ok && logicalOperators(reading.expression)).toBe(6)
  })
})

describe('evaluating CEL', () => {
  const resource = { name: 'projects/_/buckets/b/objects/p/k', type: 'storage.googleapis.com/Object', service: 'storage.googleapis.com' }
  const at = (time: string): Partial<CelEnvironment> => ({ names: { resource, request: { time: new Date(time) } } })

  it.each([
    ['resource.name.startsWith("projects/_/buckets/b/objects/p/")', true],
    ["resource.name.startsWith('projects/_/buckets/b/objects/q/')", false],
    ['resource.name.endsWith("/k") && resource.type == "storage.googleapis.com/Object"', true],
    ['resource["name"].contains("buckets") || false', true],
    ['request.time < timestamp("2027-01-01T00:00:00Z")', true],
    ['request.time >= timestamp("2026-11-22T11:00:00+01:00")', true],
    ['request.time < timestamp("2026-11-22T10:00:00Z")', false],
    ['resource.service in ["storage.googleapis.com", "iam.googleapis.com"]', true],
    ['resource.name.extract("buckets/{bucket}/objects/") == "b"', true],
    ['resource.name.extract("objects/{rest}") == "p/k"', true],
    ['resource.name.extract("folders/{folder}/") == ""', true],
    ['resource.type == "x" ? true : resource.name != ""', true],
    ['"a" + "b" == "ab"', true],
    ['has(resource.name) && !has(resource.tag)', true],
    ['"name" in resource', true],
    ['[1, 2] == [1, 2] && 1 < 2 && "a" < "b"', true],
  ])('%s is %s', (source, value) => {
    expect(evaluate(source, at('2026-11-22T10:00:00Z'))).toEqual({ kind: 'value', value })
  })

  it.each([
    ['resource.name == 1', 'error'],
    ['resource.missing == "x"', 'error'],
    ['resource.constructor == "x"', 'error'],
    ['resource.name && true', 'error'],
    ['!resource.name', 'error'],
    ['resource.name.startsWith(1)', 'error'],
    ['timestamp("tomorrow") < request.time', 'error'],
    ['resource.matchTag("p/env", "prod")', 'unknown'],
    ['resource.name.matches("^projects/.*")', 'unknown'],
    ['request.time.getHours("Europe/Berlin") > 8', 'unknown'],
    ['destination.ip == "10.0.0.1"', 'unknown'],
    ['size(resource.name) > 3', 'unknown'],
    ['1 + 2 == 3', 'unknown'],
    ['api.getAttribute("storage.googleapis.com/objectListPrefix", "") == ""', 'unknown'],
    ['resource.missing == destination.ip', 'unknown'],
  ])('%s is %s', (source, kind) => {
    expect(evaluate(source, at('2026-11-22T10:00:00Z')).kind).toBe(kind)
  })

  it('answers for attributes of the API where they are known', () => {
    const source = 'api.getAttribute("storage.googleapis.com/objectListPrefix", "none").startsWith("p/")'
    expect(evaluate(source, { api: { 'storage.googleapis.com/objectListPrefix': 'p/q' } })).toEqual({ kind: 'value', value: true })
    expect(evaluate(source, { api: {} })).toEqual({ kind: 'value', value: false })
  })

  const logic = fc.letrec<{ any: string }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom('a', 'b', 'c', 'true', 'false', '(1 == "")'),
      tie('any').map((of) => `!(${of})`),
      fc
        .tuple(tie('any'), fc.constantFrom('&&', '||', '=='), tie('any'))
        .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
      fc.tuple(tie('any'), tie('any'), tie('any')).map(([test, yes, no]) => `(${test} ? ${yes} : ${no})`),
    ),
  })).any
  const values = fc.record({ a: fc.boolean(), b: fc.boolean(), c: fc.boolean() })

  it('concludes nothing from what is unknown: whatever it turns out to be, the answer stands', () => {
    fc.assert(
      fc.property(logic, values, fc.subarray(['a', 'b', 'c'] as const), (source, all, known) => {
        const partial = evaluate(source, { names: Object.fromEntries(known.map((name) => [name, all[name]])) })
        if (partial.kind === 'value') expect(evaluate(source, { names: all })).toEqual(partial)
      }),
      { numRuns: 1000 },
    )
  })

  it('does not care which side of && and || comes first', () => {
    fc.assert(
      fc.property(logic, logic, values, (left, right, all) => {
        for (const operator of ['&&', '||'])
          expect(evaluate(`(${left}) ${operator} (${right})`, { names: all }).kind).toBe(
            evaluate(`(${right}) ${operator} (${left})`, { names: all }).kind,
          )
      }),
    )
  })
})
