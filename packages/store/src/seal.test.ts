import { randomBytes } from 'node:crypto'
import { array, assert, property, string } from 'fast-check'
import { expect, it } from 'vitest'
import { seal, unseal, type Sealed } from './seal.ts'

const random = { bytes: (length: number) => new Uint8Array(randomBytes(length)), fraction: () => 0 }
const KEY = new Uint8Array(32).fill(1)

it('opens with the same key and binding, whatever the text', () => {
  assert(
    property(string({ unit: 'grapheme' }), array(string()), (text, bound) => {
      expect(unseal(seal(text, bound, KEY, random), bound, KEY)).toBe(text)
    }),
    { numRuns: 50 },
  )
})

it('opens with no other key and no other binding', () => {
  const sealed = seal('text', ['ab', 'c'], KEY, random)
  expect(unseal(sealed, ['ab', 'c'], new Uint8Array(32).fill(2))).toBeUndefined()
  for (const bound of [['a', 'bc'], ['abc'], ['c', 'ab'], []]) expect(unseal(sealed, bound, KEY)).toBeUndefined()
})

it('opens no more once any single bit is changed or a byte is missing', () => {
  const bytes = Buffer.from(seal('text', ['id'], KEY, random), 'base64')
  const opens = (changed: Buffer) => {
    // A forged envelope has the form of one.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
    const sealed = changed.toString('base64') as Sealed<string>
    return unseal(sealed, ['id'], KEY) !== undefined
  }
  expect(opens(bytes)).toBe(true)
  for (let position = 0; position < bytes.length; position++) {
    const changed = Buffer.from(bytes)
    changed[position] = (changed[position] ?? 0) ^ (1 << (position % 8))
    expect(opens(changed)).toBe(false)
    expect(opens(bytes.subarray(0, position))).toBe(false)
  }
})

it('never makes the same envelope twice', () => {
  expect(seal('text', ['id'], KEY, random)).not.toBe(seal('text', ['id'], KEY, random))
})
