import type { NamedPolicy, PolicyDocument, PolicySet, RequestContext } from '@sluice/core'
import { letters } from './ids.ts'
import { prepared } from './policies.ts'
import type { AwsState, Membership, OrganizationPolicy } from './types.ts'

const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyz'

/** What every account of an organization has from the beginning: without it nothing would be allowed. */
const FULL: PolicyDocument = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
const FULL_OF_RESOURCES: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }],
}
const FULL_ACCESS: readonly OrganizationPolicy[] = [
  {
    arn: 'arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess',
    name: 'FullAWSAccess',
    type: 'SERVICE_CONTROL_POLICY',
    document: FULL,
  },
  {
    arn: 'arn:aws:organizations::aws:policy/resource_control_policy/p-RCPFullAWSAccess',
    name: 'RCPFullAWSAccess',
    type: 'RESOURCE_CONTROL_POLICY',
    document: FULL_OF_RESOURCES,
  },
]

/** Makes an account a member of the organization that another account manages. */
export function joinOrganization(state: AwsState, accountId: string, managementAccount: string): Membership {
  const present = [...state.memberships.values()].find((membership) => membership.managementAccount === managementAccount)
  const organizationId = present?.organizationId ?? `o-${letters(state.random, DIGITS, 10)}`
  const membership = { organizationId, managementAccount, policies: FULL_ACCESS }
  if (!state.memberships.has(managementAccount)) state.memberships.set(managementAccount, membership)
  state.memberships.set(accountId, membership)
  return membership
}

/** A policy with the ARN that denials name. A name that is taken keeps its ARN. */
export function organizationPolicy(
  state: AwsState,
  { organizationId, managementAccount, policies }: Membership,
  { name, type, document }: Omit<OrganizationPolicy, 'arn'>,
): OrganizationPolicy {
  const known = policies.find((policy) => policy.name === name && policy.type === type)
  const id = `p-${letters(state.random, DIGITS, 8)}`
  const arn = known?.arn ?? `arn:aws:organizations::${managementAccount}:policy/${organizationId}/${type.toLowerCase()}/${id}`
  return { arn, name, type, document }
}

/** Of whose resources resource control policies speak. https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html */
const RESOURCE_CONTROLLED = ['s3', 'sts', 'kms']

/** What the organizations of caller and resource add to a question. */
export function guardRails(
  state: AwsState,
  callerAccount: string | undefined,
  resourceAccount: string,
  service: string,
): { readonly policies: Pick<PolicySet, 'scps' | 'rcps'>; readonly context: RequestContext } {
  const own = state.memberships.get(callerAccount ?? '')
  const theirs = state.memberships.get(resourceAccount)
  const scps = own && levelOf(state, own, callerAccount, 'SERVICE_CONTROL_POLICY')
  const rcps = theirs && RESOURCE_CONTROLLED.includes(service) && levelOf(state, theirs, resourceAccount, 'RESOURCE_CONTROL_POLICY')
  return {
    policies: { ...(scps ? { scps } : {}), ...(rcps ? { rcps } : {}) },
    context: {
      ...(own ? { 'aws:PrincipalOrgID': own.organizationId } : {}),
      ...(theirs ? { 'aws:ResourceOrgID': theirs.organizationId } : {}),
    },
  }
}

/** Whether two accounts are one, or of one organization: then denials say why. */
export function isOneOrganization(state: AwsState, one: string | undefined, other: string): boolean {
  const organization = state.memberships.get(one ?? '')?.organizationId
  return one === other || (organization !== undefined && state.memberships.get(other)?.organizationId === organization)
}

/** The account that manages an organization is limited by none of its policies. */
function levelOf(
  state: AwsState,
  { managementAccount, policies }: Membership,
  accountId: string | undefined,
  type: OrganizationPolicy['type'],
): readonly (readonly NamedPolicy[])[] | undefined {
  if (accountId === managementAccount) return undefined
  return [policies.filter((policy) => policy.type === type).map(({ arn, document }) => prepared(state, arn, document))]
}
