import { type Connection, FOREIGN_AUDIENCE, type HttpRequest, type Location, type Transport, isAccessError } from '@sluice/core'
import { decodeJwt } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createClouds } from '../src/index.ts'
import { type AwsWorld, BUCKET, OIDC_ROLE, connectionWith, never, openWithLease, startAwsWorld } from './support/aws-world.ts'

const folder: Location = { cloud: 'aws', bucket: BUCKET, prefix: 'data/', extent: 'folder' }
const byToken = (changes: Partial<Connection> = {}) =>
  connectionWith({ auth: { method: 'oidc', fields: { roleArn: OIDC_ROLE } }, ...changes })

let world: AwsWorld
beforeAll(async () => {
  world = await startAwsWorld()
  world.lab.aws.putObject(BUCKET, 'data/one', { body: 'inside' })
  world.lab.aws.putObject(BUCKET, 'data-2/one', { body: 'outside' })
})
afterEach(() => {
  world.lab.faults.clear()
  world.lab.requests.clear()
})
afterAll(() => world.close())

/** AWS as it is made with other dependencies. */
function awsWith(change: Partial<AwsWorld['deps']>) {
  const aws = createClouds({ ...world.deps, ...change }).find(({ id }) => id === 'aws')
  if (aws === undefined) throw new Error('no AWS')
  return aws
}

/** The requests for a lease, which is refused: what a connection leads to is seen without an STS. */
async function requestsOf(connection: Connection, platform = world.deps.platform()): Promise<readonly HttpRequest[]> {
  const requests: HttpRequest[] = []
  const transport: Transport = (request) => {
    requests.push(request)
    return Promise.reject(new Error('nobody is there'))
  }
  const aws = awsWith({ transport, platform: () => platform })
  await aws.lease({ connection }, { location: folder, access: ['read'] }, 3_600, never).catch(() => undefined)
  return requests
}

const formOf = ({ body }: HttpRequest) => new URLSearchParams(new TextDecoder().decode(body))

describe('a lease by a token of ours', () => {
  it('is narrowed by AWS itself: outside the prefix everything is refused', async () => {
    const { store, lease } = await openWithLease(world.aws, byToken(), folder, ['list', 'read'])
    expect(lease).toMatchObject({ narrowed: true, secret: { kind: 'aws', sessionToken: expect.any(String) } })
    expect((await store.listPage({ prefix: 'data/' }, never)).objects).toHaveLength(1)
    const denied = expect.objectContaining({ reason: 'aws.denied' })
    await expect(store.listPage({ prefix: 'data-2/' }, never)).rejects.toThrowError(denied)
    await expect(store.get('data-2/one', {}, never)).rejects.toThrowError(denied)
    await expect(store.put('data/two', new Uint8Array(1), {}, never)).rejects.toThrowError(denied)
  })

  it('needs no identity of ours in AWS, and carries no signature', async () => {
    const { aws: _, ...platform } = world.deps.platform()
    const aws = awsWith({ platform: () => platform, platformCredentials: {} })
    expect((await openWithLease(aws, byToken(), folder)).lease.narrowed).toBe(true)
    const [request] = await requestsOf(byToken(), platform)
    expect(request?.headers).toEqual({ 'content-type': expect.any(String), host: 'sts.us-east-1.amazonaws.com' })
    expect(aws.principal(byToken(), platform)).toBe(
      'https://sluice.example.com organization:org:project:project:connection:conn_aaaaaaaaaaaaaaaaaaaa',
    )
  })

  it.each([
    ['aws', 'sts.eu-west-1.amazonaws.com', 'sts.amazonaws.com'],
    ['aws-us-gov', 'sts.us-gov-west-1.amazonaws.com', 'sts.amazonaws.com'],
    ['aws-cn', 'sts.cn-north-1.amazonaws.com.cn', 'sts.amazonaws.com.cn'],
  ])('asks the STS of the partition %s, for its audience', async (partition, host, audience) => {
    const roleArn = OIDC_ROLE.replace('arn:aws:', `arn:${partition}:`)
    const own = world.deps.platform().aws
    const platform = { ...world.deps.platform(), ...(own === undefined ? {} : { aws: { ...own, stsRegion: 'eu-west-1' } }) }
    const [request] = await requestsOf(byToken({ auth: { method: 'oidc', fields: { roleArn } } }), platform)
    if (request === undefined) throw new Error('nothing was asked')
    expect(request.url.host).toBe(host)
    const form = formOf(request)
    expect(form.get('Action')).toBe('AssumeRoleWithWebIdentity')
    expect(decodeJwt(form.get('WebIdentityToken') ?? '').aud).toBe(audience)
    expect(form.get('Policy')).toContain(`arn:${partition}:s3:::${BUCKET}/data/*`)
  })

  it('is refused before AWS is asked where we are no issuer or know no role', async () => {
    const ask = (connection: Connection, aws = world.aws) => aws.lease({ connection }, { location: folder, access: ['read'] }, 3_600, never)
    const { issuer: _, ...stranger } = world.deps
    const [withoutIssuer] = createClouds(stranger)
    await expect(ask(byToken(), withoutIssuer)).rejects.toMatchObject({ reason: 'issuer.not_configured' })
    await expect(ask(byToken({ auth: { method: 'oidc', fields: {} } }))).rejects.toMatchObject({ reason: 'aws.role.absent' })
    expect(world.lab.requests.entries()).toEqual([])
  })

  it('is refused to another connection, which the role does not trust', async () => {
    const other = byToken({ id: 'conn_bbbbbbbbbbbbbbbbbbbb' })
    await expect(openWithLease(world.aws, other, folder)).rejects.toMatchObject({ reason: 'aws.oidc.denied', code: 'denied' })
  })

  it('is asked for again, with another token, when AWS did not reach our keys', async () => {
    const tokens: string[] = []
    const transport: Transport = (request, signal) => {
      if (request.operation.startsWith('sts.')) tokens.push(formOf(request).get('WebIdentityToken') ?? '')
      return world.transport(request, signal)
    }
    const fault = { kind: 'error', status: 400, code: 'IDPCommunicationError' } as const
    world.lab.faults.add({ operation: 'sts.AssumeRoleWithWebIdentity', effect: fault, times: 2 })
    await openWithLease(awsWith({ transport }), byToken(), folder)
    expect(tokens).toHaveLength(3)
    expect(new Set(tokens).size).toBe(3)
  })
})

describe('what STS says of a token', () => {
  it.each([
    ['AccessDenied', 403, 'Not authorized to perform sts:AssumeRoleWithWebIdentity', 'aws.oidc.denied', 'denied'],
    ['InvalidIdentityToken', 400, 'No OpenIDConnect provider found in your account for https://x', 'aws.oidc.no_provider', 'denied'],
    ['InvalidIdentityToken', 400, 'Incorrect token audience', 'aws.oidc.audience', 'denied'],
    ['InvalidIdentityToken', 400, "Couldn't retrieve verification key from your identity provider", 'aws.oidc.keys', 'denied'],
    [
      'InvalidIdentityToken',
      400,
      "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint",
      'aws.oidc.keys',
      'denied',
    ],
    ['InvalidIdentityToken', 400, 'Something nobody has seen', 'aws.oidc.rejected', 'denied'],
    ['IDPRejectedClaim', 403, 'The claim is invalid', 'aws.oidc.rejected', 'denied'],
    ['ExpiredTokenException', 400, 'Token expired', 'aws.oidc.expired', 'unavailable'],
    ['PackedPolicyTooLarge', 400, 'Packed policy consumes 120%', 'aws.lease.policy_too_large', 'limited'],
    ['RegionDisabledException', 403, 'STS is not activated in this region', 'aws.region.disabled', 'denied'],
    ['Throttling', 400, 'Rate exceeded', 'aws.throttled', 'unavailable'],
  ])('%s (%i, %s) is %s', async (code, status, message, reason, ours) => {
    world.lab.faults.add({ operation: 'sts.AssumeRoleWithWebIdentity', effect: { kind: 'error', status, code, message } })
    const error: unknown = await openWithLease(world.aws, byToken(), folder).catch((thrown: unknown) => thrown)
    expect(isAccessError(error) && { reason: error.reason, code: error.code, cloud: error.provider?.code }).toEqual({
      reason,
      code: ours,
      cloud: code,
    })
  })
})

describe('a validation by tokens', () => {
  const rows = async (connection = byToken({ locations: [folder] })) => {
    const run = world.aws.validation({ connection, locations: [folder] })
    const wanted = ['platform-identity-works', 'trust-accepts-us', 'trust-refuses-wrong-subject', 'trust-refuses-wrong-audience']
    const outcomes = await Promise.all(
      run.checks.filter(({ name }) => wanted.includes(name)).map(async (plan) => [plan.name, await plan.run(never)] as const),
    )
    return Object.fromEntries(outcomes)
  }

  it('asks STS once with each token, and once for a lease', async () => {
    expect(await rows()).toMatchObject({
      'platform-identity-works': { status: 'passed', note: 'https://sluice.example.com' },
      'trust-accepts-us': { status: 'passed' },
      'trust-refuses-wrong-subject': { status: 'passed' },
      'trust-refuses-wrong-audience': { status: 'passed' },
    })
    const asked = world.lab.requests.entries().filter(({ operation }) => operation.startsWith('sts.'))
    expect(asked.map(({ operation, status }) => `${operation} ${status}`).toSorted()).toEqual([
      'sts.AssumeRoleWithWebIdentity 200',
      'sts.AssumeRoleWithWebIdentity 200',
      'sts.AssumeRoleWithWebIdentity 400',
      'sts.AssumeRoleWithWebIdentity 403',
    ])
  })

  it.each([
    ['a time-out', { kind: 'error', status: 503, code: 'ServiceUnavailable' }],
    ['a token that is bad for a reason we do not know', { kind: 'error', status: 400, code: 'InvalidIdentityToken', message: 'Strange' }],
    ['keys that could not be reached', { kind: 'error', status: 400, code: 'IDPCommunicationError' }],
    ['a refusal that is none of a trust', { kind: 'error', status: 403, code: 'SomethingElse' }],
    ['a claim that is rejected', { kind: 'error', status: 403, code: 'IDPRejectedClaim' }],
    ['a disabled region', { kind: 'error', status: 403, code: 'RegionDisabledException' }],
    ['a cut connection', { kind: 'reset' }],
  ] as const)('concludes nothing from %s', async (_what, effect) => {
    world.lab.faults.add({ operation: 'sts.AssumeRoleWithWebIdentity', effect })
    for (const [name, outcome] of Object.entries(await rows())) expect([name, outcome.status]).toEqual([name, 'inconclusive'])
  })

  it.each([
    ['ExpiredTokenException', 'Token expired', /the clock/],
    ['InvalidIdentityToken', "Couldn't retrieve verification key from your identity provider", /openid-configuration/],
  ])('blames us for %s: %s', async (code, message, remedy) => {
    world.lab.faults.add({ operation: 'sts.AssumeRoleWithWebIdentity', effect: { kind: 'error', status: 400, code, message } })
    const found = await rows()
    expect(found['platform-identity-works']).toMatchObject({ status: 'failed', reason: 'identity.rejected', remedy: { who: 'platform' } })
    expect(JSON.stringify(found['platform-identity-works'])).toMatch(remedy)
    expect(found['trust-accepts-us']).toMatchObject({ status: 'skipped', blockedBy: 'platform-identity-works' })
    // Refusals for our own fault prove nothing about the trust.
    expect(found['trust-refuses-wrong-subject']?.status).toBe('inconclusive')
    expect(found['trust-refuses-wrong-audience']?.status).toBe('inconclusive')
  })

  it('blames the customer for a provider that is missing, and says nothing of our own part', async () => {
    const message = 'No OpenIDConnect provider found in your account for https://sluice.example.com'
    world.lab.faults.add({
      operation: 'sts.AssumeRoleWithWebIdentity',
      effect: { kind: 'error', status: 400, code: 'InvalidIdentityToken', message },
    })
    const found = await rows()
    expect(found['trust-accepts-us']).toMatchObject({ status: 'failed', reason: 'trust.refused', remedy: { who: 'cloud-admin' } })
    expect(found['platform-identity-works']).toMatchObject({ status: 'skipped', blockedBy: 'trust-accepts-us' })
    expect(found['trust-refuses-wrong-audience']?.status).toBe('inconclusive')
  })
})

it('never shows a stranger’s token the audience of AWS by mistake', async () => {
  const seen: { aud: unknown; sub: unknown }[] = []
  const { issuer } = world.deps
  const aws = awsWith({
    issuer: async (request, signal) => {
      const token = (await issuer?.(request, signal)) ?? ''
      const { aud, sub } = decodeJwt(token)
      seen.push({ aud, sub })
      return token
    },
  })
  await Promise.all(
    aws.validation({ connection: byToken({ locations: [folder] }), locations: [folder] }).checks.map((plan) => plan.run(never)),
  )
  const own = 'organization:org:project:project:connection:conn_aaaaaaaaaaaaaaaaaaaa'
  expect(seen.filter(({ aud, sub }) => aud === FOREIGN_AUDIENCE && sub === own)).toHaveLength(1)
  expect(seen.filter(({ sub }) => sub !== own)).toMatchObject([{ aud: 'sts.amazonaws.com' }])
})
