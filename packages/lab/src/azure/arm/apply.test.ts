import { randomBytes } from 'node:crypto'
import type { Json, JsonObject } from '@sluice/core'
import { beforeEach, describe, expect, it } from 'vitest'
import { azureAdmin, type AzureAdmin } from '../admin/admin.ts'
import { emptyAzure } from '../state/state.ts'
import type { AzureState } from '../state/types.ts'

const NOW = Date.UTC(2026, 10, 28)

let state: AzureState
let azure: AzureAdmin
beforeEach(() => {
  state = emptyAzure({ now: () => NOW, sleep: async () => {} }, { bytes: (length) => randomBytes(length), fraction: () => 0.5 })
  azure = azureAdmin(state)
  azure.createStorageAccount({ name: 'lakedata' })
  azure.createContainer('lakedata', 'landing')
})

function template(parts: { resources?: readonly Json[]; outputs?: JsonObject; parameters?: JsonObject; variables?: JsonObject }): string {
  return JSON.stringify({
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    contentVersion: '1.0.0.0',
    resources: [],
    ...parts,
  })
}

const output = (value: string, parameters: JsonObject = {}): string | undefined =>
  azure.applyTemplate(template({ outputs: { it: { type: 'string', value } }, parameters }))['it']

describe('expressions', () => {
  it.each<[string, string]>([
    ['plain', 'plain'],
    ['[[not an expression]', '[not an expression]'],
    ["[concat('a', 'b''c', 1)]", "ab'c1"],
    ["[format('{0}-{1}-{0}', 'a', 2)]", 'a-2-a'],
    ["[toLower(substring('ABCDE', 1, 2))]", 'bc'],
    ["[replace('a-b-c', '-', '')]", 'abc'],
    ["[if(equals('a', 'a'), 'yes', parameters('missing'))]", 'yes'],
    ['[resourceGroup().name]', 'lake'],
    ['[subscription().subscriptionId]', '22222222-2222-4222-8222-222222222222'],
    ["[createArray('a', 'b')[1]]", 'b'],
    ["[createObject('a', createObject('b', 'c')).a.b]", 'c'],
    ['[string(length(createArray(1, 2, 3)))]', '3'],
    ["[dateTimeAdd('2026-01-31T00:00:00Z', 'P1M2DT3H')]", '2026-03-05 03:00:00Z'],
    ["[utcNow('yyyy-MM-dd')]", '2026-11-28'],
    ['[environment().suffixes.storage]', 'core.windows.net'],
    [
      "[resourceId('Microsoft.Storage/storageAccounts/blobServices/containers', 'lakedata', 'default', 'landing')]",
      '/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/lake/providers/Microsoft.Storage/storageAccounts/lakedata/blobServices/default/containers/landing',
    ],
    [
      "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'x')]",
      '/subscriptions/22222222-2222-4222-8222-222222222222/providers/Microsoft.Authorization/roleDefinitions/x',
    ],
  ])('%s', (value, expected) => expect(output(value)).toBe(expected))

  it('make GUIDs that are always the same', () => {
    expect(output("[guid('a', 'b')]")).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(output("[guid('a', 'b')]")).toBe(output("[guid('a', 'b')]"))
    expect(output("[guid('a', 'b')]")).not.toBe(output("[guid('a', 'c')]"))
  })

  it.each([
    ["[concat('a'", "The expression [concat('a' is not valid"],
    ["[nothing('a')]", 'The lab does not implement the function nothing() in templates.'],
    ["[parameters('none')]", 'The parameter none is not defined'],
    ['[resourceGroup().none]', 'The property none does not exist'],
    ["[resourceId('Microsoft.Storage/storageAccounts', 'a', 'b')]", 'takes 1 names'],
  ])('that are wrong are refused: %s', (value, message) => {
    // A text that only begins as an expression is none.
    if (!value.endsWith(']')) expect(output(value)).toBe(value)
    else expect(() => output(value)).toThrow(message)
  })
})

describe('parameters', () => {
  const source = template({
    parameters: { name: { type: 'string', allowedValues: ['a', '[b'] }, tail: { type: 'string', defaultValue: "[concat('-', 'z')]" } },
    outputs: { it: { type: 'string', value: "[concat(parameters('name'), parameters('tail'))]" } },
  })
  it('are given, or have a default', () => {
    expect(azure.applyTemplate(source, { name: 'a' })).toEqual({ it: 'a-z' })
    expect(azure.applyTemplate(source, { name: '[b', tail: '' })).toEqual({ it: '[b' })
  })
  it('are needed, known and allowed', () => {
    expect(() => azure.applyTemplate(source)).toThrow("The value for the template parameter 'name' is not provided")
    expect(() => azure.applyTemplate(source, { name: 'c' })).toThrow('not one of the allowed values')
    expect(() => azure.applyTemplate(source, { name: 'a', other: 'x' })).toThrow('The parameter other is not declared')
  })
})

describe('resources', () => {
  const READER = "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1')]"
  const CONTAINER = "[resourceId('Microsoft.Storage/storageAccounts/blobServices/containers', 'lakedata', 'default', 'landing')]"
  const assignment = (principalId: string, more: JsonObject = {}, properties: JsonObject = {}): JsonObject => ({
    type: 'Microsoft.Authorization/roleAssignments',
    apiVersion: '2022-04-01',
    name: "[guid(resourceGroup().id, 'reader')]",
    scope: CONTAINER,
    properties: { roleDefinitionId: READER, principalId, principalType: 'ServicePrincipal', ...properties },
    ...more,
  })

  it('of roles are given to those who are there', () => {
    const { objectId } = azure.createApplication({ name: 'sluice' })
    azure.applyTemplate(template({ resources: [assignment(objectId)] }))
    expect(azure.roleAssignments()).toMatchObject([
      { principalId: objectId, roleDefinitionName: 'Storage Blob Data Reader', scope: expect.stringMatching(/\/containers\/landing$/) },
    ])
    expect(() => azure.applyTemplate(template({ resources: [assignment(objectId)] }))).toThrow('The role assignment already exists.')
    expect(() => azure.applyTemplate(template({ resources: [assignment('99999999-9999-4999-8999-999999999999')] }))).toThrow(
      'does not exist in the directory',
    )
    expect(() => azure.applyTemplate(template({ resources: [assignment(objectId, { name: 'reader' })] }))).toThrow('is not a GUID')
    expect(() =>
      azure.applyTemplate(template({ resources: [assignment(objectId, {}, { condition: "(@Resource[x] StringEquals 'y')" })] })),
    ).toThrow('conditionVersion')
  })

  it('are made in the order of their dependence, and refer to each other', () => {
    const identity = "[resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'sluice')]"
    const { it: clientId = '' } = azure.applyTemplate(
      template({
        resources: [
          assignment(`[reference(${identity.slice(1, -1)}, '2023-01-31').principalId]`, { dependsOn: [identity] }),
          {
            type: 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials',
            apiVersion: '2023-01-31',
            name: 'sluice/issuer',
            dependsOn: ['sluice'],
            properties: { issuer: 'https://sluice.example.com', subject: 's', audiences: ['api://AzureADTokenExchange'] },
          },
          {
            type: 'Microsoft.ManagedIdentity/userAssignedIdentities',
            apiVersion: '2023-01-31',
            name: 'sluice',
            location: '[resourceGroup().location]',
          },
        ],
        outputs: { it: { type: 'string', value: `[reference(${identity.slice(1, -1)}).clientId]` } },
      }),
    )
    const made = state.identities.latest(clientId)
    expect(made).toMatchObject({ name: 'sluice', credentials: [{ issuer: 'https://sluice.example.com' }] })
    expect(azure.roleAssignments()).toMatchObject([{ principalId: made?.principalId }])
  })

  it('are containers and accounts, with what is set of them', () => {
    azure.applyTemplate(
      template({
        resources: [
          {
            type: 'Microsoft.Storage/storageAccounts',
            apiVersion: '2023-05-01',
            name: 'fresh',
            location: 'westeurope',
            sku: { name: 'Standard_LRS' },
            kind: 'StorageV2',
            properties: { isHnsEnabled: true, allowSharedKeyAccess: false },
          },
          {
            type: 'Microsoft.Storage/storageAccounts/blobServices/containers',
            apiVersion: '2023-05-01',
            name: "[concat('fresh', '/default/', 'landing')]",
            dependsOn: ["[resourceId('Microsoft.Storage/storageAccounts', 'fresh')]"],
          },
        ],
      }),
    )
    expect(state.accounts.get('fresh')).toMatchObject({ hierarchical: true, allowSharedKeyAccess: false })
    expect([...(state.accounts.get('fresh')?.containers.keys() ?? [])]).toEqual(['landing'])
  })

  it('are taken back when one of them fails', () => {
    const { objectId } = azure.createApplication({ name: 'sluice' })
    const broken = { type: 'Microsoft.Compute/virtualMachines', apiVersion: '2024-01-01', name: 'vm', properties: {} }
    expect(() => azure.applyTemplate(template({ resources: [assignment(objectId), broken] }))).toThrow(
      'The lab does not implement the resource type Microsoft.Compute/virtualMachines in templates.',
    )
    expect(azure.roleAssignments()).toEqual([])
  })

  it('are passed over where their condition is false', () => {
    expect(azure.applyTemplate(template({ resources: [assignment('nobody', { condition: "[equals('a', 'b')]" })] }))).toEqual({})
  })

  it('are refused with what the lab does not know of them', () => {
    const { objectId } = azure.createApplication({ name: 'sluice' })
    expect(() =>
      azure.applyTemplate(template({ resources: [assignment(objectId, {}, { delegatedManagedIdentityResourceId: 'x' })] })),
    ).toThrow('The lab does not implement delegatedManagedIdentityResourceId of Microsoft.Authorization/roleAssignments in templates.')
  })
})

describe('what is no template', () => {
  it.each([
    ['{', 'The template is not JSON'],
    ['{}', '$schema is not that of a deployment template'],
    [template({}).replace('contentVersion', 'version'), 'contentVersion is missing'],
    [template({}).replace('"resources":[]', '"resources":{}'), 'resources that are not a list'],
    [template({}).replace('"resources"', '"functions":[],"resources"'), 'the section functions'],
  ])('is refused: %s', (source, message) => expect(() => azure.applyTemplate(source)).toThrow(message))
})

it('signs no SAS for an account that is not there, or for another', () => {
  const sas = (account: string, resource: string): string | undefined =>
    output(
      `[listServiceSas('${account}', '2023-05-01', createObject('canonicalizedResource', '${resource}', 'signedResource', 'c', 'signedPermission', 'rl', 'signedExpiry', '2027-01-01')).serviceSasToken]`,
    )
  expect(sas('lakedata', '/blob/lakedata/landing')).toMatch(/^sv=2015-04-05&sr=c&se=2027-01-01T00%3A00%3A00Z&sp=rl&sig=/)
  expect(() => sas('nobody', '/blob/nobody/landing')).toThrow(
    "The Resource 'Microsoft.Storage/storageAccounts/nobody' under resource group 'lake' was not found.",
  )
  expect(() => sas('lakedata', '/blob/other/landing')).toThrow('canonicalizedResource')
})
