import { generateKeyPairSync } from 'node:crypto'
import { expect, it } from 'vitest'
import { parseServiceAccountKey } from './service-account-key.ts'

const file = (bits: number) =>
  JSON.stringify({
    type: 'service_account',
    client_email: 'loader@acme-data.iam.gserviceaccount.com',
    private_key_id: 'a1',
    private_key: generateKeyPairSync('rsa', { modulusLength: bits }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
  })

it('refuses a key that is too short to sign a token with, before it is stored', () => {
  expect(() => parseServiceAccountKey(file(1_024))).toThrowError(expect.objectContaining({ reason: 'gcp.key.malformed' }))
  expect(parseServiceAccountKey(file(2_048)).privateKeyId).toBe('a1')
})
