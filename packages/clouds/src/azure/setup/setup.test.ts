import type { Connection, Json, JsonObject, Platform, Setup, SetupOptions } from '@sluice/core'
import { describe, expect, it } from 'vitest'
import { AZURE_SETUP_CASES, PLATFORM, blob, connectionOf, folder } from '../../../test/support/azure-setup-cases.ts'
import { blockOf, readTerraform } from '../../../test/support/hcl-reader.ts'
import { AZURE_METHODS } from '../auth.ts'
import { setupAzure } from './index.ts'

const TESTDATA = '../../../testdata/setup'

function artifactOf(setup: Setup, id: string) {
  const found = setup.artifacts.find((artifact) => artifact.id === id)
  if (found === undefined) throw new Error(`no artifact ${id}`)
  return found
}

function objectOf(value: Json | undefined): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('no object')
  return value as JsonObject
}

function resourcesOf(setup: Setup): readonly JsonObject[] {
  const template = objectOf(JSON.parse(artifactOf(setup, 'arm-template').text))
  const list = template['resources']
  return Array.isArray(list) ? list.map(objectOf) : []
}

/** What the setup was refused with. */
function refusal(connection: Partial<Connection>, options: SetupOptions = {}, platform: Platform = PLATFORM): unknown {
  try {
    setupAzure(connectionOf(connection), platform, options)
  } catch (error) {
    return error
  }
  return undefined
}

describe.each(Object.entries(AZURE_SETUP_CASES))('the setup %s', (name, { connection, platform, options }) => {
  const setup = setupAzure(connection, platform, options)

  it('is written as its files have it', async () => {
    for (const { filename, text } of setup.artifacts) await expect(text).toMatchFileSnapshot(`${TESTDATA}/${name}/${filename}`)
    const { artifacts: _, ...rest } = setup
    await expect(`${JSON.stringify(rest, null, 2)}\n`).toMatchFileSnapshot(`${TESTDATA}/${name}/setup.json`)
  })

  it('gives each artifact to a route or a removal step, by an id that exists', () => {
    const ids = setup.artifacts.map((artifact) => artifact.id)
    expect(new Set(ids).size).toBe(ids.length)
    const steps = [...setup.routes.flatMap((route) => route.steps), ...setup.removal]
    const named = [...setup.routes.flatMap((route) => route.artifacts), ...steps.flatMap((step) => step.artifact ?? [])]
    for (const id of named) expect(ids).toContain(id)
    expect(new Set(named)).toEqual(new Set(ids))
    expect(setup.routes.map((route) => route.id)).toEqual(AZURE_METHODS.find(({ id }) => id === setup.method)?.setups)
  })

  it('keeps to the form of a deployment template', () => {
    if (setup.method === 'account-key') return
    const template = objectOf(JSON.parse(artifactOf(setup, 'arm-template').text))
    expect(Object.keys(template)).toEqual(['$schema', 'contentVersion', 'metadata', 'parameters', 'resources', 'outputs'])
    expect(template['$schema']).toBe('https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#')
    for (const resource of resourcesOf(setup)) {
      expect(resource['apiVersion']).toMatch(/^\d{4}-\d{2}-\d{2}$/)
      expect(resource['type']).toMatch(/^Microsoft\.[A-Za-z]+(\/[A-Za-z]+)+$/)
      expect(typeof resource['name']).toBe('string')
    }
    const declared = Object.keys(objectOf(template['parameters']))
    const used = [...artifactOf(setup, 'arm-template').text.matchAll(/parameters\('([^']+)'\)/g)].map(([, parameter]) => parameter)
    expect(new Set(used)).toEqual(new Set(declared))
    const bicep = artifactOf(setup, 'bicep').text
    expect([...bicep.matchAll(/^param (\w+) /gm)].map(([, parameter]) => parameter)).toEqual(declared)
    expect([...bicep.matchAll(/^output (\w+) /gm)].map(([, output]) => output)).toEqual(Object.keys(objectOf(template['outputs'])))
    const made = [...bicep.matchAll(/^resource \w+ '([^@']+)@([^']+)' = \{$/gm)].map(([, type, apiVersion]) => ({ type, apiVersion }))
    expect(made).toEqual(resourcesOf(setup).map(({ type, apiVersion }) => ({ type, apiVersion })))
  })

  it('says the same in Terraform', () => {
    if (setup.method === 'account-key') return
    const blocks = readTerraform(artifactOf(setup, 'terraform').text, '')
    expect(blockOf(blocks, 'variable', 'subscription_id').attributes.get('default')).toBe(options.subscriptionId)
    const conditions = setup.artifacts.filter(({ language }) => language === 'text').map(({ text }) => text.trimEnd())
    const written = blocks.flatMap(({ attributes }) => attributes.get('condition') ?? [])
    expect(written).toEqual(conditions)
    const inTemplate = resourcesOf(setup).flatMap((resource) => objectOf(resource['properties'] ?? {})['condition'] ?? [])
    expect(inTemplate).toEqual(conditions)
    if (setup.method !== 'federation') return
    const credential = blockOf(blocks, 'resource', 'azuread_application_federated_identity_credential', 'sluice')
    const document = objectOf(artifactOf(setup, 'federated-credential').document)
    for (const field of ['issuer', 'subject', 'audiences']) expect(credential.attributes.get(field)).toEqual(document[field])
  })
})

describe('the role', () => {
  const actionsOf = (connection: Partial<Connection>): unknown => {
    const document = objectOf(artifactOf(setupAzure(connectionOf(connection), PLATFORM, {}), 'custom-role').document)
    const permissions = objectOf(document['properties'])['permissions']
    return Array.isArray(permissions) ? objectOf(permissions[0])['dataActions'] : undefined
  }
  const BLOBS = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs'

  it('allows a write-only connection nothing but to write', () => {
    expect(actionsOf({ access: ['write'] })).toEqual([`${BLOBS}/write`])
  })

  it('reads where a single blob is to be looked at, and says so', () => {
    const connection = { access: ['list', 'delete'] as const, locations: [blob('landing', 'x')] }
    expect(actionsOf(connection)).toEqual([`${BLOBS}/read`, `${BLOBS}/delete`])
    expect(setupAzure(connectionOf(connection), PLATFORM, {}).warnings).toContainEqual(
      expect.stringContaining('takes the right to read it'),
    )
  })

  it('is Azure’s own for reading a whole container, under no condition', () => {
    const setup = setupAzure(connectionOf({ locations: [folder('landing', '')] }), PLATFORM, {})
    expect(setup.artifacts.map(({ id }) => id)).not.toContain('custom-role')
    expect(setup.artifacts.map(({ id }) => id)).not.toContain('condition')
    expect(artifactOf(setup, 'azure-cli').text).toContain("assign 'Storage Blob Data Reader'")
  })
})

describe('a SAS', () => {
  const sasOf = (connection: Partial<Connection>, options: SetupOptions = {}) =>
    artifactOf(setupAzure(connectionOf({ auth: { method: 'sas', fields: {} }, ...connection }), PLATFORM, options), 'azure-cli').text

  it('has just the letters that are needed, for https alone', () => {
    expect(sasOf({ access: ['list', 'read'] })).toContain('--permissions rl --expiry "$expiry" --https-only')
    expect(sasOf({ access: ['write'] })).toContain('--permissions w ')
  })

  it('is for one blob, a container, or the account: the narrowest that will do', () => {
    expect(sasOf({ locations: [blob('landing', "it's")] })).toContain(
      `az storage blob generate-sas --container-name landing --name 'it'\\''s'`,
    )
    expect(sasOf({ locations: [folder('landing', 'a/'), folder('landing', 'b/')] })).toContain(
      'az storage container generate-sas --name landing',
    )
    expect(sasOf({ locations: [folder('one', ''), folder('two', '')] })).toContain(
      'az storage account generate-sas --services b --resource-types co',
    )
    expect(sasOf({ locations: [folder('one', ''), folder('two', '')], access: ['write'] })).toContain('--resource-types o')
  })

  it('ends when it is told to, or after ninety days', () => {
    expect(sasOf({}, { expiresAt: '2027-01-31T01:00:00+01:00' })).toContain('expiry=2027-01-31T00:00:00Z')
    expect(sasOf({})).toContain("date -u -d '+90 days'")
  })
})

describe('the setup is refused', () => {
  it.each([
    ['no location', { locations: [] }, {}, 'setup.no_location'],
    ['no access', { access: [] }, {}, 'setup.no_access'],
    ['a quotation mark in a condition', { locations: [folder('landing', "it's/")] }, {}, 'setup.location_malformed'],
    ['a location without an account', { locations: [{ ...folder('landing', ''), account: undefined }] }, {}, 'azure.account.unknown'],
    [
      'a SAS for two accounts',
      { auth: { method: 'sas', fields: {} }, locations: [folder('a', ''), folder('a', '', 'other')] },
      {},
      'setup.location_malformed',
    ],
    [
      'a condition that is too long',
      { locations: Array.from({ length: 100 }, (_, index) => folder('landing', `tenants/t${index}/`)) },
      {},
      'setup.policy_too_large',
    ],
    ['a subscription that is no GUID', {}, { subscriptionId: 'mine' }, 'setup.option_malformed'],
    ['a resource group that ends in a dot', {}, { resourceGroup: 'lake.' }, 'setup.option_malformed'],
    ['a quotation mark in a name', {}, { applicationName: "it's" }, 'setup.option_malformed'],
    ['a line break in a name', {}, { customRoleId: 'a\nb' }, 'setup.option_malformed'],
    ['an end that is no time', { auth: { method: 'sas', fields: {} } }, { expiresAt: '2027-02-31' }, 'setup.option_malformed'],
    ['an end for federation', {}, { expiresAt: '2027-01-31T00:00:00Z' }, 'setup.option_conflict'],
    ['an application for a SAS', { auth: { method: 'sas', fields: {} } }, { applicationName: 'x' }, 'setup.option_conflict'],
    ['an option of another cloud', {}, { roleName: 'x' }, 'setup.option_conflict'],
  ] as unknown as readonly (readonly [string, Partial<Connection>, SetupOptions, string])[])(
    'for %s',
    (_name, connection, options, reason) => {
      expect(refusal(connection, options)).toMatchObject({ reason })
    },
  )

  it.each(['federation', 'managed-identity'])('for %s where Sluice has no identity', (method) => {
    const bare: Platform = { regions: [], egressAddresses: [] }
    expect(refusal({ auth: { method, fields: {} } }, {}, bare)).toMatchObject({ reason: 'setup.no_platform_identity' })
  })
})
