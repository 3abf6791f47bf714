import type { HttpRequest } from '@sluice/core'
import { describe, expect, it } from 'vitest'
import { credentialService, type Answers } from '../../test/credential-service.ts'
import type { AzureIdentity } from '../config/identities.ts'
import { createAzureCredentials } from './azure-credentials.ts'

const NOW = Date.UTC(2026, 0, 1)
const signal = new AbortController().signal
const platform = { clientId: '33333333-3333-4333-8333-333333333333', tenantId: '11111111-1111-4111-8111-111111111111' }
const QUERY = `resource=https%3A%2F%2Fstorage.azure.com%2F&client_id=${platform.clientId}`
const MACHINE = `GET http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&${QUERY}`
const SERVICE = `GET http://127.0.0.1:41741/msi/token?api-version=2019-08-01&${QUERY}`
const ENTRA = `POST https://login.microsoftonline.com/${platform.tenantId}/oauth2/v2.0/token`

function setUp(identity: AzureIdentity, ofMachine: Answers = {}, ofEntra: Answers = {}) {
  const clock = { at: NOW }
  const machine = credentialService(ofMachine)
  const entra = credentialService(ofEntra)
  const credentials = createAzureCredentials({
    platform,
    identity,
    machine: machine.transport,
    transport: entra.transport,
    clock: { now: () => clock.at, sleep: () => Promise.resolve() },
    readFile: async (path) => (path === '/token' ? 'projected.token\n' : ''),
  })
  return { credentials, seen: () => [...machine.seen, ...entra.seen], clock }
}

const token = (value: string) => JSON.stringify({ access_token: value, expires_on: String(NOW / 1_000 + 86_400), token_type: 'Bearer' })
const withHeader =
  (name: string, value: string, body: string) =>
  ({ headers }: HttpRequest): string | number =>
    headers[name] === value ? body : 400

describe('tokens of our managed identity', () => {
  it('come from the metadata service of the machine', async () => {
    const { credentials, seen } = setUp({}, { [MACHINE]: withHeader('metadata', 'true', token('machine')) })
    expect(await credentials(signal)).toEqual({ token: 'machine', expiresAt: NOW + 86_400_000 })
    expect(seen()).toEqual([MACHINE])
  })

  it('come from App Service where it has one', async () => {
    const service = { url: 'http://127.0.0.1:41741/msi/token', header: 'known only here' }
    const { credentials } = setUp({ service }, { [SERVICE]: withHeader('x-identity-header', 'known only here', token('service')) })
    expect(await credentials(signal)).toEqual({ token: 'service', expiresAt: NOW + 86_400_000 })
  })

  it('come in exchange for the token that Kubernetes projects into a file', async () => {
    const exchange = ({ body }: HttpRequest): string | number => {
      const form = new URLSearchParams(body instanceof Uint8Array ? new TextDecoder().decode(body) : '')
      return form.get('client_assertion') === 'projected.token' && form.get('client_id') === platform.clientId
        ? '{"access_token":"exchanged","expires_in":3599}'
        : 401
    }
    const { credentials, seen } = setUp({ tokenFile: '/token' }, {}, { [ENTRA]: exchange })
    expect(await credentials(signal)).toEqual({ token: 'exchanged', expiresAt: NOW + 3_599_000 })
    expect(seen()).toEqual([ENTRA])
  })

  it('are asked for once by many, kept, and renewed before their end', async () => {
    const { credentials, seen, clock } = setUp({}, { [MACHINE]: () => token('machine') })
    await Promise.all(Array.from({ length: 50 }, () => credentials(signal)))
    clock.at += 23 * 3_600_000
    await credentials(signal)
    expect(seen()).toHaveLength(1)
    clock.at += 56 * 60_000
    await credentials(signal)
    expect(seen()).toHaveLength(2)
  })

  it.each<[string, Answers]>([
    ['the machine has no such identity', { [MACHINE]: () => 400 }],
    ['the answer is no token', { [MACHINE]: () => '{"access_token":"","secret":"canary"}' }],
    ['the answer is no JSON', { [MACHINE]: () => 'canary' }],
  ])('are said to be missing when %s, and nothing is quoted', async (_when, answers) => {
    const error: unknown = await setUp({}, answers)
      .credentials(signal)
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ reason: 'platform.credentials_missing' })
    expect(String(error)).not.toContain('canary')
  })
})
