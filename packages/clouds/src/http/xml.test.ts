import { expect, it } from 'vitest'
import { childText, children, parseXml } from './xml.ts'

it('reads elements, entities, CDATA and namespace prefixes', () => {
  const root = parseXml('<?xml version="1.0"?><a:Root xmlns:a="urn:x"><Key>a &amp; b&#233;</Key><Key><![CDATA[<c>]]></Key></a:Root>')
  expect(root.name).toBe('Root')
  expect(childText(root, 'Key')).toBe('a & bé')
  expect(children(root, 'Key').map((element) => element.text)).toEqual(['a & bé', '<c>'])
})

it.each([
  ['', 'nothing'],
  ['<a>', 'an open element'],
  ['<a></b>', 'a wrong end'],
  ['<a>&boom;</a>', 'an unknown entity'],
  ['<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', 'a document type'],
  ['<html><body><br></body></html>', 'HTML'],
  [`${'<a>'.repeat(100)}${'</a>'.repeat(100)}`, 'a hundred levels'],
])('refuses %j: %s', (text) => {
  expect(() => parseXml(text)).toThrowError(expect.objectContaining({ reason: 'network.protocol' }))
})
