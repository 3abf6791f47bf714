import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseRecords } from './xml-records.ts'
import { type XmlElement, parseXml } from './xml.ts'

const outcome = (parse: () => XmlElement): unknown => {
  try {
    return parse()
  } catch {
    return 'refused'
  }
}

const PIECES = [
  '<Contents>',
  '</Contents>',
  '<Contents/>',
  '<Key>',
  '</Key>',
  '<Key>a&amp;b</Key>',
  '<Contents><Key>&amp;lt;&apos;&gt;</Key></Contents>',
  '<Size>1</Size>',
  '<ETag>&quot;e&quot;</ETag>',
  '<Owner><ID>o</ID></Owner>',
  '<Contents><Key>k</Key></Contents>',
  '<Contents><Key>é&lt;</Key><Size>2</Size></Contents>',
  '<CommonPrefixes><Prefix>p/</Prefix></CommonPrefixes>',
  '<Contents><Name>n</Name><Properties><Content-Length>1</Content-Length><Content-MD5 /></Properties><Tags/></Contents>',
  '<Contents><Properties><Deep><Deeper>d</Deeper></Deep></Properties></Contents>',
  '<Properties>',
  '</Properties>',
  '<ContentsPrefix><Name>p/</Name></ContentsPrefix>',
  '<x:Contents xmlns:x="u"><Key>n</Key></x:Contents>',
  '<Contents a="b"><Key>k</Key></Contents>',
  '<!-- <Contents><Key>c</Key></Contents> -->',
  '<![CDATA[<Contents></Contents>]]>',
  '<Wrap>',
  '</Wrap>',
  '&#65;',
  '&boom;',
  ']]>',
  '\r\n',
  '\u0001',
  ' ',
  'text',
]

it('comes to what the parser comes to, whatever the document', () => {
  let accepted = 0
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }), (pieces) => {
      const text = `<?xml version="1.0"?><List xmlns="urn:x"><Name>b</Name>${pieces.join('')}<More>false</More></List>`
      const expected = outcome(() => parseXml(text))
      if (expected !== 'refused') accepted += 1
      expect(outcome(() => parseRecords(text, 'Contents'))).toEqual(expected)
    }),
    { numRuns: 3_000 },
  )
  expect(accepted).toBeGreaterThan(100)
})

it.each(['', '<Contents>', '<Contents><Key>k</Key></Contents>', '<a/><Contents></Contents>', '<List><Contents><Key>k</Key></Contents>'])(
  'does so for %j',
  (text) => {
    expect(outcome(() => parseRecords(text, 'Contents'))).toEqual(outcome(() => parseXml(text)))
  },
)
