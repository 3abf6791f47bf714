import { describe, expect, it } from 'vitest'
import { credentialService, type Answers } from '../../test/credential-service.ts'
import type { AliyunIdentity } from '../config/identities.ts'
import { createAliyunCredentials } from './aliyun-credentials.ts'

const NOW = Date.UTC(2026, 0, 1)
const signal = new AbortController().signal
const MACHINE = 'http://100.100.100.200/latest'
const ROLES = `${MACHINE}/meta-data/ram/security-credentials/`

function setUp(
  identity: Omit<AliyunIdentity, 'stsRegion'>,
  answers: Answers = {},
  ofSts: (line: string, body: string) => string | number = () => 404,
) {
  const clock = { at: NOW }
  const { transport: machine, seen } = credentialService(answers)
  const credentials = createAliyunCredentials({
    identity: { ...identity, stsRegion: 'cn-hangzhou' },
    machine,
    transport: async (request, stop) => {
      const body = new TextDecoder().decode(request.body instanceof Uint8Array ? request.body : new Uint8Array())
      const line = `${request.method} ${request.url.origin}`
      return credentialService({ [`${request.method} ${request.url.href}`]: () => ofSts(line, body) }).transport(request, stop)
    },
    clock: { now: () => clock.at, sleep: () => Promise.resolve() },
    random: { bytes: (length) => new Uint8Array(length), fraction: () => 0 },
    readFile: async (path) => `token of ${path}\n`,
  })
  return { credentials, seen, clock }
}

const expires = (hours: number) => new Date(NOW + hours * 3_600_000).toISOString()

function answer(hours: number) {
  const secrets = { AccessKeySecret: 'canary-secret', SecurityToken: 'token' }
  return JSON.stringify({ Code: 'Success', AccessKeyId: 'STS.example', ...secrets, Expiration: expires(hours) })
}

/** The metadata service of an instance that answers nobody without a session. */
function instance(role: string, hours = 6): Answers {
  const bySession = (body: string) => (request: { readonly headers: { readonly [name: string]: string } }) =>
    request.headers['x-aliyun-ecs-metadata-token'] === 'session-1' ? body : 403
  return {
    [`PUT ${MACHINE}/api/token`]: ({ headers }) => (headers['x-aliyun-ecs-metadata-token-ttl-seconds'] === '21600' ? 'session-1' : 400),
    [`GET ${ROLES}`]: bySession(`${role}\n`),
    [`GET ${ROLES}${role}`]: bySession(answer(hours)),
  }
}

describe('our own credentials in Alibaba Cloud', () => {
  it('are the static ones where there are any', async () => {
    const keys = { accessKeyId: 'LTAIexample', accessKeySecret: 'canary-secret' }
    const { credentials, seen } = setUp({ keys, machine: {} })
    expect(await credentials(signal)).toEqual(keys)
    expect(seen).toEqual([])
  })

  it('come from the machine, by a session of its metadata service', async () => {
    const { credentials, seen } = setUp({ machine: {} }, instance('sluice'))
    expect(await credentials(signal)).toEqual({
      accessKeyId: 'STS.example',
      accessKeySecret: 'canary-secret',
      securityToken: 'token',
      expiresAt: NOW + 6 * 3_600_000,
    })
    expect(seen).toHaveLength(3)
  })

  it('come from the machine without asking for a role that is named', async () => {
    const { credentials, seen } = setUp({ machine: { role: 'sluice' } }, instance('sluice'))
    expect(await credentials(signal)).toMatchObject({ accessKeyId: 'STS.example' })
    expect(seen).toHaveLength(2)
  })

  it('come from a role that trusts the token in a file, which is sent in the body alone', async () => {
    const oidc = {
      roleArn: 'acs:ram::1234567890123456:role/sluice',
      providerArn: 'acs:ram::1234567890123456:oidc-provider/ack',
      tokenFile: '/var/run/token',
      sessionName: 'sluice',
    }
    const asked: string[] = []
    const { credentials } = setUp({ oidc, machine: {} }, {}, (line, body) => {
      asked.push(line)
      const parameters = new URLSearchParams(body)
      if (parameters.get('OIDCToken') !== 'token of /var/run/token' || parameters.get('RoleArn') !== oidc.roleArn) return 400
      const { AccessKeyId, AccessKeySecret, SecurityToken } = JSON.parse(answer(1))
      return JSON.stringify({ Credentials: { AccessKeyId, AccessKeySecret, SecurityToken, Expiration: expires(1) } })
    })
    expect(await credentials(signal)).toMatchObject({ accessKeyId: 'STS.example', expiresAt: NOW + 3_600_000 })
    expect(asked).toEqual(['POST https://sts.cn-hangzhou.aliyuncs.com'])
  })

  it('are asked for once by many, kept, and renewed before their end', async () => {
    const { credentials, seen, clock } = setUp({ machine: { role: 'sluice' } }, instance('sluice', 1))
    await Promise.all(Array.from({ length: 50 }, () => credentials(signal)))
    expect(seen).toHaveLength(2)
    clock.at += 50 * 60_000
    await credentials(signal)
    expect(seen).toHaveLength(2)
    clock.at += 6 * 60_000
    await credentials(signal)
    expect(seen).toHaveLength(4)
  })

  it.each([
    ['there is nothing to ask', {}, {}],
    ['the service has no role', { machine: {} }, { [`PUT ${MACHINE}/api/token`]: () => 'session' }],
    [
      'the answer is no credential',
      { machine: { role: 'sluice' } },
      { ...instance('sluice'), [`GET ${ROLES}sluice`]: () => '{"AccessKeySecret":"canary-secret"}' },
    ],
    ['the answer is not JSON', { machine: { role: 'sluice' } }, { ...instance('sluice'), [`GET ${ROLES}sluice`]: () => 'canary-secret' }],
    ['the answer is endless', { machine: {} }, { [`PUT ${MACHINE}/api/token`]: () => 'x'.repeat(100_000) }],
  ])('are said to be missing when %s, and nothing is quoted', async (_when, identity: Omit<AliyunIdentity, 'stsRegion'>, answers) => {
    const error: unknown = await setUp(identity, answers)
      .credentials(signal)
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ reason: 'platform.credentials_missing' })
    expect(String(error)).not.toContain('canary')
  })
})
