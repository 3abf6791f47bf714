import { expect, it } from 'vitest'
import { readRange } from './range.ts'

it.each([
  [undefined, undefined],
  ['bytes=0-3', { start: 0, end: 4 }],
  ['bytes=8-20', { start: 8, end: 10 }],
  ['bytes=-4', { start: 6, end: 10 }],
  ['bytes=-40', { start: 0, end: 10 }],
  ['bytes=9-', { start: 9, end: 10 }],
  ['bytes=10-', 'unsatisfiable'],
  ['bytes=-0', 'unsatisfiable'],
  // What is not one range of bytes is ignored.
  ['bytes=3-2', undefined],
  ['bytes=0-1,3-4', undefined],
  ['bytes=-', undefined],
  ['items=0-1', undefined],
])('reads %s of ten bytes', (header, expected) => {
  expect(readRange(header, 10)).toEqual(expected)
})

it('has nothing to send of an empty object', () => {
  expect(readRange('bytes=0-0', 0)).toBe('unsatisfiable')
})
