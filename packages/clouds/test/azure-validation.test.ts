import {
  AccountSASPermissions,
  ContainerSASPermissions,
  type SASQueryParameters,
  SASProtocol,
  StorageSharedKeyCredential,
  generateAccountSASQueryParameters,
  generateBlobSASQueryParameters,
} from '@azure/storage-blob'
import { type CheckName, type CheckOutcome, type Connection, FOREIGN_AUDIENCE, connectionSubject } from '@sluice/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { never } from './support/aws-world.ts'
import {
  ACCOUNT,
  AUDIENCE,
  type AzureWorld,
  CONNECTION,
  CONTAINER,
  ISSUER,
  azureConnection,
  startAzureWorld,
} from './support/azure-world.ts'

let world: AzureWorld
beforeEach(async () => {
  world = await startAzureWorld()
  world.lab.azure.putBlob(ACCOUNT, CONTAINER, 'data/one', { body: '1' })
})
afterEach(() => world.close())

/** Every check and what came of it, in order, each after those that it needs. */
async function validate(connection: Connection, secret?: { readonly [field: string]: string }) {
  const locations = [world.azure.parse(`azure://${ACCOUNT}.blob.core.windows.net/${CONTAINER}/data/`)]
  const { checks } = world.azure.validation({
    connection: { ...connection, locations },
    locations,
    ...(secret === undefined ? {} : { secret }),
  })
  const outcomes = new Map<CheckName, CheckOutcome>()
  for (;;) {
    const next = checks.find(({ name, needs }) => !outcomes.has(name) && needs.every((needed) => outcomes.get(needed)?.status === 'passed'))
    if (next === undefined) return outcomes
    outcomes.set(next.name, await next.run(never))
  }
}

const amiss = (outcomes: ReadonlyMap<CheckName, CheckOutcome>) =>
  [...outcomes].flatMap(([name, outcome]) => (outcome.status === 'failed' ? [[name, outcome.reason]] : []))

const credential = (name: string, change: { readonly subject?: string; readonly audience?: string }) =>
  world.lab.azure.putFederatedCredential(world.application.clientId, {
    name,
    issuer: ISSUER,
    subject: change.subject ?? connectionSubject(CONNECTION),
    audiences: [change.audience ?? AUDIENCE],
  })

describe('the trust of an application', () => {
  it('is proved by what it refuses', async () => {
    const outcomes = await validate(azureConnection(world))
    for (const name of ['trust-accepts-us', 'trust-refuses-wrong-subject', 'trust-refuses-wrong-audience'] as const)
      expect(outcomes.get(name)).toMatchObject({ status: 'passed' })
  })

  it('is too wide where it lets in another connection', async () => {
    credential('stranger', { subject: connectionSubject(CONNECTION).replace(/[^:]+$/, 'conn_stranger') })
    const outcomes = await validate(azureConnection(world))
    expect(amiss(outcomes)).toContainEqual(['trust-refuses-wrong-subject', 'trust.open_to_strangers'])
    expect(outcomes.get('trust-refuses-wrong-subject')).toMatchObject({
      remedy: { snippet: expect.stringContaining(connectionSubject(CONNECTION)), command: expect.stringContaining('federated-credential') },
    })
  })

  it('is too wide where it takes tokens for others', async () => {
    credential('foreign', { audience: FOREIGN_AUDIENCE })
    expect(amiss(await validate(azureConnection(world)))).toContainEqual(['trust-refuses-wrong-audience', 'trust.open_to_other_audiences'])
  })

  it('is not known where nobody lets us in', async () => {
    credential('sluice', { subject: 'somebody' })
    const outcomes = await validate(azureConnection(world))
    expect(amiss(outcomes)).toEqual([['trust-accepts-us', 'trust.refused']])
    expect(outcomes.has('trust-refuses-wrong-subject')).toBe(false)
  })
})

const HOUR = 3_600_000

describe('what a SAS says of itself', () => {
  const containerSas = (change: { permissions?: string; protocol?: SASProtocol; from?: number; until?: number; address?: string } = {}) =>
    generateBlobSASQueryParameters(
      {
        containerName: CONTAINER,
        permissions: ContainerSASPermissions.parse(change.permissions ?? 'rwdl'),
        protocol: change.protocol ?? SASProtocol.Https,
        expiresOn: new Date(Date.now() + (change.until ?? HOUR)),
        ...(change.from === undefined ? {} : { startsOn: new Date(Date.now() + change.from) }),
        ...(change.address === undefined ? {} : { ipRange: { start: change.address } }),
      },
      new StorageSharedKeyCredential(ACCOUNT, world.accountKey),
    )
  const accountSas = (services: string, resourceTypes: string) =>
    generateAccountSASQueryParameters(
      {
        services,
        resourceTypes,
        permissions: AccountSASPermissions.parse('rwdl'),
        protocol: SASProtocol.Https,
        expiresOn: new Date(Date.now() + HOUR),
      },
      new StorageSharedKeyCredential(ACCOUNT, world.accountKey),
    )

  async function verdicts(sas: SASQueryParameters | string) {
    const { auth, secret } = world.azure.parseAuth('sas', { sasToken: sas.toString() }, world.context())
    return validate(azureConnection(world, { auth }), secret)
  }

  it.each<[string, () => SASQueryParameters, readonly (readonly [CheckName, string])[]]>([
    ['not yet', () => containerSas({ from: HOUR, until: 2 * HOUR }), [['credential-in-force', 'azure.sas.out_of_time']]],
    ['no more', () => containerSas({ until: -HOUR }), [['credential-in-force', 'auth.secret_expired']]],
    ['without a letter', () => containerSas({ permissions: 'rl' }), [['credential-covers-access', 'azure.sas.insufficient']]],
    ['for another service', () => accountSas('f', 'co'), [['credential-covers-access', 'azure.sas.insufficient']]],
    ['without a resource type', () => accountSas('b', 'c'), [['credential-covers-access', 'azure.sas.insufficient']]],
    ['for other addresses', () => containerSas({ address: '203.0.113.7' }), [['credential-covers-access', 'azure.sas.insufficient']]],
  ])('%s is told before anything is asked', async (_what, sas, expected) => {
    const outcomes = await verdicts(sas())
    const required = amiss(outcomes).filter(([name]) => name !== 'credential-no-broader-than-asked')
    expect(required).toEqual(expected)
    expect(world.lab.requests.entries()).toEqual([])
    const [[name] = [undefined]] = expected
    const outcome = name === undefined ? undefined : outcomes.get(name)
    expect(outcome).toMatchObject({
      remedy: { command: expect.stringContaining('generate-sas'), summary: expect.stringContaining('rotate lake') },
    })
  })

  it.each<[string, () => SASQueryParameters, RegExp]>([
    ['more letters', () => containerSas({ permissions: 'racwdxl' }), /the permissions x/],
    ['plain http', () => containerSas({ protocol: SASProtocol.HttpsAndHttp }), /plain http/],
    ['the whole account', () => accountSas('bfqt', 'sco'), /the services tqf too/],
    ['the whole container', () => containerSas(), /the whole container \(sr=c\), and the location landing\/data\//],
  ])('of %s is advised against, and the rest is tried', async (_what, sas, words) => {
    const outcomes = await verdicts(sas())
    expect(outcomes.get('credential-no-broader-than-asked')).toMatchObject({
      status: 'failed',
      reason: 'grant.broader',
      message: expect.stringMatching(words),
    })
    expect(outcomes.get('reads-object')).toMatchObject({ status: 'passed' })
  })

  it('of more than a year is advised against', async () => {
    expect(amiss(await verdicts(containerSas({ until: 400 * 24 * HOUR })))).toContainEqual([
      'credential-ends-within-a-year',
      'azure.sas.long_lived',
    ])
  })

  it('in a stored access policy is left open, and tried', async () => {
    world.lab.azure.configureContainer(ACCOUNT, CONTAINER, {
      accessPolicies: [{ id: 'sluice', permissions: 'rwdl', expiresAt: new Date(Date.now() + HOUR).toISOString() }],
    })
    const sas = generateBlobSASQueryParameters(
      { containerName: CONTAINER, identifier: 'sluice', protocol: SASProtocol.Https },
      new StorageSharedKeyCredential(ACCOUNT, world.accountKey),
    )
    const outcomes = await verdicts(sas)
    for (const name of ['credential-in-force', 'credential-covers-access', 'credential-ends-within-a-year'] as const)
      expect(outcomes.get(name), name).toMatchObject({ status: 'skipped' })
    expect(outcomes.get('credential-no-broader-than-asked')).toMatchObject({ status: 'failed' })
  })
})

describe('a role that is on its way', () => {
  it('is what is missing, until it is there', async () => {
    const assignments = world.lab.azure.roleAssignments().filter(({ principalId }) => principalId === world.application.objectId)
    for (const { name } of assignments) world.lab.azure.removeRole(name)
    expect(amiss(await validate(azureConnection(world)))).toEqual([['permissions-granted', 'azure.delegation.refused']])
    const [delegator, data] = assignments
    if (delegator) world.lab.azure.assignRole({ ...delegator, role: delegator.roleDefinitionId })
    const half = await validate(azureConnection(world))
    expect(half.get('permissions-granted')).toMatchObject({ status: 'passed' })
    expect(half.get('lists-under-prefix')).toMatchObject({
      status: 'failed',
      reason: 'list.not_granted',
      remedy: { summary: expect.stringContaining('ten minutes') },
    })
    if (data) world.lab.azure.assignRole({ ...data, role: data.roleDefinitionId })
    const whole = await validate(azureConnection(world))
    expect(whole.get('lists-under-prefix')).toMatchObject({ status: 'passed' })
  })
})
