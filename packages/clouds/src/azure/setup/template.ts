import type { SetupPlan } from './plan.ts'
import { DELEGATOR, READER } from './plan.ts'
import { permissionsOf } from './documents.ts'
import { ownerOf } from './names.ts'
import { builtInRoleId } from '../roles.ts'
import { SAS_DAYS, type SasPlan } from './sas-plan.ts'
import { EXCHANGE_AUDIENCE } from '../entra.ts'
import {
  type Parameter,
  type Resource,
  type Template,
  type Value,
  call,
  idOf,
  listOf,
  member,
  parameter,
  propertyOf,
} from './template-model.ts'

/** Versions of Resource Manager's interfaces. https://learn.microsoft.com/azure/templates/ */
const STORAGE = '2023-05-01'
const AUTHORIZATION = '2022-04-01'
const IDENTITY = '2023-01-31'

/** The template of a setup, to deploy into the resource group of the storage account; undefined for an account key, which none is needed for. */
export function templateOf(plan: SetupPlan): Template | undefined {
  const description = `Access of a Sluice connection to Blob Storage. Deploy it into the resource group of ${plan.accounts.join(' and ')}.`
  if (plan.sas !== undefined) return { description, ...sasTemplate(plan.sas) }
  if (plan.role === undefined) return undefined
  return { description, ...roleTemplate(plan) }
}

type Parts = Omit<Template, 'description'>

function roleTemplate(plan: SetupPlan): Parts {
  const places = existingPlaces(plan)
  const trusted = plan.federation === undefined ? undefined : trustedIdentity(plan.federation, ownerOf(plan.connection))
  const principal = trusted === undefined ? parameter('principalId') : propertyOf(trusted.identity, 'principalId')
  const made = customRole(plan)
  const needs = [...(trusted === undefined ? [] : [trusted.identity]), ...(made === undefined ? [] : [made])]
  const grant = (symbol: string, on: Resource, role: Value, more: { readonly [key: string]: Value } = {}): Resource => ({
    symbol,
    type: 'Microsoft.Authorization/roleAssignments',
    apiVersion: AUTHORIZATION,
    // Always the same for the same connection: what is deployed again changes nothing.
    name: call('guid', idOf(on), ownerOf(plan.connection), symbol),
    scope: on,
    needs,
    properties: {
      roleDefinitionId: role,
      principalId: principal,
      principalType: 'ServicePrincipal',
      description: ownerOf(plan.connection),
      ...more,
    },
  })
  const builtIn = (name: typeof READER | typeof DELEGATOR): Value =>
    call('subscriptionResourceId', 'Microsoft.Authorization/roleDefinitions', builtInRoleId(name))
  return {
    parameters: [...places.parameters, ...(trusted?.parameters ?? ourParameter(plan))],
    resources: [
      ...places.resources,
      ...(trusted?.resources ?? []),
      ...(made === undefined ? [] : [made]),
      ...places.accounts.map((account, index) => grant(numberedSymbol('delegator', index), account, builtIn(DELEGATOR))),
      ...places.containers.map(({ resource, condition }, index) =>
        grant(
          numberedSymbol('data', index),
          resource,
          made === undefined ? builtIn(READER) : idOf(made),
          condition === undefined ? {} : { condition, conditionVersion: '2.0' },
        ),
      ),
    ],
    outputs:
      trusted === undefined
        ? []
        : [
            { name: 'tenantId', description: 'Tenant id, for Sluice', value: member(call('subscription'), 'tenantId') },
            { name: 'clientId', description: 'Client id, for Sluice', value: propertyOf(trusted.identity, 'clientId') },
          ],
  }
}

/** The accounts and containers, which are there already; their names are parameters. */
function existingPlaces({ accounts, containers }: Pick<SetupPlan, 'accounts' | 'containers'>) {
  const madeAccounts = accounts.map((account, index) => {
    const named = { name: numberedSymbol('storageAccountName', index), description: 'Storage account', value: account }
    const resource: Resource = {
      symbol: numberedSymbol('account', index),
      type: 'Microsoft.Storage/storageAccounts',
      apiVersion: STORAGE,
      isExisting: true,
      name: parameter(named.name),
    }
    const service: Resource = {
      symbol: numberedSymbol('blobs', index),
      type: `${resource.type}/blobServices`,
      apiVersion: STORAGE,
      isExisting: true,
      parent: resource,
      name: 'default',
    }
    return { account, named, resource, service }
  })
  const madeContainers = containers.flatMap(({ account, container, condition }, index) => {
    const outer = madeAccounts.find((one) => one.account === account)
    if (outer === undefined) return []
    const named = { name: numberedSymbol('containerName', index), description: 'Container', value: container }
    const resource: Resource = {
      symbol: numberedSymbol('container', index),
      type: `${outer.service.type}/containers`,
      apiVersion: STORAGE,
      isExisting: true,
      parent: outer.service,
      name: parameter(named.name),
    }
    return [{ named, resource, condition }]
  })
  return {
    parameters: [...madeAccounts, ...madeContainers].map(({ named }): Parameter => named),
    accounts: madeAccounts.map(({ resource }) => resource),
    containers: madeContainers,
    resources: [...madeAccounts.flatMap(({ resource, service }) => [resource, service]), ...madeContainers.map(({ resource }) => resource)],
  }
}

function ourParameter({ ourIdentity }: SetupPlan): readonly Parameter[] {
  return ourIdentity === undefined
    ? []
    : [{ name: 'principalId', description: 'Object id of the managed identity of Sluice: keep it as it is', value: ourIdentity.objectId }]
}

/** A managed identity in place of an application: Resource Manager makes the one and not the other, and Entra takes either. */
function trustedIdentity({ identityName, credentialName, issuerUrl, subject }: NonNullable<SetupPlan['federation']>, owner: string) {
  const identity: Resource = {
    symbol: 'identity',
    type: 'Microsoft.ManagedIdentity/userAssignedIdentities',
    apiVersion: IDENTITY,
    name: parameter('identityName'),
    location: member(call('resourceGroup'), 'location'),
  }
  const credential: Resource = {
    symbol: 'credential',
    type: `${identity.type}/federatedIdentityCredentials`,
    apiVersion: IDENTITY,
    parent: identity,
    name: credentialName,
    properties: { issuer: issuerUrl, subject, audiences: [EXCHANGE_AUDIENCE] },
  }
  return {
    identity,
    parameters: [{ name: 'identityName', description: `Managed identity to make, for ${owner}`, value: identityName }],
    resources: [identity, credential],
  }
}

function customRole(plan: SetupPlan): Resource | undefined {
  const { role, connection } = plan
  if (role?.isCustom !== true) return undefined
  const group = member(call('resourceGroup'), 'id')
  return {
    symbol: 'role',
    type: 'Microsoft.Authorization/roleDefinitions',
    apiVersion: AUTHORIZATION,
    name: call('guid', group, ownerOf(connection)),
    properties: {
      roleName: role.name,
      description: ownerOf(connection),
      type: 'CustomRole',
      permissions: [permissionsOf(role)],
      assignableScopes: [group],
    },
  }
}

/** A SAS is made by a function of the account: nothing is created. */
function sasTemplate(sas: SasPlan): Parts {
  const { target, account: accountName, letters } = sas
  const account: Resource = {
    symbol: 'account',
    type: 'Microsoft.Storage/storageAccounts',
    apiVersion: STORAGE,
    isExisting: true,
    name: parameter('storageAccountName'),
  }
  const common = {
    signedPermission: parameter('permissions'),
    signedExpiry: parameter('expiresAt'),
    signedProtocol: 'https',
    keyToSign: parameter('keyToSign'),
  }
  const resource = target.kind === 'account' ? '' : target.kind === 'blob' ? '/blob/{0}/{1}/{2}' : '/blob/{0}/{1}'
  const token =
    target.kind === 'account'
      ? member(
          listOf(account, 'listAccountSas', { ...common, signedServices: 'b', signedResourceTypes: target.resourceTypes }),
          'accountSasToken',
        )
      : member(
          listOf(account, 'listServiceSas', {
            ...common,
            canonicalizedResource: call(
              'format',
              resource,
              parameter('storageAccountName'),
              parameter('containerName'),
              ...(target.kind === 'blob' ? [parameter('blobName')] : []),
            ),
            signedResource: target.kind === 'blob' ? 'b' : 'c',
          }),
          'serviceSasToken',
        )
  return {
    parameters: [
      { name: 'storageAccountName', description: 'Storage account', value: accountName },
      ...(target.kind === 'account' ? [] : [{ name: 'containerName', description: 'Container', value: target.container }]),
      ...(target.kind === 'blob' ? [{ name: 'blobName', description: 'Blob', value: target.name }] : []),
      { name: 'permissions', description: 'What the SAS allows, in letters: r reads, w writes, d deletes, l lists', value: letters },
      { name: 'expiresAt', description: 'When the SAS ends', value: sas.expiresAt ?? inDays() },
      { name: 'keyToSign', description: 'Key that signs the SAS: rotating it ends the SAS', value: 'key1' },
    ],
    resources: [account],
    outputs: [{ name: 'sasToken', description: 'The SAS, a secret, for Sluice', value: token, isSecret: true }],
  }
}

function inDays(): Value {
  return call('dateTimeAdd', call('utcNow', 'u'), `P${SAS_DAYS}D`, 'yyyy-MM-ddTHH:mm:ssZ')
}

/** `account` for the first, `account2` for the second. */
function numberedSymbol(name: string, index: number): string {
  return index === 0 ? name : `${name}${index + 1}`
}
