import { type HclBlock, hclBlock } from '../../setup/hcl.ts'
import { type Slot, text } from '../../setup/text.ts'
import { EXCHANGE_AUDIENCE } from '../entra.ts'
import { ownerOf } from './names.ts'
import { DELEGATOR, type SetupPlan } from './plan.ts'
import { SAS_DAYS, type SasPlan } from './sas-plan.ts'

type Attributes = NonNullable<HclBlock['attributes']>

/** The Terraform configuration: one file to put into an empty folder, and as output what Sluice must be told. */
export function terraform(plan: SetupPlan): string {
  const { sas, federation } = plan
  const blocks: readonly HclBlock[] = [
    versionBlock(plan),
    variable('subscription_id', 'Subscription of the storage account', plan.subscriptionId),
    variable('resource_group_name', 'Resource group of the storage account', plan.resourceGroup),
    { head: 'provider "azurerm"', attributes: { subscription_id: { expression: 'var.subscription_id' } }, blocks: [{ head: 'features' }] },
    ...(sas === undefined ? roleBlocks(plan) : sasBlocks(plan, sas)),
    ...(federation === undefined
      ? []
      : [
          output('tenant_id', 'Tenant id, for Sluice', 'data.azuread_client_config.current.tenant_id'),
          output('client_id', 'Client id, for Sluice', `${applicationOf(federation)}.client_id`),
        ]),
  ]
  return blocks.map((block) => hclBlock(block)).join('\n')
}

function versionBlock({ federation, sas }: SetupPlan): HclBlock {
  const provider = (source: string, version: string) => ({ data: { source, version } })
  return {
    head: 'terraform',
    attributes: { required_version: { data: '>= 1.3' } },
    blocks: [
      {
        head: 'required_providers',
        attributes: {
          azurerm: provider('hashicorp/azurerm', '>= 4.0'),
          ...(federation === undefined ? {} : { azuread: provider('hashicorp/azuread', '>= 3.0') }),
          ...(sas?.target.kind === 'blob' ? { azapi: provider('azure/azapi', '>= 2.0') } : {}),
          ...(sas !== undefined && sas.expiresAt === undefined ? { time: provider('hashicorp/time', '>= 0.9') } : {}),
        },
      },
    ],
  }
}

/** Without a value whoever applies it is asked. */
function variable(name: string, description: string, value: string | undefined): HclBlock {
  return {
    head: `variable "${name}"`,
    attributes: {
      description: { data: description },
      type: { expression: 'string' },
      ...(value === undefined ? {} : { default: { data: value } }),
    },
  }
}

function output(name: string, description: string, expression: string, more: Attributes = {}): HclBlock {
  return { head: `output "${name}"`, attributes: { description: { data: description }, value: { expression }, ...more } }
}

/** Known to Terraform alone: written as it names them. */
function reference(terraformName: string): Slot {
  return { slot: true, name: terraformName, value: '', description: '', pseudo: { template: '', terraform: terraformName } }
}

const GROUP = text`/subscriptions/${reference('var.subscription_id')}/resourceGroups/${reference('var.resource_group_name')}`

/** Written out, not looked up: reading the account would put its keys into the state. */
function accountScope(account: string) {
  return text`${GROUP}/providers/Microsoft.Storage/storageAccounts/${account}`
}

function roleBlocks(plan: SetupPlan): readonly HclBlock[] {
  const { role, connection, accounts, containers } = plan
  if (role === undefined) return []
  const grant = (name: string, index: number, all: readonly unknown[], attributes: Attributes): HclBlock => ({
    head: `resource "azurerm_role_assignment" "${name}${all.length > 1 ? `_${index + 1}` : ''}"`,
    attributes: {
      ...attributes,
      principal_id: principalOf(plan),
      principal_type: { data: 'ServicePrincipal' },
      description: { data: ownerOf(connection) },
    },
  })
  return [
    ...trustBlocks(plan),
    ...(role.isCustom
      ? [
          {
            head: 'resource "azurerm_role_definition" "sluice"',
            attributes: {
              name: { data: role.name },
              description: { data: ownerOf(connection) },
              scope: { data: GROUP },
              assignable_scopes: { data: [GROUP] },
            },
            blocks: [{ head: 'permissions', attributes: { data_actions: { data: role.dataActions } } }],
          },
        ]
      : []),
    ...accounts.map((account, index, all) =>
      grant('delegator', index, all, { scope: { data: accountScope(account) }, role_definition_name: { data: DELEGATOR } }),
    ),
    ...containers.map(({ account, container, condition }, index, all) =>
      grant('data', index, all, {
        scope: { data: text`${accountScope(account)}/blobServices/default/containers/${container}` },
        ...(role.isCustom
          ? { role_definition_id: { expression: 'azurerm_role_definition.sluice.role_definition_resource_id' } }
          : { role_definition_name: { data: role.name } }),
        ...(condition === undefined ? {} : { condition: { data: condition }, condition_version: { data: '2.0' } }),
      }),
    ),
  ]
}

function principalOf({ federation, ourIdentity }: SetupPlan): Attributes[string] {
  if (federation === undefined) return { data: ourIdentity?.objectId ?? '' }
  return {
    expression:
      federation.clientId === undefined ? 'azuread_service_principal.sluice.object_id' : 'data.azuread_service_principal.sluice.object_id',
  }
}

/** The application is made, or is the one that the connection names. */
function applicationOf({ clientId }: NonNullable<SetupPlan['federation']>): string {
  return clientId === undefined ? 'azuread_application.sluice' : 'data.azuread_application.sluice'
}

function trustBlocks({ federation, connection }: SetupPlan): readonly HclBlock[] {
  if (federation === undefined) return []
  const { clientId, applicationName, credentialName, issuerUrl, subject } = federation
  const application = applicationOf(federation)
  return [
    { head: 'data "azuread_client_config" "current"' },
    ...(clientId === undefined
      ? [
          {
            head: 'resource "azuread_application" "sluice"',
            attributes: { display_name: { data: applicationName }, sign_in_audience: { data: 'AzureADMyOrg' } },
          },
          {
            head: 'resource "azuread_service_principal" "sluice"',
            attributes: { client_id: { expression: 'azuread_application.sluice.client_id' } },
          },
        ]
      : [
          { head: 'data "azuread_application" "sluice"', attributes: { client_id: { data: clientId } } },
          { head: 'data "azuread_service_principal" "sluice"', attributes: { client_id: { data: clientId } } },
        ]),
    {
      head: 'resource "azuread_application_federated_identity_credential" "sluice"',
      attributes: {
        application_id: { expression: `${application}.id` },
        display_name: { data: credentialName },
        description: { data: ownerOf(connection) },
        issuer: { data: issuerUrl },
        subject: { data: subject },
        audiences: { data: [EXCHANGE_AUDIENCE] },
      },
    },
  ]
}

const LETTERS: { readonly [name: string]: string } = { read: 'r', write: 'w', delete: 'd', list: 'l' }

function sasBlocks(plan: SetupPlan, sas: SasPlan): readonly HclBlock[] {
  const expiry: Attributes[string] = sas.expiresAt === undefined ? { expression: 'time_offset.end.rfc3339' } : { data: sas.expiresAt }
  const token = sas.target.kind === 'blob' ? blobSas(sas, expiry) : accountSas(plan, sas, expiry)
  return [
    ...(sas.expiresAt === undefined ? [{ head: 'resource "time_offset" "end"', attributes: { offset_days: { data: SAS_DAYS } } }] : []),
    ...token.blocks,
    output('sas_token', 'The SAS, a secret, for Sluice', token.expression, { sensitive: { data: true } }),
  ]
}

/** Of a container, or of the whole account. The provider signs with a key of the account, which it keeps in its state. */
function accountSas({ connection }: SetupPlan, sas: SasPlan, expiry: Attributes[string]) {
  const isAccount = sas.target.kind === 'account'
  const type = isAccount ? 'azurerm_storage_account_sas' : 'azurerm_storage_account_blob_container_sas'
  const flags = (names: readonly string[], granted: (name: string) => boolean): Attributes =>
    Object.fromEntries(names.map((name) => [name, { data: granted(name) }]))
  const permissions = flags(
    ['read', 'add', 'create', 'write', 'delete', 'list', ...(isAccount ? ['update', 'process', 'tag', 'filter'] : [])],
    (name) => sas.letters.includes(LETTERS[name] ?? '-'),
  )
  const types = sas.target.kind === 'account' ? sas.target.resourceTypes : ''
  return {
    expression: `trimprefix(data.${type}.sluice.sas, "?")`,
    blocks: [
      {
        head: 'data "azurerm_storage_account" "sluice"',
        attributes: { name: { data: sas.account }, resource_group_name: { expression: 'var.resource_group_name' } },
      },
      {
        head: `data "${type}" "sluice"`,
        attributes: {
          connection_string: { expression: 'data.azurerm_storage_account.sluice.primary_connection_string' },
          ...(sas.target.kind === 'container' ? { container_name: { data: sas.target.container } } : {}),
          https_only: { data: true },
          // It must be named, and must not change: the day the connection was made.
          start: { data: `${connection.createdAt.slice(0, 10)}T00:00:00Z` },
          expiry,
        },
        blocks: [
          ...(isAccount
            ? [
                {
                  head: 'resource_types',
                  attributes: flags(['service', 'container', 'object'], (name) => types.includes(name.charAt(0))),
                },
                { head: 'services', attributes: flags(['blob', 'queue', 'table', 'file'], (name) => name === 'blob') },
              ]
            : []),
          { head: 'permissions', attributes: permissions },
        ],
      },
    ] satisfies readonly HclBlock[],
  }
}

/** Of one blob: azurerm makes none, so that Resource Manager is asked. */
function blobSas(sas: SasPlan, expiry: Attributes[string]) {
  const { target, account, letters } = sas
  const path = target.kind === 'blob' ? `/blob/${account}/${target.container}/${target.name}` : ''
  return {
    expression: 'data.azapi_resource_action.sas.output.serviceSasToken',
    blocks: [
      {
        head: 'locals',
        attributes: { expires_at: expiry },
      },
      {
        head: 'data "azapi_resource_action" "sas"',
        attributes: {
          type: { data: 'Microsoft.Storage/storageAccounts@2023-05-01' },
          resource_id: { data: accountScope(account) },
          action: { data: 'listServiceSas' },
          method: { data: 'POST' },
          body: {
            data: {
              canonicalizedResource: path,
              signedResource: 'b',
              signedPermission: letters,
              signedProtocol: 'https',
              signedExpiry: text`${reference('local.expires_at')}`,
            },
          },
          response_export_values: { data: ['serviceSasToken'] },
        },
      },
    ] satisfies readonly HclBlock[],
  }
}
