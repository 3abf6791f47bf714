import { compile, evaluate, type NamedPolicy, type Principal, type RequestContext, type SetupProof } from '@sluice/core'
import { proof } from '../../setup/prove.ts'
import type { SetupDocuments } from './documents.ts'
import type { PrincipalTrust } from './holder.ts'
import type { IssuerTrust } from './oidc-provider.ts'
import type { SetupPlan } from './plan.ts'

/** Stands for the customer's account while nobody has named it. */
export const SOME_ACCOUNT = '000000000000'

/** What the trust policy of a role says to us, and to everybody who is not us. */
export function trustProofs(plan: SetupPlan, documents: SetupDocuments): readonly SetupProof[] {
  const { holder } = plan
  if (holder.kind !== 'role' || documents.trust === undefined) return []
  const ask = asking(plan, compile({ name: 'trust policy', document: documents.trust.document }, 'trust'))
  return holder.trusts.kind === 'issuer' ? issuerProofs(holder.trusts, ask) : principalProofs(holder.trusts, ask)
}

/** Whether somebody gets the role by an action, with these keys in the request. */
type Ask = (principal: Principal, action: string, context: RequestContext) => boolean

function asking(plan: SetupPlan, trust: NamedPolicy): Ask {
  const { holder, partition, accountId = SOME_ACCOUNT } = plan
  const resource = holder.arn ?? `arn:${partition}:iam::${accountId}:role${holder.path}${holder.name}`
  return (principal, action, context) => {
    const policies = { identity: [CALLER_MAY_ASSUME], resource: trust, resourceRule: 'trust' as const }
    return evaluate({ principal, action, resource, resourceAccount: accountId, context, policies }).allowed
  }
}

/** The caller's own policy lets it assume anything, so that only the trust policy decides. */
const CALLER_MAY_ASSUME: NamedPolicy = {
  name: 'caller',
  document: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }] },
}

/** We can assume the role with its external id; without it, with another one, or as somebody else nobody can. */
function principalProofs({ aws, externalId }: PrincipalTrust, ask: Ask): readonly SetupProof[] {
  const us = principalOf(aws.principalArn)
  const assumes = (principal: Principal, id: string | undefined): boolean =>
    ask(principal, 'sts:AssumeRole', id === undefined ? {} : { 'sts:ExternalId': id })
  const open = externalId === undefined ? 'allowed' : 'denied'
  const elsewhere = aws.principalArn.replace(/::\d{12}:/, `::${aws.accountId === SOME_ACCOUNT ? '111111111111' : SOME_ACCOUNT}:`)
  return [
    proof(`Sluice assumes the role${externalId === undefined ? '' : ' with its external id'}`, 'allowed', assumes(us, externalId)),
    ...(externalId === undefined ? [] : [proof('Sluice assumes the role without an external id', open, assumes(us, undefined))]),
    proof('Sluice assumes the role with another external id', open, assumes(us, `${externalId ?? 'id'}-other`)),
    proof(
      "Another principal of Sluice's account assumes the role",
      'denied',
      assumes(principalOf(`${aws.principalArn}-other`), externalId),
    ),
    proof('A principal of the same name in another account assumes the role', 'denied', assumes(principalOf(elsewhere), externalId)),
  ]
}

function principalOf(arn: string): Principal {
  return arn.includes(':user/') ? { kind: 'user', arn } : { kind: 'role-session', roleArn: arn, sessionName: 'sluice' }
}

/** Our token about this connection gets the role; about another, for another audience, or of another issuer it does not. */
function issuerProofs({ path, audience, subject, providerArn }: IssuerTrust, ask: Ask): readonly SetupProof[] {
  const claims = { [`${path}:aud`]: audience, [`${path}:sub`]: subject }
  const comes = (context: RequestContext, provider = providerArn): boolean =>
    ask({ kind: 'federated', provider }, 'sts:AssumeRoleWithWebIdentity', context)
  const otherProject = subject.replace(/:project:.*:connection:/, ':project:another:connection:')
  const account = providerArn.split(':')[4] ?? ''
  const neighbour: Principal = { kind: 'user', arn: `${providerArn.split(':oidc-provider/')[0] ?? ''}:user/neighbour` }
  return [
    proof('Sluice assumes the role with a token of this connection', 'allowed', comes(claims)),
    proof('Sluice assumes the role with a token of another connection', 'denied', comes({ ...claims, [`${path}:sub`]: `${subject}2` })),
    proof(
      'Sluice assumes the role with a token of another project',
      'denied',
      comes({ ...claims, [`${path}:sub`]: otherProject === subject ? `${subject}2` : otherProject }),
    ),
    proof('Sluice assumes the role with a token for another audience', 'denied', comes({ ...claims, [`${path}:aud`]: 'another' })),
    proof('A token that names no subject and no audience gets the role', 'denied', comes({})),
    proof('A token of another issuer gets the role', 'denied', comes(claims, `${providerArn}.example.com`)),
    proof(`A user of account ${account} assumes the role`, 'denied', ask(neighbour, 'sts:AssumeRole', {})),
  ]
}
