import { checkPolicy } from '../state/policies.ts'
import { joinOrganization, organizationPolicy } from '../state/organizations.ts'
import { ensureAccount } from '../state/state.ts'
import type { AwsState, Membership, Network, OrganizationPolicy } from '../state/types.ts'

/** What lies around accounts: their organization, the network of those who ask, the regions that are open to them. */
export interface SurroundingsAdmin {
  /** Makes an account a member of the organization that another account manages; to begin with everything is allowed there. */
  joinOrganization(accountId: string, managementAccount: string): void
  /** Attaches a service or resource control policy to a member, or replaces the one of that name. Gives the ARN. */
  putOrganizationPolicy(accountId: string, policy: Omit<OrganizationPolicy, 'arn'>): string
  detachOrganizationPolicy(accountId: string, name: string): void
  /** What is attached to a member, AWS's own policies that allow everything first. */
  organizationPolicies(accountId: string): readonly OrganizationPolicy[]
  /** Where requests seem to come from; undefined: where they really come from. */
  setNetwork(network: Network | undefined): void
  /** Whether STS issues sessions for an account in a region. */
  setStsActive(accountId: string, region: string, active: boolean): void
}

export function surroundingsAdmin(state: AwsState): SurroundingsAdmin {
  const membershipOf = (accountId: string): Membership => {
    const membership = state.memberships.get(accountId)
    if (!membership) throw new Error(`The lab's account ${accountId} is in no organization`)
    return membership
  }
  const attach = (accountId: string, policies: readonly OrganizationPolicy[]): void =>
    void state.memberships.set(accountId, { ...membershipOf(accountId), policies })
  return {
    joinOrganization(accountId, managementAccount) {
      ensureAccount(state, managementAccount)
      ensureAccount(state, accountId)
      joinOrganization(state, accountId, managementAccount)
    },
    putOrganizationPolicy(accountId, input) {
      checkPolicy(input.document, input.type === 'RESOURCE_CONTROL_POLICY' ? 'resource' : 'identity', 'MalformedPolicyDocument')
      const membership = membershipOf(accountId)
      const policy = organizationPolicy(state, membership, input)
      const isKnown = membership.policies.some(({ arn }) => arn === policy.arn)
      const others = membership.policies.map((one) => (one.arn === policy.arn ? policy : one))
      attach(accountId, isKnown ? others : [...others, policy])
      return policy.arn
    },
    detachOrganizationPolicy: (accountId, name) =>
      attach(
        accountId,
        membershipOf(accountId).policies.filter((policy) => policy.name !== name),
      ),
    organizationPolicies: (accountId) => state.memberships.get(accountId)?.policies ?? [],
    setNetwork(network) {
      if (network?.endpoint) checkPolicy(network.endpoint.policy, 'resource', 'MalformedPolicy')
      state.network = network
    },
    setStsActive(accountId, region, active) {
      const { stsInactive } = ensureAccount(state, accountId)
      if (active) stsInactive.delete(region)
      else stsInactive.add(region)
    },
  }
}
