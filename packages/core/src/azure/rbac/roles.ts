import type { RoleDefinition } from './types.ts'

const CONTAINERS = 'Microsoft.Storage/storageAccounts/blobServices/containers'
const DELEGATION_KEY = 'Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action'

function role(
  id: string,
  name: string,
  actions: readonly string[],
  dataActions: readonly string[] = [],
  notActions: readonly string[] = [],
): RoleDefinition {
  return { id, name, permissions: [{ actions, notActions, dataActions, notDataActions: [] }] }
}

/**
 * Azure's own roles that people give on storage. Contributor and Owner are of the control plane: they read no blob.
 * https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/storage
 */
export const BUILT_IN_ROLES: readonly RoleDefinition[] = [
  role(
    '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
    'Storage Blob Data Reader',
    [`${CONTAINERS}/read`, DELEGATION_KEY],
    [`${CONTAINERS}/blobs/read`],
  ),
  role(
    'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
    'Storage Blob Data Contributor',
    [`${CONTAINERS}/delete`, `${CONTAINERS}/read`, `${CONTAINERS}/write`, DELEGATION_KEY],
    [
      `${CONTAINERS}/blobs/delete`,
      `${CONTAINERS}/blobs/read`,
      `${CONTAINERS}/blobs/write`,
      `${CONTAINERS}/blobs/move/action`,
      `${CONTAINERS}/blobs/add/action`,
    ],
  ),
  role('b7e6dc6d-f1e8-4753-8033-0f276bb0955b', 'Storage Blob Data Owner', [`${CONTAINERS}/*`, DELEGATION_KEY], [`${CONTAINERS}/blobs/*`]),
  role('db58b8e5-c6ad-4a2a-8342-4190687cbf4a', 'Storage Blob Delegator', [DELEGATION_KEY]),
  role('acdd72a7-3385-48ef-bd42-f606fba81ae7', 'Reader', ['*/read']),
  role(
    'b24988ac-6180-42a0-ab88-20f7382dd24c',
    'Contributor',
    ['*'],
    [],
    [
      'Microsoft.Authorization/*/Delete',
      'Microsoft.Authorization/*/Write',
      'Microsoft.Authorization/elevateAccess/Action',
      'Microsoft.Blueprint/blueprintAssignments/write',
      'Microsoft.Blueprint/blueprintAssignments/delete',
      'Microsoft.Compute/galleries/share/action',
      'Microsoft.Purview/consents/write',
      'Microsoft.Purview/consents/delete',
      'Microsoft.Resources/deploymentStacks/manageDenySetting/action',
    ],
  ),
  role('8e3af657-a8ff-443c-a75c-2fe8c4bcb635', 'Owner', ['*']),
  role('17d1049b-9a84-46fb-8f53-869881c3d3ab', 'Storage Account Contributor', [
    'Microsoft.Authorization/*/read',
    'Microsoft.Insights/alertRules/*',
    'Microsoft.Insights/diagnosticSettings/*',
    'Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action',
    'Microsoft.ResourceHealth/availabilityStatuses/read',
    'Microsoft.Resources/deployments/*',
    'Microsoft.Resources/subscriptions/resourceGroups/read',
    'Microsoft.Storage/storageAccounts/*',
    'Microsoft.Support/*',
  ]),
  role('c12c1c16-33a1-487b-954d-41c89c60f349', 'Reader and Data Access', [
    'Microsoft.Storage/storageAccounts/listKeys/action',
    'Microsoft.Storage/storageAccounts/ListAccountSas/action',
    'Microsoft.Storage/storageAccounts/read',
  ]),
  role('81a9662b-bebf-436f-a333-f67b29880f12', 'Storage Account Key Operator Service Role', [
    'Microsoft.Storage/storageAccounts/listkeys/action',
    'Microsoft.Storage/storageAccounts/regeneratekey/action',
  ]),
]

/** The definition an assignment names: one of the given, or a built-in one. */
export function findRole(definitionId: string, custom: readonly RoleDefinition[] = []): RoleDefinition | undefined {
  const id = definitionId.slice(definitionId.lastIndexOf('/') + 1).toLowerCase()
  return [...custom, ...BUILT_IN_ROLES].find((definition) => definition.id.toLowerCase() === id)
}
