import type { AzureState } from '../azure/state/types.ts'

/** What the lab shows of its Azure: no keys, no tokens, no bytes of blobs. */
export function azureView(state: AzureState) {
  const { applications, assignments, identities } = state
  return {
    propagationMs: state.propagationMs,
    caller: { address: state.callerAddress, protocol: state.callerProtocol },
    storageAccounts: [...state.accounts.values()].map((account) => ({
      name: account.name,
      tenantId: account.tenantId,
      subscriptionId: account.subscriptionId,
      resourceGroup: account.resourceGroup,
      location: account.location,
      settings: {
        hierarchical: account.hierarchical,
        versioning: account.versioning,
        allowSharedKeyAccess: account.allowSharedKeyAccess,
        allowBlobPublicAccess: account.allowBlobPublicAccess,
        supportsHttpsTrafficOnly: account.supportsHttpsTrafficOnly,
        disabled: account.disabled,
        firewall: account.firewall,
      },
      containers: [...account.containers.values()].map((container) => ({
        name: container.name,
        blobs: container.blobs.size,
        uncommitted: container.uncommitted.size,
        publicAccess: container.publicAccess,
        accessPolicies: container.accessPolicies,
        immutable: container.immutable,
      })),
    })),
    identities: [...applications.latestValues(), ...identities.latestValues()].map((identity) => ({
      kind: 'principals' in identity ? 'application' : 'managed identity',
      name: identity.name,
      clientId: identity.clientId,
      objectIds: 'principals' in identity ? identity.principals : { [identity.tenantId]: identity.principalId },
      credentials: identity.credentials,
      visible: applications.visible(identity.clientId) === identity || identities.visible(identity.clientId) === identity,
    })),
    roleAssignments: assignments.names().map((id) => ({
      id,
      ...assignments.latest(id),
      visible: assignments.visible(id) !== undefined,
    })),
  }
}
