import { expect, it } from 'vitest'
import { diagnoseText } from '../index.ts'
import { unescaped } from './xml-text.ts'

it.each([
  ['&lt;a&gt; &amp;amp; &quot;b&apos;', `<a> &amp; "b'`],
  ['&#65;&#x42;&#x1F600;', 'AB😀'],
  ['&nothing; &#; &#xzz;', '&nothing; &#; &#xzz;'],
  ['&#1114112; &#9999999999; &#xffffffffff;', '&#1114112; &#9999999999; &#xffffffffff;'],
])('reads %s', (text, expected) => {
  expect(unescaped(text)).toBe(expected)
})

it('explains an error whose text holds a character that cannot be', () => {
  const report = diagnoseText('<Error><Code>AccessDenied</Code><Message>&#9999999999;</Message></Error>')
  expect(report.probes).toMatchObject([{ code: 'AccessDenied' }])
})
