import type { Artifact, JsonObject } from '@sluice/core'
import { EXCHANGE_AUDIENCE } from '../entra.ts'
import { ownerOf } from './names.ts'
import type { RolePlan, SetupPlan } from './plan.ts'
import { jsonArtifact, numbered } from '../../setup/artifacts.ts'

/** The documents of one setup, from which every artifact is written. */
export interface SetupDocuments {
  /** Of the application: whose tokens it takes. */
  readonly federatedCredential: JsonObject | undefined
  /** The custom role as the portal reads it. */
  readonly role: JsonObject | undefined
}

export function setupDocuments(plan: SetupPlan): SetupDocuments {
  const { federation, role, connection } = plan
  return {
    federatedCredential:
      federation === undefined
        ? undefined
        : {
            name: federation.credentialName,
            issuer: federation.issuerUrl,
            subject: federation.subject,
            audiences: [EXCHANGE_AUDIENCE],
            description: ownerOf(connection),
          },
    role:
      role?.isCustom === true
        ? {
            properties: {
              roleName: role.name,
              description: ownerOf(connection),
              assignableScopes: [groupScope(plan)],
              permissions: [permissionsOf(role)],
            },
          }
        : undefined,
  }
}

export function permissionsOf({ dataActions }: RolePlan): { readonly [field: string]: readonly string[] } {
  return { actions: [], notActions: [], dataActions, notDataActions: [] }
}

/** The custom role as the Azure CLI reads it. The script puts in where it may be given. */
export function roleForCli(plan: SetupPlan, role: RolePlan, assignableScope: string): JsonObject {
  return {
    Name: role.name,
    IsCustom: true,
    Description: ownerOf(plan.connection),
    Actions: [],
    NotActions: [],
    DataActions: role.dataActions,
    NotDataActions: [],
    AssignableScopes: [assignableScope],
  }
}

/** The resource group of the storage account, as far as it is known. */
function groupScope({ subscriptionId = 'SUBSCRIPTION_ID', resourceGroup = 'RESOURCE_GROUP' }: SetupPlan): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`
}

/** The documents as artifacts to paste. */
export function documentArtifacts(plan: SetupPlan, { federatedCredential, role }: SetupDocuments): readonly Artifact[] {
  const conditions = conditionsOf(plan)
  return [
    ...(federatedCredential === undefined
      ? []
      : [jsonArtifact('federated-credential', 'Federated credential: whose tokens are taken', federatedCredential)]),
    ...(role === undefined ? [] : [jsonArtifact('custom-role', 'Custom role: what may be done', role)]),
    ...conditions.map(({ container, condition }, index): Artifact => {
      const id = numbered('condition', index, conditions)
      return { id, title: `Condition of the role on ${container}`, filename: `${id}.txt`, language: 'text', text: `${condition}\n` }
    }),
  ]
}

/** The containers whose role is given under a condition. */
export function conditionsOf({
  containers,
}: SetupPlan): readonly { readonly account: string; readonly container: string; readonly condition: string }[] {
  return containers.flatMap(({ account, container, condition }) => (condition === undefined ? [] : [{ account, container, condition }]))
}
