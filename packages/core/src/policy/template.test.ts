import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { globMatches, globOf } from './glob.ts'
import { parseTemplate, resolveCodes, resolveText } from './template.ts'

it('leaves a text without variables as it is', () => {
  fc.assert(
    fc.property(fc.string(), fc.boolean(), (text, variables) => {
      fc.pre(!text.includes('${'))
      expect(resolveText(parseTemplate(text, variables), () => 'x')).toBe(text)
    }),
  )
})

it('never takes a substituted value for a pattern', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (value, text) => {
      const codes = resolveCodes(parseTemplate('home/${aws:username}/*', true), () => value)
      expect(globMatches(globOf(codes ?? []), `home/${text}/x`)).toBe(`home/${text}/x`.startsWith(`home/${value}/`))
    }),
  )
})

it('keeps a value that itself looks like a variable as text', () => {
  expect(resolveText(parseTemplate('a/${x:y}', true), () => '${x:y}')).toBe('a/${x:y}')
})

it('reads a fallback with spaces, and an empty one', () => {
  expect(resolveText(parseTemplate("${x:y, 'no one'}", true), () => undefined)).toBe('no one')
  expect(resolveText(parseTemplate("<${x:y, ''}>", true), () => undefined)).toBe('<>')
})

it('says nothing where a variable has no value', () => {
  expect(resolveText(parseTemplate('a${x:y}', true), () => undefined)).toBeUndefined()
  expect(resolveCodes(parseTemplate('a${x:y}', true), () => undefined)).toBeUndefined()
})
