import { expect, it } from 'vitest'
import { loadMasterKey } from './master-key.ts'

const random = { bytes: (length: number) => new Uint8Array(length), fraction: () => 0 }
const bytes = Uint8Array.from({ length: 32 }, (_, index) => index * 8)
const load = (SLUICE_MASTER_KEY?: string) => loadMasterKey({ env: { SLUICE_MASTER_KEY }, random })

it('reads base64, with and without padding, and hexadecimal of either case', () => {
  const base64 = Buffer.from(bytes).toString('base64')
  const hex = Buffer.from(bytes).toString('hex')
  for (const text of [base64, base64.replace(/=+$/, ''), hex, hex.toUpperCase(), ` ${hex}\n`]) expect(load(text)).toEqual(bytes)
})

it.each([
  ['too short', Buffer.from(bytes.subarray(1)).toString('base64')],
  ['too long', Buffer.alloc(33).toString('base64')],
  [
    'with a character that is not base64',
    `${Buffer.from(bytes).toString('base64').slice(0, 20)}!${Buffer.from(bytes).toString('base64').slice(20)}`,
  ],
  ['63 hexadecimal digits', 'a'.repeat(63)],
  ['a passphrase', 'correct horse battery staple'],
])('refuses a key that is %s, without repeating it', (_, text) => {
  expect(() => load(text)).toThrow(expect.objectContaining({ reason: 'store.bad_master_key', message: expect.not.stringContaining(text) }))
})

it('must be given where no file may be made', () => {
  expect(() => load()).toThrow(expect.objectContaining({ reason: 'store.master_key_required' }))
  expect(() => load('  ')).toThrow(expect.objectContaining({ reason: 'store.master_key_required' }))
})
