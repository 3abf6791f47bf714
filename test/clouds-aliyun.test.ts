import { connectionSubject, FOREIGN_AUDIENCE, type PolicyDocument, type Setup } from '@sluice/core'
import { artifactText } from './support/artifacts.ts'
import { BUCKET, ISSUER, PLATFORM_ALIYUN_USER, startInstallation } from './support/installation.ts'
import { type Fault, type Way, testWholeWay } from './support/whole-way.ts'

const CUSTOMER = '9876543210987654'
const ROLE_ARN = `acs:ram::${CUSTOMER}:role/sluice-acme`
const PROVIDER_NAME = 'sluice-sluice.example.com'
const PROVIDER_ARN = `acs:ram::${CUSTOMER}:oidc-provider/${PROVIDER_NAME}`
const AUDIENCE = 'sts.aliyuncs.com'
const FINGERPRINT = '0123456789abcdef0123456789abcdef01234567'

/** A customer with a bucket, and nothing that lets us into it. */
async function begin(method: string, auth: { readonly [field: string]: string }): Promise<Way> {
  const installation = await startInstallation()
  const { aliyun } = installation.lab
  aliyun.createAccount(CUSTOMER, 'customer')
  aliyun.createBucket(CUSTOMER, { name: BUCKET, region: 'cn-beijing' })
  aliyun.putObject(BUCKET, 'other/secret.csv', { body: 'not for us\n' })
  return {
    installation,
    draft: { name: 'acme', cloud: 'aliyun', method, auth, locations: [`oss://${BUCKET}/data/`], purposes: ['import', 'backup'] },
    folder: 'data/',
    owner: {
      put: (key, body) => void aliyun.putObject(BUCKET, key, { body }),
      get: (key) => aliyun.getObject(BUCKET, key),
    },
    apply: async (setup) =>
      void aliyun.applyTemplate(CUSTOMER, artifactText(setup, 'ros'), method === 'oidc' ? { IssuerFingerprints: FINGERPRINT } : {}),
  }
}

/** The setup with its template lacking an action, and the statement that allows nothing else. */
const withoutAction =
  (action: string) =>
  (setup: Setup): Setup => {
    const rewrite = (template: string) =>
      JSON.stringify(
        JSON.parse(template, (key, value: unknown) => {
          if (!Array.isArray(value)) return value
          if (key === 'Action') return value.filter((one) => one !== action)
          return key === 'Statement'
            ? value.filter(({ Action }: { Action: unknown }) => !Array.isArray(Action) || Action.length > 0)
            : value
        }),
      )
    const artifacts = setup.artifacts.map((artifact) => (artifact.id === 'ros' ? { ...artifact, text: rewrite(artifact.text) } : artifact))
    return { ...setup, artifacts }
  }

/** The AccessKey that the admin makes once the user is there. */
async function withKey(way: Way): Promise<Way> {
  const { aliyun } = way.installation.lab
  return {
    ...way,
    apply: async (setup) => {
      await way.apply(setup)
      const { accessKeyId, accessKeySecret } = aliyun.createAccessKey(CUSTOMER, 'sluice-acme')
      return { accessKeyId, accessKeySecret }
    },
  }
}

const setTrust = (way: Way, principal: PolicyDocument, condition?: PolicyDocument) =>
  way.installation.lab.aliyun.setTrust(ROLE_ARN, {
    Version: '1',
    Statement: [
      { Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole', ...(condition === undefined ? {} : { Condition: condition }) },
    ],
  })

/** Faults of the permissions, the same by whatever method we come. */
const PERMISSION_FAULTS: readonly Fault<Way>[] = [
  {
    title: 'the policy does not allow to list',
    setup: withoutAction('oss:ListObjects'),
    fails: 'lists-under-prefix',
    reason: 'list.not_granted',
    remedy: /Allow oss:ListObjects on acs:oss:\*:\*:test-bucket-123 /,
  },
  {
    title: 'the policy does not allow to read',
    setup: withoutAction('oss:GetObject'),
    fails: 'reads-object',
    reason: 'read.not_granted',
    remedy: /Allow oss:GetObject on acs:oss:\*:\*:test-bucket-123\/data\/\*/,
  },
  {
    title: 'the bucket is gone',
    after: ({ installation }) => installation.lab.aliyun.deleteBucket(BUCKET),
    fails: 'bucket-is-the-expected-one',
    reason: 'bucket.missing',
    remedy: /aliyun oss stat oss:\/\/test-bucket-123/,
  },
]

testWholeWay('by a RAM role of the customer', () => begin('role', { accountId: CUSTOMER }), [
  ...PERMISSION_FAULTS,
  {
    title: 'the role is gone',
    after: ({ installation }) => installation.lab.aliyun.deleteRole(ROLE_ARN),
    fails: 'trust-accepts-us',
    reason: 'trust.refused',
    remedy: /Apply the setup .* it creates the role sluice-acme/,
  },
  {
    title: 'the role trusts somebody else',
    after: (way) => setTrust(way, { RAM: ['acs:ram::1111222233334444:root'] }),
    fails: 'trust-accepts-us',
    reason: 'trust.refused',
    remedy: /names our principal acs:ram::1234567890123456:user\/sluice/,
  },
  {
    title: 'the role expects another external id',
    after: (way) => setTrust(way, { RAM: [PLATFORM_ALIYUN_USER] }, { StringEquals: { 'sts:ExternalId': 'another-id' } }),
    fails: 'trust-accepts-us',
    reason: 'trust.refused',
    remedy: /sts:ExternalId is the id shown by sluice connection setup/,
  },
  {
    title: 'the role takes any external id',
    after: (way) => setTrust(way, { RAM: [PLATFORM_ALIYUN_USER] }, { StringLike: { 'sts:ExternalId': '*' } }),
    fails: 'trust-refuses-wrong-external-id',
    reason: 'trust.open_with_any_external_id',
    remedy: /StringEquals and the exact id/,
  },
  {
    title: 'the role asks for no external id',
    after: (way) => setTrust(way, { RAM: [PLATFORM_ALIYUN_USER] }),
    fails: 'trust-refuses-missing-external-id',
    reason: 'trust.open_without_external_id',
    remedy: /Add the condition StringEquals sts:ExternalId/,
  },
  {
    title: 'our own identity may not assume roles',
    after: ({ installation: { lab } }) => void lab.aliyun.putUser('1234567890123456', { name: 'sluice' }),
    fails: 'trust-accepts-us',
    reason: 'trust.refused',
    remedy: /AliyunSTSAssumeRoleAccess/,
  },
])

testWholeWay('by tokens of ours', () => begin('oidc', { accountId: CUSTOMER }), [
  ...PERMISSION_FAULTS,
  {
    title: 'the account does not know our issuer',
    after: ({ installation }) => installation.lab.aliyun.deleteOidcProvider(PROVIDER_ARN),
    fails: 'trust-accepts-us',
    reason: 'trust.refused',
    remedy: /makes the provider sluice-sluice\.example\.com of https:\/\/sluice\.example\.com/,
  },
  {
    title: 'the provider does not list our client id',
    after: ({ installation: { lab } }) => void lab.aliyun.putOidcProvider(CUSTOMER, provider({ clientIds: ['another'] })),
    fails: 'trust-accepts-us',
    reason: 'trust.refused',
    remedy: /AddClientIdToOIDCProvider --OIDCProviderName sluice-sluice\.example\.com --ClientId sts\.aliyuncs\.com/,
  },
  {
    title: 'the provider is that of another issuer',
    after: ({ installation: { lab } }) => void lab.aliyun.putOidcProvider(CUSTOMER, provider({ issuer: 'https://other.example.com' })),
    fails: 'trust-accepts-us',
    reason: 'trust.refused',
    remedy: /whose issuer URL is https:\/\/sluice\.example\.com, letter by letter/,
  },
  {
    title: 'the fingerprint is not that of our certificate authority',
    after: ({ installation }) =>
      void installation.lab.faults.add({
        operation: 'sts.AssumeRoleWithOIDC',
        effect: { kind: 'error', status: 400, code: 'AuthenticationFail.OIDCToken.PublicKeyFingerprintMismatch' },
      }),
    fails: 'trust-accepts-us',
    reason: 'trust.refused',
    remedy: /AddFingerprintToOIDCProvider/,
  },
  {
    title: 'the role trusts another connection',
    after: (way) => trustTokens(way, { StringEquals: { 'oidc:sub': 'organization:org:project:project:connection:conn_other' } }),
    fails: 'trust-accepts-us',
    reason: 'trust.refused',
    remedy: /oidc:sub is organization:org:project:project:connection:conn_/,
  },
  {
    title: 'the role is gone',
    after: ({ installation }) => installation.lab.aliyun.deleteRole(ROLE_ARN),
    fails: 'trust-accepts-us',
    reason: 'trust.refused',
    remedy: /it creates the role sluice-acme/,
  },
  {
    title: 'the role trusts every connection of the project',
    after: (way) =>
      trustTokens(way, {
        StringEquals: { 'oidc:iss': ISSUER, 'oidc:aud': AUDIENCE },
        StringLike: { 'oidc:sub': 'organization:org:project:project:connection:*' },
      }),
    fails: 'trust-refuses-wrong-subject',
    reason: 'trust.open_to_strangers',
    remedy: /StringEquals and exactly organization:org:project:project:connection:conn_/,
  },
  {
    title: 'provider and role take tokens for others',
    after: async (way) => {
      const { lab, connections, caller } = way.installation
      lab.aliyun.putOidcProvider(CUSTOMER, provider({ clientIds: [AUDIENCE, FOREIGN_AUDIENCE] }))
      trustTokens(way, { StringEquals: { 'oidc:sub': connectionSubject(await connections.get(caller, 'acme')) } })
    },
    fails: 'trust-refuses-wrong-audience',
    reason: 'trust.open_to_other_audiences',
    remedy: /oidc:aud with StringEquals and exactly sts\.aliyuncs\.com/,
  },
  {
    title: 'Alibaba Cloud finds other keys at our address',
    after: ({ installation }) => installation.lab.trustIssuer(ISSUER, { keys: [] }),
    fails: 'platform-identity-works',
    reason: 'identity.rejected',
    remedy: /https:\/\/sluice\.example\.com\/\.well-known\/openid-configuration.*sluice server doctor/,
  },
])

/** The identity provider of our issuer, with what differs. */
function provider(change: { readonly clientIds?: readonly string[]; readonly issuer?: string }) {
  return { name: PROVIDER_NAME, issuer: ISSUER, clientIds: [AUDIENCE], fingerprints: [FINGERPRINT], ...change }
}

/** The role's trust in our issuer with other conditions. */
function trustTokens(way: Way, condition: PolicyDocument): void {
  setTrust(way, { Federated: [PROVIDER_ARN] }, condition)
}

testWholeWay('by an AccessKey of the customer', async () => withKey(await begin('keys', {})), [
  ...PERMISSION_FAULTS,
  {
    title: 'the AccessKey was deleted',
    after: async ({ installation: { lab, connections, caller } }) => {
      const { auth } = await connections.get(caller, 'acme')
      lab.aliyun.deleteAccessKey(auth.fields['accessKeyId'] ?? '')
    },
    fails: 'trust-accepts-us',
    reason: 'identity.rejected',
    remedy: /Create a new AccessKey/,
  },
  {
    title: 'the AccessKey was disabled',
    after: async ({ installation: { lab, connections, caller } }) => {
      const { auth } = await connections.get(caller, 'acme')
      lab.aliyun.setAccessKeyStatus(auth.fields['accessKeyId'] ?? '', 'Inactive')
    },
    fails: 'trust-accepts-us',
    reason: 'identity.rejected',
    remedy: /AccessKey/,
  },
  {
    title: 'nothing was stored yet',
    learned: () => undefined,
    fails: 'configuration-well-formed',
    reason: 'connection.no_secret',
    remedy: /sluice connection update acme --access-key-id … --access-key-secret …/,
  },
])
