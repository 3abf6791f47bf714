import { type Connection, type JsonObject, type Platform, type Setup, type SetupOptions, isAccessError } from '@sluice/core'
import { describe, expect, it } from 'vitest'
import { listOf, objectOf } from '../../../test/support/cloudformation-resolver.ts'
import {
  ACCOUNT,
  GCP_PLATFORM,
  GCP_SETUP_CASES,
  PROVIDER,
  SUBJECT,
  gcpConnectionOf,
  gcpFolder,
} from '../../../test/support/gcp-setup-cases.ts'
import { blockOf, readTerraform } from '../../../test/support/hcl-reader.ts'
import { setupGcp } from './index.ts'

const TESTDATA = '../../../testdata/setup-gcp'

function artifactOf(setup: Setup, id: string) {
  const found = setup.artifacts.find((artifact) => artifact.id === id)
  if (found === undefined) throw new Error(`no artifact ${id}`)
  return found
}

function documentOf(setup: Setup, id: string): JsonObject {
  return objectOf(artifactOf(setup, id).document)
}

function refusal(connection: Partial<Connection>, options: SetupOptions, platform: Platform = GCP_PLATFORM): unknown {
  try {
    setupGcp(gcpConnectionOf(connection), platform, options)
  } catch (error) {
    return isAccessError(error) ? error.reason : error
  }
  return undefined
}

describe.each(Object.entries(GCP_SETUP_CASES))('the setup %s', (name, { connection, platform, options }) => {
  const setup = setupGcp(connection, platform, options)

  it('is written as its files have it', async () => {
    for (const { filename, text } of setup.artifacts) await expect(text).toMatchFileSnapshot(`${TESTDATA}/${name}/${filename}`)
    const { artifacts: _, ...rest } = setup
    await expect(`${JSON.stringify(rest, null, 2)}\n`).toMatchFileSnapshot(`${TESTDATA}/${name}/setup.json`)
  })

  it('gives each artifact to a route, a removal step or nobody, by an id that exists', () => {
    const ids = setup.artifacts.map((artifact) => artifact.id)
    expect(new Set(ids).size).toBe(ids.length)
    const steps = [...setup.routes.flatMap((route) => route.steps), ...setup.removal]
    const named = [...setup.routes.flatMap((route) => route.artifacts), ...steps.flatMap((step) => step.artifact ?? [])]
    for (const id of named) expect(ids).toContain(id)
    expect(new Set(named)).toEqual(new Set(ids))
    expect(setup.routes.map((route) => route.id)).toEqual(['terraform', 'cli', 'console'])
  })

  it('says the same in Terraform', () => {
    const blocks = readTerraform(artifactOf(setup, 'terraform').text, '')
    const role = blockOf(blocks, 'resource', 'google_project_iam_custom_role', 'sluice').attributes
    expect(role.get('permissions')).toEqual(documentOf(setup, 'custom-role')['includedPermissions'])
    const grants = blocks.filter((block) => block.words[1] === 'google_storage_bucket_iam_member')
    const conditions = setup.artifacts.filter(({ id }) => id.startsWith('condition')).map(({ document }) => document)
    expect(grants.flatMap(({ blocks: [condition] }) => (condition ? [Object.fromEntries(condition.attributes)] : []))).toEqual(conditions)
  })

  it('writes documents in ASCII', () => {
    // oxlint-disable-next-line no-control-regex -- the range is the point
    for (const { text, document } of setup.artifacts) if (document) expect(text).toMatch(/^[\n\u0020-\u007e]*$/)
  })
})

describe('the custom role', () => {
  it.each([
    [
      ['list', 'read'],
      ['storage.buckets.get', 'storage.objects.list', 'storage.objects.get'],
    ],
    [['write'], ['storage.buckets.get', 'storage.objects.create']],
    [
      ['list', 'read', 'write', 'delete'],
      ['storage.buckets.get', 'storage.objects.list', 'storage.objects.get', 'storage.objects.create', 'storage.objects.delete'],
    ],
  ] as const)('holds exactly what %j needs', (access, permissions) => {
    const setup = setupGcp(gcpConnectionOf({ access }), GCP_PLATFORM, {})
    expect(documentOf(setup, 'custom-role')['includedPermissions']).toEqual(permissions)
  })

  it('has a second one beside it for leases that delete and do not write, which nobody is granted', () => {
    const setup = setupGcp(gcpConnectionOf({ access: ['list', 'delete'] }), GCP_PLATFORM, { projectId: 'acme-data' })
    expect(documentOf(setup, 'delete-role')['includedPermissions']).toEqual(['storage.objects.delete'])
    const blocks = readTerraform(artifactOf(setup, 'terraform').text, '')
    const grants = blocks.filter((block) => block.words[1] === 'google_storage_bucket_iam_member')
    expect(grants.map(({ attributes }) => attributes.get('role'))).toEqual(['ref:google_project_iam_custom_role.sluice.name'])
  })
})

describe('the condition', () => {
  it('is left out where the whole bucket is meant, or nothing but listing', () => {
    const whole = setupGcp(gcpConnectionOf({ locations: [gcpFolder('acme-lake', ''), gcpFolder('acme-lake', 'data/')] }), GCP_PLATFORM, {})
    const listing = setupGcp(gcpConnectionOf({ access: ['list'] }), GCP_PLATFORM, {})
    for (const setup of [whole, listing]) expect(setup.artifacts.map(({ id }) => id)).not.toContain('condition')
  })

  it('takes quotes and backslashes in a folder literally', () => {
    const setup = setupGcp(gcpConnectionOf({ locations: [gcpFolder('acme-lake', `it's \\ "it"/`)] }), GCP_PLATFORM, {})
    expect(documentOf(setup, 'condition')['expression']).toBe(
      `resource.type == 'storage.googleapis.com/Bucket' || resource.name.startsWith('projects/_/buckets/acme-lake/objects/it\\'s \\\\ "it"/')`,
    )
  })
})

describe('the trust', () => {
  it('admits the subject of this connection alone', () => {
    const blocks = readTerraform(artifactOf(setupGcp(gcpConnectionOf(), GCP_PLATFORM, {}), 'terraform').text, '')
    const provider = blockOf(blocks, 'resource', 'google_iam_workload_identity_pool_provider', 'sluice')
    expect(provider.attributes.get('attribute_condition')).toBe(`assertion.sub == '${SUBJECT}'`)
    expect(provider.attributes.get('attribute_mapping')).toEqual({ 'google.subject': 'assertion.sub' })
    expect(provider.blocks[0]?.attributes.get('issuer_uri')).toBe('https://sluice.example.com')
  })

  it('comes with a credential configuration as soon as the provider is known', () => {
    const known = setupGcp(gcpConnectionOf(), GCP_PLATFORM, {})
    expect(documentOf(known, 'credential-configuration')).toMatchObject({
      type: 'external_account',
      audience: `//iam.googleapis.com/${PROVIDER}`,
    })
    const unknown = setupGcp(gcpConnectionOf({ auth: { method: 'federation', fields: {} } }), GCP_PLATFORM, {})
    expect(unknown.artifacts.map(({ id }) => id)).not.toContain('credential-configuration')
  })
})

describe('the setup options', () => {
  const grant = { auth: { method: 'grant', fields: {} } } as const
  it.each([
    ['no location', { locations: [] }, {}, 'setup.no_location'],
    ['no access', { access: [] }, {}, 'setup.no_access'],
    ['a line break in a key', { locations: [gcpFolder('acme-lake', 'a\nb/')] }, {}, 'setup.location_malformed'],
    ['a role name of AWS', {}, { roleName: 'x' }, 'setup.option_conflict'],
    ['a tenant of Azure', {}, { subscriptionId: 'x' }, 'setup.option_conflict'],
    ['tags', {}, { tags: { a: 'b' } }, 'setup.option_conflict'],
    ['a project id that is a number', {}, { projectId: '123456789012' }, 'setup.option_malformed'],
    ['a role id with a hyphen', {}, { customRoleId: 'sluice-role' }, 'setup.option_malformed'],
    ['another pool than the connection’s', {}, { poolId: 'other' }, 'setup.option_conflict'],
    ['a pool for a grant', grant, { poolId: 'sluice' }, 'setup.option_conflict'],
    [
      'another account than the connection’s',
      { auth: { method: 'grant', fields: { serviceAccount: ACCOUNT } } },
      { serviceAccountId: 'someone' },
      'setup.option_conflict',
    ],
  ] as const satisfies readonly (readonly [string, Partial<Connection>, SetupOptions, string])[])(
    'refuse %s',
    (_name, connection, options, reason) => {
      expect(refusal(connection, options)).toBe(reason)
    },
  )

  it('refuse a trust in nobody', () => {
    const nobody = { regions: [], egressAddresses: [] }
    expect(refusal({}, {}, nobody)).toBe('setup.no_platform_identity')
    expect(refusal(grant, {}, nobody)).toBe('setup.no_platform_identity')
  })

  it('name what is made', () => {
    const options = {
      projectId: 'acme-data',
      poolId: 'acme-pool',
      providerId: 'acme-sluice',
      serviceAccountId: 'acme-sluice',
      customRoleId: 'acme',
    }
    const setup = setupGcp(gcpConnectionOf({ auth: { method: 'federation', fields: {} } }), GCP_PLATFORM, options)
    const variables = readTerraform(artifactOf(setup, 'terraform').text, '').filter((block) => block.words[0] === 'variable')
    const defaults = Object.fromEntries(variables.map(({ words, attributes }) => [words[1] ?? '', attributes.get('default')]))
    expect(defaults).toEqual({
      project_id: 'acme-data',
      pool_id: 'acme-pool',
      provider_id: 'acme-sluice',
      service_account_id: 'acme-sluice',
      custom_role_id: 'acme',
    })
  })
})

it('says of a write-only connection that it replaces nothing', () => {
  const setup = setupGcp(gcpConnectionOf({ access: ['write'] }), GCP_PLATFORM, {})
  expect(setup.promise).not.toContain('replacing')
  expect(setup.warnings.join(' ')).toContain('cannot be replaced')
  expect(listOf(documentOf(setup, 'custom-role')['includedPermissions'])).not.toContain('storage.objects.delete')
})
