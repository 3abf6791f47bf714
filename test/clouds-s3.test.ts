import type { JsonObject, Setup } from '@sluice/core'
import { BUCKET, CUSTOMER_ACCOUNT, startInstallation } from './support/installation.ts'
import { type Fault, type Way, testWholeWay } from './support/whole-way.ts'

/** The lab's S3 is the store of another vendor here: it has users, keys and policies, and nobody assumes anything. */
const ENDPOINT = 'https://s3.us-east-1.amazonaws.com'
const USER = 'sluice-acme'

async function begin(method: string, purposes: Way['draft']['purposes']): Promise<Way> {
  const installation = await startInstallation()
  const { aws } = installation.lab
  aws.createAccount(CUSTOMER_ACCOUNT, 'the store')
  aws.createBucket(CUSTOMER_ACCOUNT, {
    name: BUCKET,
    region: 'us-east-1',
    publicAccessBlock: { blockPublicPolicy: false, restrictPublicBuckets: false },
  })
  aws.putObject(BUCKET, 'other/secret.csv', { body: 'not for us\n' })
  return {
    installation,
    draft: {
      name: 'acme',
      cloud: 's3',
      method,
      auth: {},
      locations: [`s3://${BUCKET}/data/`],
      purposes: purposes ?? [],
      settings: { endpoint: ENDPOINT },
    },
    folder: 'data/',
    owner: {
      put: (key, body) => void aws.putObject(BUCKET, key, { body }),
      get: (key) => aws.getObject(BUCKET, key),
    },
    apply: async () => undefined,
  }
}

/** As the store's admin does with any client: a user with the policy of the setup, and a key. */
async function beginWithKeys(): Promise<Way> {
  const way = await begin('keys', ['import', 'backup'])
  const { aws } = way.installation.lab
  return {
    ...way,
    async apply(setup) {
      aws.putUser(CUSTOMER_ACCOUNT, { name: USER, policies: { access: policyOf(setup) } })
      const { accessKeyId, secretAccessKey } = aws.createAccessKey(CUSTOMER_ACCOUNT, USER)
      return { accessKeyId, secretAccessKey }
    },
  }
}

function policyOf(setup: Setup): JsonObject {
  const document = setup.artifacts.find(({ id }) => id === 'permission-policy')?.document
  if (document === undefined) throw new Error('the setup has no policy')
  return document
}

/** The setup with a policy that does not allow an action. */
const withoutAction =
  (action: string) =>
  (setup: Setup): Setup => ({
    ...setup,
    artifacts: setup.artifacts.map((artifact) =>
      artifact.document === undefined
        ? artifact
        : { ...artifact, document: JSON.parse(JSON.stringify(artifact.document).replaceAll(`"${action}"`, '"s3:GetBucketTagging"')) },
    ),
  })

const BUCKET_GONE: Fault<Way> = {
  title: 'the bucket is gone',
  after: ({ installation }) => installation.lab.aws.deleteBucket(BUCKET),
  fails: 'bucket-is-the-expected-one',
  reason: 'bucket.missing',
  remedy: /create the bucket/,
}

testWholeWay('by an access key of the store', beginWithKeys, [
  BUCKET_GONE,
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
    title: 'the policy does not allow to write',
    setup: withoutAction('s3:PutObject'),
    fails: 'writes-object',
    reason: 'write.not_granted',
    remedy: /s3:PutObject/,
  },
  {
    title: 'the secret is another one',
    learned: (fields) => ({ ...fields, secretAccessKey: 'another-secret' }),
    fails: 'trust-accepts-us',
    reason: 'identity.rejected',
    remedy: /new access key/,
  },
  {
    title: 'nothing was stored yet',
    learned: () => undefined,
    fails: 'configuration-well-formed',
    reason: 'connection.no_secret',
    remedy: /sluice connection update acme --access-key-id/,
  },
])

/** Everybody may do this in the folder, and the world may see that the bucket is there. */
function open(way: Way, actions: readonly string[]): void {
  const statement = (action: string, resource: string, condition?: JsonObject) => ({
    Effect: 'Allow',
    Principal: '*',
    Action: action,
    Resource: resource,
    ...(condition === undefined ? {} : { Condition: condition }),
  })
  const bucket = `arn:aws:s3:::${BUCKET}`
  way.installation.lab.aws.putBucketPolicy(BUCKET, {
    Version: '2012-10-17',
    Statement: [
      ...(actions.includes('list') ? [statement('s3:ListBucket', bucket, { StringLike: { 's3:prefix': ['data/', 'data/*'] } })] : []),
      ...(actions.includes('read') ? [statement('s3:GetObject', `${bucket}/data/*`)] : []),
      statement('s3:GetBucketLocation', bucket),
    ],
  })
}

async function beginOpen(): Promise<Way> {
  const way = await begin('none', ['import'])
  return {
    ...way,
    apply: async () => {
      open(way, ['list', 'read'])
      return undefined
    },
  }
}

testWholeWay('without a credential', beginOpen, [
  BUCKET_GONE,
  {
    title: 'nobody but the owner may list',
    after: (way) => open(way, ['read']),
    fails: 'lists-under-prefix',
    reason: 'list.denied',
    remedy: /s3:ListBucket.*everybody/,
  },
  {
    title: 'nobody but the owner may read',
    after: (way) => open(way, ['list']),
    fails: 'reads-object',
    reason: 'read.denied',
    remedy: /s3:GetObject.*everybody/,
  },
  {
    title: 'the owner took it back',
    after: ({ installation }) =>
      installation.lab.aws.putBucketPolicy(BUCKET, {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: [`arn:aws:s3:::${BUCKET}`, `arn:aws:s3:::${BUCKET}/*`] }],
      }),
    fails: 'lists-under-prefix',
    reason: 'list.denied',
    remedy: /Deny/,
  },
])
