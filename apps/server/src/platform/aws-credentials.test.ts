import { describe, expect, it } from 'vitest'
import { credentialService, type Answers } from '../../test/credential-service.ts'
import type { AwsIdentity } from '../config/identities.ts'
import { createAwsCredentials } from './aws-credentials.ts'

const NOW = Date.UTC(2026, 0, 1)
const signal = new AbortController().signal

function answer(hours: number) {
  return JSON.stringify({
    AccessKeyId: 'ASIAEXAMPLE',
    SecretAccessKey: 'canary-secret',
    Token: 'session',
    Expiration: new Date(NOW + hours * 3_600_000).toISOString(),
  })
}

function setUp(identity: AwsIdentity, answers: Answers) {
  const clock = { at: NOW }
  const { transport, seen } = credentialService(answers)
  const credentials = createAwsCredentials({
    identity,
    transport,
    clock: { now: () => clock.at, sleep: () => Promise.resolve() },
    readFile: async (path) => `token of ${path}\n`,
  })
  return { credentials, seen, clock }
}

const INSTANCE = 'http://169.254.169.254/latest/'
const ROLES = `${INSTANCE}meta-data/iam/security-credentials/`

describe('our own AWS credentials', () => {
  it('are the static ones where there are any', async () => {
    const keys = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'canary-secret' }
    const { credentials, seen } = setUp({ keys, instance: true }, {})
    expect(await credentials(signal)).toEqual(keys)
    expect(seen).toEqual([])
  })

  it('come from the machine, by a session of its metadata service', async () => {
    const { credentials, seen } = setUp(
      { instance: true },
      {
        [`PUT ${INSTANCE}api/token`]: (request) =>
          request.headers['x-aws-ec2-metadata-token-ttl-seconds'] === '21600' ? 'session-1' : 400,
        [`GET ${ROLES}`]: (request) => (request.headers['x-aws-ec2-metadata-token'] === 'session-1' ? 'platform role\n' : 401),
        [`GET ${ROLES}platform%20role`]: (request) => (request.headers['x-aws-ec2-metadata-token'] === 'session-1' ? answer(6) : 401),
      },
    )
    expect(await credentials(signal)).toEqual({
      accessKeyId: 'ASIAEXAMPLE',
      secretAccessKey: 'canary-secret',
      sessionToken: 'session',
      expiresAt: NOW + 6 * 3_600_000,
    })
    expect(seen).toHaveLength(3)
  })

  it('come from the container, with its token read anew each time', async () => {
    const url = 'http://169.254.170.23/v1/credentials'
    const { credentials } = setUp(
      { container: { url, tokenFile: '/var/run/token' }, instance: true },
      { [`GET ${url}`]: (request) => (request.headers['authorization'] === 'token of /var/run/token' ? answer(1) : 403) },
    )
    expect(await credentials(signal)).toMatchObject({ accessKeyId: 'ASIAEXAMPLE' })
  })

  it('are asked for once by many, kept, and renewed before their end', async () => {
    const url = 'http://169.254.170.2/v2/x'
    const { credentials, seen, clock } = setUp({ container: { url }, instance: false }, { [`GET ${url}`]: () => answer(1) })
    await Promise.all(Array.from({ length: 50 }, () => credentials(signal)))
    expect(seen).toHaveLength(1)
    clock.at += 50 * 60_000
    await credentials(signal)
    expect(seen).toHaveLength(1)
    clock.at += 6 * 60_000
    await credentials(signal)
    expect(seen).toHaveLength(2)
  })

  it.each([
    ['there is nothing to ask', { instance: false }, {}],
    ['the service has no role', { instance: true }, { [`PUT ${INSTANCE}api/token`]: () => 'session' }],
    [
      'the answer is no credential',
      { container: { url: 'http://169.254.170.2/a' }, instance: false },
      { 'GET http://169.254.170.2/a': () => '{"SecretAccessKey":"canary-secret"}' },
    ],
    [
      'the answer is not JSON',
      { container: { url: 'http://169.254.170.2/a' }, instance: false },
      { 'GET http://169.254.170.2/a': () => 'canary-secret' },
    ],
    [
      'the answer is endless',
      { container: { url: 'http://169.254.170.2/a' }, instance: false },
      { 'GET http://169.254.170.2/a': () => 'x'.repeat(100_000) },
    ],
  ])('are said to be missing when %s, and nothing is quoted', async (_when, identity: AwsIdentity, routes) => {
    const { credentials } = setUp(identity, routes)
    const error: unknown = await credentials(signal).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ reason: 'platform.credentials_missing' })
    expect(String(error)).not.toContain('canary')
  })
})
