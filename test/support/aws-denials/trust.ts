import type { DenialScenario } from '../denials.ts'
import { TOLD_ALIKE } from '../denials-aws-groups.ts'
import { REGION, ROLE_ARN, STRANGER_ACCOUNT } from '../denials-aws-names.ts'
import type { AwsWorld } from '../denials-aws.ts'
import { CUSTOMER_ACCOUNT, ISSUER, PLATFORM_ACCOUNT, PRINCIPAL } from '../installation.ts'
import { replacing } from '../policy-edits.ts'

type Scenario = DenialScenario<AwsWorld>

export const TRUST = 'documents.trustPolicy'
const MANAGEMENT = '999988887777'

/** A scenario of one replaced piece of the trust policy. */
const trusts = (cause: string, name: string, from: string | RegExp, to: string): Scenario => ({
  name,
  cause,
  group: TOLD_ALIKE.trust,
  break: (world) => world.change(TRUST, replacing(from, to)),
})

const expects = (name: string, to: string): Scenario => trusts('aws.sts.external_id', name, /"sluice-[0-9a-f]{32}"/, to)
const names = (name: string, to: string): Scenario => trusts('aws.sts.trust_principal', name, `{"AWS":"${PRINCIPAL}"}`, to)

/** Keeps the role as it is now, and gives it back once it is gone. */
function roleKept(): Pick<Scenario, 'arrange' | 'break' | 'repair'> {
  let kept: ReturnType<AwsWorld['aws']['getRole']>
  return {
    arrange: ({ aws }) => {
      kept = aws.getRole(ROLE_ARN)
    },
    break: ({ aws }) => aws.deleteRole(ROLE_ARN),
    repair: ({ aws }) => {
      if (kept !== undefined) aws.putRole(CUSTOMER_ACCOUNT, kept)
    },
  }
}

const keptOut = (action: string): Pick<Scenario, 'arrange' | 'break'> => ({
  arrange: ({ aws }) => aws.joinOrganization(CUSTOMER_ACCOUNT, MANAGEMENT),
  break: ({ aws }) =>
    void aws.putOrganizationPolicy(CUSTOMER_ACCOUNT, {
      name: 'identity-perimeter',
      type: 'RESOURCE_CONTROL_POLICY',
      document: {
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'EnforceOrgIdentities',
            Effect: 'Deny',
            Principal: '*',
            Action: action,
            Resource: '*',
            Condition: {
              StringNotEqualsIfExists: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5', 'aws:PrincipalAccount': [STRANGER_ACCOUNT] },
              BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' },
            },
          },
        ],
      },
    }),
})

const refusing = (operation: string, status: number, code: string, message: string): Pick<Scenario, 'break' | 'repair' | 'inside'> => ({
  inside: 'strong',
  break: ({ installation }) => void installation.lab.faults.add({ operation, effect: { kind: 'error', status, code, message } }),
  repair: ({ installation }) => installation.lab.faults.clear(),
})

/** What keeps us from assuming the role. */
export const ROLE: readonly Scenario[] = [
  expects('another', '"an-id-of-somebody-else"'),
  expects('cut off', '"sluice-0123456789"'),
  expects('with a space at its end', '"sluice-00000000000000000000000000000000 "'),
  trusts(
    'aws.sts.external_id',
    'a pattern that it does not fit',
    /"StringEquals":\{"sts:ExternalId":"[^"]+"\}/,
    '"StringLike":{"sts:ExternalId":"acme-*"}',
  ),
  names('another account', `{"AWS":"arn:aws:iam::${STRANGER_ACCOUNT}:root"}`),
  names('our role without its path', `{"AWS":"arn:aws:iam::${PLATFORM_ACCOUNT}:role/xxxxxxx-tnabcdefg"}`),
  names('another role of ours', `{"AWS":"arn:aws:iam::${PLATFORM_ACCOUNT}:role/another"}`),
  names('a service', '{"Service":"ec2.amazonaws.com"}'),
  trusts('aws.sts.trust_orphan', 'our role before it was made again', PRINCIPAL, 'AROAEXAMPLEEXAMPLEABC'),
  { name: 'deleted', cause: 'aws.sts.role_missing', group: TOLD_ALIKE.trust, inside: 'strong', ...roleKept() },
  { name: 'of the organization', cause: 'aws.sts.rcp', group: TOLD_ALIKE.trust, ...keptOut('sts:AssumeRole') },
  {
    name: 'of ours',
    cause: 'aws.sts.caller_policy',
    group: [...TOLD_ALIKE.trust, 'aws.sts.caller_policy'],
    onlyInside: true,
    inside: 'consistent',
    break: ({ aws }) =>
      aws.putRolePolicy(PRINCIPAL, 'assume', { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] }),
    repair: ({ aws }) =>
      aws.putRolePolicy(PRINCIPAL, 'assume', {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }],
      }),
  },
  {
    name: 'not activated',
    cause: 'aws.sts.region',
    inside: 'strong',
    break: ({ aws }) => aws.setStsActive(PLATFORM_ACCOUNT, REGION, false),
    repair: ({ aws }) => aws.setStsActive(PLATFORM_ACCOUNT, REGION, true),
  },
  {
    // An hour is what every role allows, and the most that we ask for.
    name: 'longer than the role allows',
    cause: 'aws.sts.duration',
    ...refusing(
      'sts.AssumeRole',
      400,
      'ValidationError',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    ),
  },
]

const ISSUER_HOST = new URL(ISSUER).host
const PROVIDER = `arn:aws:iam::${CUSTOMER_ACCOUNT}:oidc-provider/${ISSUER_HOST}`
const AUDIENCE = 'sts.amazonaws.com'
const OIDC = ['aws.oidc.subject', 'aws.oidc.audience', 'aws.oidc.provider', 'aws.sts.role_missing', 'aws.sts.rcp']

const wants = (cause: string, name: string, from: string | RegExp, to: string): Scenario => ({
  name,
  cause,
  group: OIDC,
  break: (world) => world.change(TRUST, replacing(from, to)),
})

/** What keeps our tokens from being taken for it. */
export const TOKENS: readonly Scenario[] = [
  {
    name: 'not in the account',
    cause: 'aws.oidc.provider',
    inside: 'strong',
    break: ({ aws }) => aws.deleteOidcProvider(PROVIDER),
    repair: ({ aws }) => void aws.putOidcProvider(CUSTOMER_ACCOUNT, { url: ISSUER, clientIds: [AUDIENCE] }),
  },
  wants('aws.oidc.provider', 'another in the trust policy', PROVIDER, `arn:aws:iam::${CUSTOMER_ACCOUNT}:oidc-provider/another.example.com`),
  {
    name: 'not one of the provider’s',
    cause: 'aws.oidc.audience',
    inside: 'strong',
    break: ({ aws }) => void aws.putOidcProvider(CUSTOMER_ACCOUNT, { url: ISSUER, clientIds: ['another'] }),
    repair: ({ aws }) => void aws.putOidcProvider(CUSTOMER_ACCOUNT, { url: ISSUER, clientIds: [AUDIENCE] }),
  },
  wants('aws.oidc.audience', 'another in the trust policy', `:aud":"${AUDIENCE}"`, ':aud":"another"'),
  wants('aws.oidc.subject', 'of another connection', /(:sub":")[^"]+/, ':sub":"org/project/connection/another'),
  wants('aws.oidc.subject', 'cut off', /(:sub":"[^"]{8})[^"]+/, ':sub":"cut'),
  { name: 'deleted', cause: 'aws.sts.role_missing', group: OIDC, inside: 'strong', ...roleKept() },
  {
    name: 'of the organization',
    cause: 'aws.sts.rcp',
    group: OIDC,
    // A token has no principal of AWS that a condition could except.
    inside: 'strong',
    ...keptOut('sts:AssumeRoleWithWebIdentity'),
    repair: ({ aws }) => aws.detachOrganizationPolicy(CUSTOMER_ACCOUNT, 'identity-perimeter'),
  },
  {
    name: 'whose keys AWS does not get',
    cause: 'aws.oidc.issuer_unreachable',
    ...refusing(
      'sts.AssumeRoleWithWebIdentity',
      400,
      'InvalidIdentityToken',
      "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
    ),
  },
  {
    name: 'that its issuer takes back',
    cause: 'aws.oidc.token',
    ...refusing(
      'sts.AssumeRoleWithWebIdentity',
      403,
      'IDPRejectedClaim',
      'Invalid Authorization Code or the claim has been explicitly revoked',
    ),
  },
]
