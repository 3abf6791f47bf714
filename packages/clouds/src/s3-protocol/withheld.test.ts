import { expect, it } from 'vitest'
import { vendorError } from './errors.ts'
import { withhold } from '../http/withheld.ts'
import { secretsOf } from './withheld.ts'

const CREDENTIALS = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'a"b/c+d&e', sessionToken: 'token==' }

it.each([
  ['as it is', 'you said a"b/c+d&e and token==', 'you said *** and ***'],
  ['encoded for a URL', '?a%22b%2Fc%2Bd%26e&token%3D%3D', '?***&***'],
  ['escaped for JSON', String.raw`{"a\"b/c+d&e":1}`, '{"***":1}'],
  ['the signature', 'SignedHeaders=host, Signature=0123456789abcdef0123', 'SignedHeaders=host, Signature=***'],
])('leaves a credential out, %s', (_, text, expected) => {
  expect(withhold(text, secretsOf(CREDENTIALS))).toBe(expected)
})

it('leaves the key id in, which is no secret, and everything where there is no credential', () => {
  expect(withhold('AKIAIOSFODNN7EXAMPLE is unknown', secretsOf(CREDENTIALS))).toBe('AKIAIOSFODNN7EXAMPLE is unknown')
  expect(withhold('token==', secretsOf(undefined))).toBe('token==')
  expect(withhold('abc', [''])).toBe('abc')
  expect(withhold('\ud800 stays', ['\ud800x'])).toBe('\ud800 stays')
})

it('passes on nothing of it that a store repeats, in whatever part of its answer', () => {
  const said = 'token== a&quot;b/c+d&amp;e'
  const error = vendorError({
    operation: 'GetObject',
    status: 403,
    headers: { 'x-amz-request-id': 'id token==' },
    text: `<Error><Code>No ${said}</Code><Message>${'-'.repeat(990)}${said}</Message></Error>`,
    subject: 'bucket b',
    secrets: secretsOf(CREDENTIALS),
  })
  const shown = JSON.stringify([error.message, error.provider])
  expect(shown).toContain('***')
  // What is cut to length is cut after, not in the middle of a secret.
  for (const part of ['token', 'a"b', String.raw`a\"b`]) expect(shown).not.toContain(part)
})
