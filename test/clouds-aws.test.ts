import { connectionSubject, FOREIGN_AUDIENCE, type PolicyDocument, type Setup } from '@sluice/core'
import { artifactText } from './support/artifacts.ts'
import { BUCKET, CUSTOMER_ACCOUNT, ISSUER, startInstallation } from './support/installation.ts'
import { type Fault, type Way, testWholeWay } from './support/whole-way.ts'

const ROLE_ARN = `arn:aws:iam::${CUSTOMER_ACCOUNT}:role/sluice-acme`
const SOMEBODY = 'arn:aws:iam::210987654321:root'

/** A customer with a bucket, and nothing that lets us into it. */
async function begin(method: string, auth: { readonly [field: string]: string }): Promise<Way> {
  const installation = await startInstallation()
  const { aws } = installation.lab
  aws.createAccount(CUSTOMER_ACCOUNT, 'customer')
  aws.createBucket(CUSTOMER_ACCOUNT, { name: BUCKET, region: 'us-west-2' })
  aws.putObject(BUCKET, 'other/secret.csv', { body: 'not for us\n' })
  return {
    installation,
    draft: { name: 'acme', cloud: 'aws', method, auth, locations: [`s3://${BUCKET}/data/`], purposes: ['import', 'backup'] },
    folder: 'data/',
    owner: {
      put: (key, body) => void aws.putObject(BUCKET, key, { body }),
      get: (key) => aws.getObject(BUCKET, key),
    },
    apply: async (setup) => void aws.applyTemplate(CUSTOMER_ACCOUNT, artifactText(setup, 'cloudformation')),
  }
}

/** The setup with its template written otherwise. */
function rewritten(setup: Setup, rewrite: (template: string) => string): Setup {
  const artifacts = setup.artifacts.map((artifact) =>
    artifact.id === 'cloudformation' ? { ...artifact, text: rewrite(artifact.text) } : artifact,
  )
  return { ...setup, artifacts }
}

/** The setup with its template lacking an action, and the statement that allows nothing else. */
const withoutAction = (action: string) => (setup: Setup) =>
  rewritten(setup, (template) =>
    JSON.stringify(
      JSON.parse(template, (key, value: unknown) => {
        if (!Array.isArray(value)) return value
        if (key === 'Action') return value.filter((one) => one !== action)
        return key === 'Statement' ? value.filter(({ Action }: { Action: unknown }) => !Array.isArray(Action) || Action.length > 0) : value
      }),
    ),
  )

/** The access key that the admin makes once the user is there. */
async function withKey(way: Way): Promise<Way> {
  const { aws } = way.installation.lab
  return {
    ...way,
    apply: async (setup) => {
      await way.apply(setup)
      const { accessKeyId, secretAccessKey } = aws.createAccessKey(CUSTOMER_ACCOUNT, 'sluice-acme')
      return { accessKeyId, secretAccessKey }
    },
  }
}

const setTrust = (way: Way, document: PolicyDocument) => way.installation.lab.aws.setTrust(ROLE_ARN, document)

/** Faults of the permissions, the same by whatever method we come. */
const PERMISSION_FAULTS: readonly Fault<Way>[] = [
  {
    title: 'the policy does not allow to list',
    setup: withoutAction('s3:ListBucket'),
    fails: 'lists-under-prefix',
    reason: 'list.not_granted',
    remedy: /s3:ListBucket/,
  },
  {
    title: 'the policy does not allow to read',
    setup: withoutAction('s3:GetObject'),
    fails: 'reads-object',
    reason: 'read.not_granted',
    remedy: /s3:GetObject/,
  },
  {
    title: 'the bucket is gone',
    after: ({ installation }) => installation.lab.aws.deleteBucket(BUCKET),
    fails: 'bucket-is-the-expected-one',
    reason: 'bucket.missing',
    remedy: /head-bucket/,
  },
]

testWholeWay('by a role of the customer', () => begin('role', { accountId: CUSTOMER_ACCOUNT }), [
  ...PERMISSION_FAULTS,
  {
    title: 'nothing was applied',
    after: ({ installation }) => installation.lab.aws.deleteRole(ROLE_ARN),
    fails: 'trust-accepts-us',
    reason: 'trust.refused',
    remedy: /sts:ExternalId/,
  },
  {
    title: 'the role trusts somebody else',
    after: (way) =>
      setTrust(way, {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { AWS: SOMEBODY }, Action: 'sts:AssumeRole' }],
      }),
    fails: 'trust-accepts-us',
    reason: 'trust.refused',
    remedy: /principal/,
  },
])

const ISSUER_HOST = new URL(ISSUER).host
const PROVIDER_ARN = `arn:aws:iam::${CUSTOMER_ACCOUNT}:oidc-provider/${ISSUER_HOST}`
const AUDIENCE = 'sts.amazonaws.com'

/** The role's trust in our issuer with other conditions. */
const trustTokens = (way: Way, condition: PolicyDocument) =>
  setTrust(way, {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Federated: PROVIDER_ARN }, Action: 'sts:AssumeRoleWithWebIdentity', Condition: condition }],
  })

testWholeWay('by tokens of ours', () => begin('oidc', { accountId: CUSTOMER_ACCOUNT }), [
  ...PERMISSION_FAULTS,
  {
    title: 'the account does not know our issuer',
    after: ({ installation }) => installation.lab.aws.deleteOidcProvider(PROVIDER_ARN),
    fails: 'trust-accepts-us',
    reason: 'trust.refused',
    remedy: /Identity providers.*create-open-id-connect-provider --url https:\/\/sluice\.example\.com --client-id-list sts\.amazonaws\.com/,
  },
  {
    title: 'the provider does not list our audience',
    after: ({ installation }) => void installation.lab.aws.putOidcProvider(CUSTOMER_ACCOUNT, { url: ISSUER, clientIds: ['another'] }),
    fails: 'trust-accepts-us',
    reason: 'trust.refused',
    remedy: /add-client-id-to-open-id-connect-provider .*--client-id sts\.amazonaws\.com/,
  },
  {
    title: 'the role trusts another connection',
    after: (way) =>
      trustTokens(way, { StringEquals: { [`${ISSUER_HOST}:sub`]: 'organization:org:project:project:connection:conn_other' } }),
    fails: 'trust-accepts-us',
    reason: 'trust.refused',
    remedy: /sluice\.example\.com:sub with organization:org:project:project:connection:conn_/,
  },
  {
    title: 'the role is gone',
    after: ({ installation }) => installation.lab.aws.deleteRole(ROLE_ARN),
    fails: 'trust-accepts-us',
    reason: 'trust.refused',
    remedy: /that the role arn:aws:iam::987654321987:role\/sluice-acme exists/,
  },
  {
    title: 'the role trusts every connection of the project',
    after: (way) =>
      trustTokens(way, {
        StringEquals: { [`${ISSUER_HOST}:aud`]: AUDIENCE },
        StringLike: { [`${ISSUER_HOST}:sub`]: 'organization:org:project:project:connection:*' },
      }),
    fails: 'trust-refuses-wrong-subject',
    reason: 'trust.open_to_strangers',
    remedy: /StringEquals and exactly organization:org:project:project:connection:conn_/,
  },
  {
    title: 'provider and role take tokens for others',
    after: async (way) => {
      const { lab, connections, caller } = way.installation
      lab.aws.putOidcProvider(CUSTOMER_ACCOUNT, { url: ISSUER, clientIds: [AUDIENCE, FOREIGN_AUDIENCE] })
      const subject = connectionSubject(await connections.get(caller, 'acme'))
      trustTokens(way, { StringEquals: { [`${ISSUER_HOST}:sub`]: subject } })
    },
    fails: 'trust-refuses-wrong-audience',
    reason: 'trust.open_to_other_audiences',
    remedy: /sluice\.example\.com:aud with StringEquals and exactly sts\.amazonaws\.com/,
  },
  {
    title: 'AWS finds other keys at our address',
    after: ({ installation }) => installation.lab.trustIssuer(ISSUER, { keys: [] }),
    fails: 'platform-identity-works',
    reason: 'identity.rejected',
    remedy: /https:\/\/sluice\.example\.com\/\.well-known\/openid-configuration.*sluice server doctor/,
  },
])

testWholeWay('by an access key of the customer', async () => withKey(await begin('keys', {})), [
  ...PERMISSION_FAULTS,
  {
    title: 'the key was deleted',
    after: async ({ installation: { lab, connections, caller } }) => {
      const { auth } = await connections.get(caller, 'acme')
      lab.aws.deleteAccessKey(auth.fields['accessKeyId'] ?? '')
    },
    fails: 'trust-accepts-us',
    reason: 'identity.rejected',
    remedy: /new access key/,
  },
  {
    title: 'nothing was stored yet',
    learned: () => undefined,
    fails: 'configuration-well-formed',
    reason: 'connection.no_secret',
    remedy: /sluice connection update acme --access-key-id … --secret-access-key …/,
  },
])
