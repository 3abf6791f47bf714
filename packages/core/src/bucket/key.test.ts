import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { checkKey, checkKeyIn, compareKeys } from './key.ts'

it.each(['', '/a', 'a/../b', '..', './a', 'a/.', 'a\nb', 'a\u0000', '\u007F', '\uD800', 'é'.repeat(600)])('refuses the key %j', (key) => {
  expect(() => checkKey(key)).toThrowError(expect.objectContaining({ reason: 'object.key' }))
})

it.each(['a', 'a/', 'a//b', 'a/...', 'a b+c%20', '😀', '漢字/x', 'a'.repeat(1_024)])('takes the key %j', (key) => {
  expect(() => checkKey(key)).not.toThrow()
})

it('refuses a sibling that shares the letters of a folder or an object', () => {
  const folder = { cloud: 'aws', bucket: 'b', prefix: 'data/', extent: 'folder' } as const
  const object = { cloud: 'aws', bucket: 'b', prefix: 'data/f.csv', extent: 'object' } as const
  for (const key of ['data', 'data-2/x', 'other/data/x'])
    expect(() => checkKeyIn(folder, key)).toThrowError(expect.objectContaining({ reason: 'object.outside' }))
  expect(() => checkKeyIn(object, 'data/f.csv.bak')).toThrowError(expect.objectContaining({ reason: 'object.outside' }))
  expect(() => checkKeyIn(object, 'data/f.csv')).not.toThrow()
})

it('orders as the bytes of UTF-8 do', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (one, other) => {
      expect(Math.sign(compareKeys(one, other))).toBe(Buffer.compare(Buffer.from(one), Buffer.from(other)))
    }),
  )
})
