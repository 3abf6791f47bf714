import fc from 'fast-check'
import { expect, it } from 'vitest'
import { childText, readXml, writeXml } from './xml.ts'

it('reads back whatever text it wrote', () => {
  // Of the control characters XML can carry only these three.
  const text = fc.string({
    unit: fc.constantFrom('a', ' ', '\t', '\n', '\r', '<', '>', '&', '"', "'", ']', 'é', '\u{85}', '\u{2028}', '\u{1f600}'),
  })
  fc.assert(
    fc.property(text, (value) => {
      const root = readXml(writeXml(['Root xmlns="x"', [['Key', value]]]))
      expect(root?.children[0]?.text).toBe(value)
    }),
  )
})

it('refuses what is not well formed, nested without end, or full of entities', () => {
  expect(readXml('<a><b></a>')).toBeUndefined()
  expect(readXml('')).toBeUndefined()
  expect(readXml('<a>'.repeat(100) + '</a>'.repeat(100))).toBeUndefined()
  expect(readXml('<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>')).toBeUndefined()
})

it('drops namespaces and trims what it is asked for by name', () => {
  const root = readXml('<n:Delete xmlns:n="urn:x"><n:Quiet> true </n:Quiet></n:Delete>')
  expect(root?.name).toBe('Delete')
  expect(childText(root, 'Quiet')).toBe('true')
})
