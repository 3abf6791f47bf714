import { describe, expect, it } from 'vitest'
import { scrub } from './scrub.ts'

const CANARY = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'

describe('scrubbing', () => {
  it.each([
    ['a signed URL', `https://b.s3.amazonaws.com/k?X-Amz-Credential=AKIAEXAMPLE0000&X-Amz-Signature=${CANARY}&x=1`],
    ['a session token in a URL', `GET /?X-Amz-Security-Token=${CANARY}%2F HTTP/1.1`],
    ['an Azure SAS', `https://a.blob.core.windows.net/c?sv=2024&sig=${CANARY}%3D`],
    ['a bearer token', `authorization: Bearer ${CANARY}`],
    ['a JSON Web Token', `the token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.${CANARY.replaceAll('/', '-')} is bad`],
    ['JSON', `{"SecretAccessKey":"${CANARY}","x":1}`],
    ['SQL', `CREATE CONNECTION c SECRET_ACCESS_KEY = '${CANARY}'`],
    ['an environment', `AWS_SECRET_ACCESS_KEY=${CANARY} node`],
    ['a password with blanks in quotes', `password: "x ${CANARY} y"`],
    ['an AWS secret standing alone', `the value ${CANARY} is bad`],
    ['a private key', `-----BEGIN PRIVATE KEY-----\n${CANARY}\n-----END PRIVATE KEY-----`],
    ['a private key cut short', `-----BEGIN RSA PRIVATE KEY-----\n${CANARY}`],
  ])('hides %s', (_where, text) => {
    expect(scrub(text)).not.toContain(CANARY)
  })

  it('hides our own tokens and external ids', () => {
    const external = 'sluice-0123456789abcdef0123456789abcdef'
    const token = 'sluice_abcdefghijklmnopqrstuvwxyz234567'
    expect(scrub(`${external} ${token}`)).toBe('sluice-*** sluice_***')
    expect(scrub("EXTERNAL_ID = 'my-external-id-123'")).not.toContain('my-external-id-123')
  })

  it('leaves what helps: ids, hashes, ARNs, stacks', () => {
    for (const text of [
      'token:tok_abcdefghijklmnopqrst',
      'req_abcdefghijklmnopqrst conn_abcdefghijklmnopqrst',
      'arn:aws:iam::987654321987:role/databend-test',
      'Error: failed\n    at run (file:///srv/packages/service/src/connections/connections.ts:10:3)',
    ])
      expect(scrub(text)).toBe(text)
  })
})
