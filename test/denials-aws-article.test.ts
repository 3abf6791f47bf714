import type { PolicyDocument } from '@sluice/core'
import { describe } from 'vitest'
import { type DenialScenario, testDenials } from './support/denials.ts'
import { TOLD_ALIKE } from './support/denials-aws-groups.ts'
import { REGION, ROLE_ARN, STRANGER_ACCOUNT, THIRD_ACCOUNT } from './support/denials-aws-names.ts'
import { type AwsWorld, startAwsWorld } from './support/denials-aws.ts'
import { BUCKET, CUSTOMER_ACCOUNT, PLATFORM_ACCOUNT, PRINCIPAL } from './support/installation.ts'
import { adding, replacing } from './support/policy-edits.ts'

// https://docs.pingcap.com/tidbcloud/troubleshoot-import-access-denied-error has people make these checks by hand, with these policies.

type Check = DenialScenario<AwsWorld>

const BUCKET_ARN = `arn:aws:s3:::${BUCKET}`
const KEY_ID = 'c3046e91-fdfc-4f3a-acff-00597dd3801f'
const KEY = `arn:aws:kms:${REGION}:${CUSTOMER_ACCOUNT}:key/${KEY_ID}`
const SOURCE_KEY_ID = '0d7926a7-6ecc-4bf7-a9c1-a38f0faec0cd'
const SOURCE_KEY = `arn:aws:kms:${REGION}:${STRANGER_ACCOUNT}:key/${SOURCE_KEY_ID}`
const ROLE_POLICY = 'documents.rolePolicies[0]'
const BUCKET_POLICY = 'documents.bucketPolicy'
const TRUST = 'documents.trustPolicy'

/** The article's sample policy, with the keys of both buckets. */
const POLICY: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [
    { Sid: 'VisualEditor0', Effect: 'Allow', Action: ['s3:GetObject', 's3:GetObjectVersion'], Resource: `${BUCKET_ARN}/data/*` },
    { Sid: 'VisualEditor1', Effect: 'Allow', Action: ['s3:ListBucket', 's3:GetBucketLocation'], Resource: BUCKET_ARN },
    { Sid: 'AllowKMSkey', Effect: 'Allow', Action: ['kms:Decrypt'], Resource: [KEY, SOURCE_KEY] },
  ],
}

const ownedBy = (account: string) => ({
  Sid: 'Owner',
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${account}:root` },
  Action: 'kms:*',
  Resource: '*',
})
const KEY_USERS = {
  Sid: 'KeyUsers',
  Effect: 'Allow',
  Principal: { AWS: ROLE_ARN },
  Action: ['kms:Decrypt', 'kms:DescribeKey'],
  Resource: '*',
}
const keyPolicy = (...statements: readonly PolicyDocument[]): PolicyDocument => ({ Version: '2012-10-17', Statement: statements })

/** A customer who did all as the article says: an encrypted bucket, and an object that was copied from another encrypted one. */
function asWritten(world: AwsWorld): void {
  const { aws } = world
  aws.putKey({ accountId: CUSTOMER_ACCOUNT, region: REGION, id: KEY_ID, policy: keyPolicy(ownedBy(CUSTOMER_ACCOUNT)) })
  aws.putKey({ accountId: STRANGER_ACCOUNT, region: REGION, id: SOURCE_KEY_ID, policy: keyPolicy(ownedBy(STRANGER_ACCOUNT), KEY_USERS) })
  aws.configureBucket(BUCKET, { encryption: { algorithm: 'aws:kms', kmsKeyArn: KEY } })
  aws.putObject(BUCKET, 'data/a.csv', { body: 'a,b\n1,2\n' })
  world.change(ROLE_POLICY, () => POLICY)
  world.change(TRUST, replacing(PRINCIPAL, `arn:aws:iam::${PLATFORM_ACCOUNT}:root`))
}

const copied = ({ aws }: AwsWorld): void =>
  void aws.putObject(BUCKET, 'data/a.csv', { body: 'a,b\n1,2\n', encryption: { algorithm: 'aws:kms', kmsKeyArn: SOURCE_KEY } })

const CHECKS: { readonly [check: string]: readonly Check[] } = {
  'Check the policy of the IAM role': [
    {
      name: 'the directory does not end with /*',
      cause: 'aws.id.object_arn',
      group: TOLD_ALIKE.objectGrant,
      break: (world) => world.change(ROLE_POLICY, replacing(`${BUCKET_ARN}/data/*`, `${BUCKET_ARN}/data`)),
    },
    {
      name: 'the customer-managed key is not included',
      cause: 'aws.kms.identity',
      break: (world) => world.change(ROLE_POLICY, replacing(KEY_ID, '11111111-fdfc-4f3a-acff-00597dd3801f')),
    },
    {
      name: 'the key of the bucket that objects were copied from is not included',
      cause: 'aws.kms.foreign_key',
      group: ['aws.kms.foreign_key', 'aws.kms.key_policy', 'aws.kms.managed_key', 'aws.kms.identity'],
      inside: 'group',
      arrange: copied,
      break: (world) => world.change(ROLE_POLICY, replacing(SOURCE_KEY_ID, '11111111-fdfc-4f3a-acff-00597dd3801f')),
      repair: (world) => world.change(ROLE_POLICY, () => POLICY),
    },
  ],
  'Check the bucket policy': [
    {
      name: 'a denied policy relates to the import',
      cause: 'aws.rp.deny',
      group: TOLD_ALIKE.bucketDeny,
      break: (world) =>
        world.change(BUCKET_POLICY, adding({ Effect: 'Deny', Principal: '*', Action: 's3:GetObject', Resource: `${BUCKET_ARN}/*` })),
    },
  ],
  'Check the trust entity': [
    {
      name: 'the account is not the platform’s',
      cause: 'aws.sts.trust_principal',
      group: TOLD_ALIKE.trust,
      break: (world) => world.change(TRUST, replacing(PLATFORM_ACCOUNT, THIRD_ACCOUNT)),
    },
    {
      name: 'the external id is another',
      cause: 'aws.sts.external_id',
      group: TOLD_ALIKE.trust,
      break: (world) => world.change(TRUST, replacing(/"sluice-[0-9a-f]{32}"/, '"696e6672612d617069a79c22fa5740944bf8bb32e4a0c4e3fe"')),
    },
  ],
  'Check the Object Ownership': [
    {
      name: 'it is not “Bucket owner enforced”',
      cause: 'aws.own.foreign_object',
      inside: 'strong',
      arrange: ({ aws }) => void aws.putObject(BUCKET, 'data/b.csv', { body: 'a,b\n' }),
      break: ({ aws }) => {
        aws.configureBucket(BUCKET, { ownership: 'ObjectWriter' })
        aws.putObject(BUCKET, 'data/a.csv', { body: 'a,b\n', ownerAccount: STRANGER_ACCOUNT, encryption: { algorithm: 'AES256' } })
      },
      repair: ({ aws }) => aws.configureBucket(BUCKET, { ownership: 'BucketOwnerEnforced' }),
    },
  ],
  'Check your bucket encryption type': [
    {
      name: 'the role is no user of the customer-managed key',
      cause: 'aws.kms.key_policy',
      break: (world) =>
        world.change(`documents.keyPolicies["${KEY}"]`, () =>
          keyPolicy({ ...ownedBy(CUSTOMER_ACCOUNT), Principal: { AWS: `arn:aws:iam::${CUSTOMER_ACCOUNT}:user/admin` } }),
        ),
    },
  ],
}

describe('the checks of an article on AccessDenied', () => {
  for (const [check, scenarios] of Object.entries(CHECKS))
    testDenials(
      check,
      async () => {
        const world = await startAwsWorld({ purposes: ['import'], settings: { kmsReadKeys: [KEY, SOURCE_KEY] } })
        asWritten(world)
        return world
      },
      scenarios,
    )

  testDenials(
    'Check your bucket encryption type, of another account',
    () => startAwsWorld({ purposes: ['import'], bucketAccount: THIRD_ACCOUNT }),
    [
      {
        name: 'the AWS managed key (aws/s3) lets no other account in',
        cause: 'aws.kms.managed_key',
        group: ['aws.kms.managed_key', 'aws.kms.foreign_key', 'aws.kms.key_policy'],
        inside: 'strong',
        break: ({ aws }) => {
          aws.configureBucket(BUCKET, { encryption: { algorithm: 'aws:kms' } })
          aws.putObject(BUCKET, 'data/a.csv', { body: 'a,b\n' })
        },
        repair: ({ aws }) => {
          aws.configureBucket(BUCKET, { encryption: { algorithm: 'AES256' } })
          aws.putObject(BUCKET, 'data/a.csv', { body: 'a,b\n' })
        },
      },
    ],
  )
})
