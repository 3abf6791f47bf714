import type { JsonObject, PolicyDocument } from '@sluice/core'
import type { DenialScenario } from '../denials.ts'
import { type AliyunWorld, CUSTOMER, ROLE_ARN, STRANGER } from '../denials-aliyun.ts'
import { ISSUER, PLATFORM_ALIYUN_ACCOUNT, PLATFORM_ALIYUN_USER } from '../installation.ts'
import { adding, replacing } from '../policy-edits.ts'

type Scenario = DenialScenario<AliyunWorld>

const TRUST = 'documents.trustPolicy'
const PROVIDER = 'sluice-sluice.example.com'
const EXTERNAL_ID = /sluice-[0-9a-f]{32}/
const LETS_ALL: PolicyDocument = { Version: '1', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
const NO_SESSIONS: PolicyDocument = { Version: '1', Statement: [{ Effect: 'Deny', Action: 'sts:*', Resource: '*' }] }

/** STS says that it was the trust policy, and not what of it. */
const BY_TRUST = ['oss.trust', 'oss.extid']
/** A token that is over, or not valid yet, is so to a clock that is off. */
const BY_TIME = ['oss.clock', 'oss.oidc']

const change = (how: (document: PolicyDocument) => PolicyDocument) => (world: AliyunWorld) => world.change(TRUST, how)
const trusting = (principal: JsonObject) => (world: AliyunWorld) =>
  world.aliyun.setTrust(ROLE_ARN, { Version: '1', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: principal }] })
const setUp = (world: AliyunWorld): void => world.setUp()

export const TRUST_ALONE: readonly Scenario[] = [
  { name: 'another user of ours', cause: 'oss.trust', group: BY_TRUST, break: change(replacing('user/sluice', 'user/somebody')) },
  {
    name: 'another account',
    cause: 'oss.trust',
    group: BY_TRUST,
    break: change(replacing(PLATFORM_ALIYUN_USER, `acs:ram::${STRANGER}:root`)),
  },
  { name: 'a role of ours', cause: 'oss.trust', group: BY_TRUST, break: change(replacing('user/sluice', 'role/sluice')) },
  { name: 'a service alone', cause: 'oss.trust', group: BY_TRUST, break: trusting({ Service: ['ecs.aliyuncs.com'] }) },
  { name: 'its own account alone', cause: 'oss.trust', group: BY_TRUST, break: trusting({ RAM: [`acs:ram::${CUSTOMER}:root`] }) },
  {
    name: 'us, and a Deny of our account',
    cause: 'oss.trust',
    group: BY_TRUST,
    inside: 'strong',
    break: change(adding({ Effect: 'Deny', Action: 'sts:AssumeRole', Principal: { RAM: [`acs:ram::${PLATFORM_ALIYUN_ACCOUNT}:root`] } })),
    repair: setUp,
  },
  {
    name: 'us from other addresses',
    cause: 'oss.trust',
    group: BY_TRUST,
    inside: 'strong',
    break: change(replacing('"Condition":{', '"Condition":{"IpAddress":{"acs:SourceIp":["203.0.113.0/24"]},')),
    repair: setUp,
  },
]

export const EXTERNAL_IDS: readonly Scenario[] = (
  [
    ['somebody else’s', change(replacing(EXTERNAL_ID, 'an-id-of-somebody-else'))],
    ['ours in capitals', change((document) => JSON.parse(JSON.stringify(document).replace(EXTERNAL_ID, (id) => id.toUpperCase())))],
    ['ours cut short', change((document) => JSON.parse(JSON.stringify(document).replace(EXTERNAL_ID, (id) => id.slice(0, -1))))],
    ['ours with a space after it', change((document) => JSON.parse(JSON.stringify(document).replace(EXTERNAL_ID, (id) => `${id} `)))],
    ['one of a list of others', change(replacing(/"sluice-[0-9a-f]{32}"/, '["first-of-others","second-of-others"]'))],
    [
      'a pattern of others',
      change(replacing(/"StringEquals":\{"sts:ExternalId":"sluice-[0-9a-f]{32}"/, '"StringLike":{"sts:ExternalId":"other-*"')),
    ],
  ] as const
).map(([name, breaking]) => ({ name, cause: 'oss.extid', group: BY_TRUST, break: breaking }))

export const SESSIONS: readonly Scenario[] = [
  {
    name: 'a role that was deleted',
    cause: 'oss.role_missing',
    inside: 'strong',
    break: ({ aliyun }) => aliyun.deleteRole(ROLE_ARN),
    repair: setUp,
  },
  {
    name: 'our user, who may not assume roles',
    cause: 'oss.caller',
    inside: 'strong',
    break: ({ aliyun }) => void aliyun.putUser(PLATFORM_ALIYUN_ACCOUNT, { name: 'sluice', attached: ['AliyunOSSReadOnlyAccess'] }),
    repair: ({ aliyun }) => void aliyun.putUser(PLATFORM_ALIYUN_ACCOUNT, { name: 'sluice', attached: ['AliyunSTSAssumeRoleAccess'] }),
  },
  {
    name: 'our organization, which keeps us from sessions',
    cause: 'oss.control_policy',
    inside: 'strong',
    break: ({ aliyun }) => aliyun.setControlPolicies(PLATFORM_ALIYUN_ACCOUNT, [LETS_ALL, NO_SESSIONS]),
    repair: ({ aliyun }) => aliyun.setControlPolicies(PLATFORM_ALIYUN_ACCOUNT, undefined),
  },
  {
    name: 'a clock of theirs an hour ahead',
    cause: 'oss.clock',
    inside: 'strong',
    break: (world) => world.skew(3_600_000),
    repair: (world) => world.skew(0),
  },
  {
    name: 'a clock of theirs an hour behind',
    cause: 'oss.clock',
    inside: 'strong',
    break: (world) => world.skew(-3_600_000),
    repair: (world) => world.skew(0),
  },
]

export const TOKENS: readonly Scenario[] = [
  {
    name: 'a trust for the tokens of another connection',
    cause: 'oss.oidc',
    break: change(replacing(/connection:conn_[a-z0-9]+/, 'connection:conn_other')),
  },
  { name: 'a trust for the tokens of another issuer', cause: 'oss.oidc', break: change(replacing(ISSUER, 'https://other.example.com')) },
  {
    name: 'a trust for the tokens of another project',
    cause: 'oss.oidc',
    break: change(replacing('project:project', 'project:another')),
  },
  {
    name: 'a trust for tokens for another client',
    cause: 'oss.oidc',
    inside: 'strong',
    break: change(replacing('"oidc:aud":"sts.aliyuncs.com"', '"oidc:aud":"somebody-else"')),
    repair: setUp,
  },
  {
    name: 'a trust for users alone',
    cause: 'oss.oidc',
    inside: 'strong',
    break: trusting({ RAM: [PLATFORM_ALIYUN_USER] }),
    repair: setUp,
  },
  {
    name: 'no provider',
    cause: 'oss.oidc',
    inside: 'strong',
    break: ({ aliyun }) => aliyun.deleteOidcProvider(`acs:ram::${CUSTOMER}:oidc-provider/${PROVIDER}`),
    repair: provider(),
  },
  {
    name: 'a provider for another client',
    cause: 'oss.oidc',
    inside: 'strong',
    break: provider({ clientIds: ['other'] }),
    repair: provider(),
  },
  {
    name: 'a provider for another issuer',
    cause: 'oss.oidc',
    inside: 'strong',
    break: provider({ issuer: 'https://other.example.com' }),
    repair: provider(),
  },
  {
    name: 'a provider that takes no token of ours, whose keys it cannot read',
    cause: 'oss.oidc',
    inside: 'strong',
    break: ({ installation }) => installation.lab.trustIssuer(ISSUER, { keys: [] }),
    repair: async ({ installation }) => installation.lab.trustIssuer(ISSUER, JSON.parse(JSON.stringify(await installation.issuer.keys()))),
  },
  {
    name: 'a role that was deleted',
    cause: 'oss.role_missing',
    inside: 'strong',
    break: ({ aliyun }) => aliyun.deleteRole(ROLE_ARN),
    repair: setUp,
  },
  {
    name: 'a clock of theirs far ahead',
    cause: 'oss.clock',
    group: BY_TIME,
    inside: 'group',
    break: (world) => world.skew(7_200_000),
    repair: (world) => world.skew(0),
  },
  {
    name: 'a clock of theirs far behind',
    cause: 'oss.clock',
    group: BY_TIME,
    inside: 'group',
    break: (world) => world.skew(-7_200_000),
    repair: (world) => world.skew(0),
  },
]

function provider(other: { readonly issuer?: string; readonly clientIds?: readonly string[] } = {}) {
  return ({ aliyun }: AliyunWorld): void =>
    void aliyun.putOidcProvider(CUSTOMER, { name: PROVIDER, issuer: ISSUER, clientIds: ['sts.aliyuncs.com'], ...other })
}
