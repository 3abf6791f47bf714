import { generateKeyPairSync } from 'node:crypto'
import type { HttpRequest } from '@sluice/core'
import { describe, expect, it } from 'vitest'
import { credentialService, type Answers } from '../../test/credential-service.ts'
import type { GcpIdentity } from '../config/identities.ts'
import { createGcpCredentials } from './gcp-credentials.ts'

const NOW = Date.UTC(2026, 0, 1)
const signal = new AbortController().signal
const MACHINE = 'http://169.254.169.254/computeMetadata/v1/instance/service-accounts/default'
const OWN = 'sluice@sluice-platform.iam.gserviceaccount.com'
const PROJECT_ACCOUNT = 'sluice-acme@sluice-platform.iam.gserviceaccount.com'
const ACT = (account: string): string =>
  `POST https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${encodeURIComponent(account)}:generateAccessToken`

const KEY = JSON.stringify({
  type: 'service_account',
  client_email: OWN,
  private_key_id: 'abc',
  private_key: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
})

function setUp(identity: GcpIdentity, ofMachine: Answers = {}, ofGoogle: Answers = {}, file = KEY) {
  const clock = { at: NOW }
  const machine = credentialService(ofMachine)
  const google = credentialService(ofGoogle)
  const credentials = createGcpCredentials({
    identity,
    machine: machine.transport,
    transport: google.transport,
    clock: { now: () => clock.at, sleep: () => Promise.resolve() },
    readFile: async () => file,
  })
  return { credentials, seen: () => [...machine.seen, ...google.seen], clock }
}

const flavored = (body: string) => (request: HttpRequest) => (request.headers['metadata-flavor'] === 'Google' ? body : 403)
const INSTANCE: Answers = {
  [`GET ${MACHINE}/email`]: flavored(`${OWN}\n`),
  [`GET ${MACHINE}/token`]: flavored('{"access_token":"ya29.machine","expires_in":3599,"token_type":"Bearer"}'),
}
const acting = (request: HttpRequest): string | number =>
  request.headers['authorization'] === 'Bearer ya29.machine'
    ? JSON.stringify({ accessToken: 'ya29.acted', expireTime: new Date(NOW + 3_600_000).toISOString() })
    : 403

describe('our own credentials in Google Cloud', () => {
  it('come from the machine', async () => {
    const { credentials, seen } = setUp({ machine: true }, INSTANCE)
    expect(await credentials(OWN, signal)).toEqual({ token: 'ya29.machine', expiresAt: NOW + 3_599_000 })
    expect(seen()).toHaveLength(2)
  })

  it('come from a key file, which is sent to Google alone whatever it says', async () => {
    const { credentials, seen } = setUp(
      { keyFile: '/key.json', machine: true },
      {},
      { 'POST https://oauth2.googleapis.com/token': () => '{"access_token":"ya29.key","expires_in":3599}' },
      KEY.replace('{', '{"token_uri":"https://evil.example/token",'),
    )
    expect(await credentials(OWN, signal)).toEqual({ token: 'ya29.key', expiresAt: NOW + 3_599_000 })
    expect(seen()).toEqual(['POST https://oauth2.googleapis.com/token'])
  })

  it('act as the account of a project where that is another', async () => {
    const { credentials } = setUp({ machine: true }, INSTANCE, { [ACT(PROJECT_ACCOUNT)]: acting })
    expect(await credentials(PROJECT_ACCOUNT, signal)).toEqual({ token: 'ya29.acted', expiresAt: NOW + 3_600_000 })
  })

  it('are asked for once by many, kept, and renewed before their end', async () => {
    const { credentials, seen, clock } = setUp({ machine: true }, INSTANCE, { [ACT(PROJECT_ACCOUNT)]: acting })
    await Promise.all(Array.from({ length: 50 }, () => credentials(PROJECT_ACCOUNT, signal)))
    expect(seen()).toHaveLength(3)
    clock.at += 50 * 60_000
    await credentials(PROJECT_ACCOUNT, signal)
    expect(seen()).toHaveLength(3)
    clock.at += 6 * 60_000
    await credentials(PROJECT_ACCOUNT, signal)
    expect(seen().length).toBeGreaterThan(3)
  })

  it.each([
    ['there is nothing to ask', { machine: false }, {}],
    ['the machine has no account', { machine: true }, {}],
    ['the answer is no token', { machine: true }, { ...INSTANCE, [`GET ${MACHINE}/token`]: () => '{"access_token":"","secret":"canary"}' }],
  ] as const)('are said to be missing when %s, and nothing is quoted', async (_when, identity, answers) => {
    const error: unknown = await setUp(identity, answers)
      .credentials(OWN, signal)
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ reason: 'platform.credentials_missing' })
    expect(String(error)).not.toContain('canary')
  })
})
