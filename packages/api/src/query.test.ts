import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeQuery, encodeQuery } from './query.ts'

const name = fc.string({ minLength: 1 }).filter((text) => !/[[\]]/.test(text))
const value = fc.string({ unit: 'grapheme' })
const inner = fc.oneof(name, fc.constant(''))

describe('query strings', () => {
  it('come back as they were, nested maps included', () => {
    fc.assert(
      fc.property(fc.dictionary(name, fc.oneof(value, fc.dictionary(inner, value, { minKeys: 1 })), { noNullPrototype: true }), (query) => {
        expect(decodeQuery(new URLSearchParams(encodeQuery(query)))).toEqual(query)
      }),
    )
  })

  it('leave out what is undefined and write numbers and booleans plainly', () => {
    expect(encodeQuery({ limit: 3, after: undefined, tags: { a: undefined } })).toBe('?limit=3')
    expect(encodeQuery({})).toBe('')
  })

  it('cannot touch a prototype', () => {
    const query = decodeQuery(new URLSearchParams('__proto__=x&a[__proto__]=y&constructor[prototype]=z'))
    expect(Object.getPrototypeOf({})).not.toBe('x')
    expect(Object.keys(query)).toEqual(['__proto__', 'a', 'constructor'])
    expect(({} as { y?: string }).y).toBeUndefined()
  })
})
