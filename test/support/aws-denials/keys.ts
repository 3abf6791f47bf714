import type { JsonObject, PolicyDocument } from '@sluice/core'
import { type DenialPair, type DenialScenario, named } from '../denials.ts'
import { type AwsWorld } from '../denials-aws.ts'
import { TOLD_ALIKE } from '../denials-aws-groups.ts'
import { HOLDER, REGION, ROLE_ARN, STRANGER_ACCOUNT } from '../denials-aws-names.ts'
import { BUCKET, CUSTOMER_ACCOUNT } from '../installation.ts'
import { adding, replacing } from '../policy-edits.ts'

const KEY_ID = '0d7926a7-6ecc-4bf7-a9c1-a38f0faec0cd'
const KEY = `arn:aws:kms:${REGION}:${CUSTOMER_ACCOUNT}:key/${KEY_ID}`
const OTHER_KEY = KEY.replace(KEY_ID, '33333333-6ecc-4bf7-a9c1-a38f0faec0cd')
const ROLE_POLICY = 'documents.rolePolicies[0]'
const KEY_POLICY = `documents.keyPolicies["${KEY}"]`
/** The customer encrypts his bucket with a key of his own, and told the connection of it. */
export const WITH_KEY = { settings: { kmsReadKeys: [KEY], kmsWriteKeys: [KEY] } }

/** Encrypts the bucket, and what lies in it, with a key. */
function encrypt({ aws }: AwsWorld, accountId = CUSTOMER_ACCOUNT): void {
  const kmsKeyArn = aws.putKey({ accountId, region: REGION, id: KEY_ID })
  aws.configureBucket(BUCKET, { encryption: { algorithm: 'aws:kms', kmsKeyArn, bucketKey: true } })
  aws.putObject(BUCKET, 'data/a.csv', { body: 'a,b\n1,2\n' })
}

function keyPolicyOf(...statements: readonly JsonObject[]): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Administrators',
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${CUSTOMER_ACCOUNT}:user/admin` },
        Action: 'kms:*',
        Resource: '*',
      },
      ...statements,
    ],
  }
}

const toRole = (...actions: readonly string[]) => ({
  Sid: 'Users',
  Effect: 'Allow',
  Principal: { AWS: ROLE_ARN },
  Action: actions,
  Resource: '*',
})

/** What can be wrong with a key of the customer’s own, and with who may use it. */
export const OWN_KEY: readonly DenialScenario<AwsWorld>[] = [
  {
    name: 'the role may encrypt only',
    cause: 'aws.kms.identity',
    arrange: encrypt,
    break: (world) => world.change(ROLE_POLICY, replacing('"kms:Decrypt"', '"kms:DescribeKey"')),
  },
  {
    name: 'the role may decrypt only',
    cause: 'aws.kms.identity',
    arrange: encrypt,
    break: (world) => world.change(ROLE_POLICY, replacing('"kms:GenerateDataKey"', '"kms:DescribeKey"')),
  },
  {
    name: 'the role may encrypt only, and what it reads has no key',
    cause: 'aws.kms.multipart',
    arrange: (world) => {
      encrypt(world)
      world.aws.putObject(BUCKET, 'data/a.csv', { body: 'a,b\n1,2\n', encryption: { algorithm: 'AES256' } })
    },
    break: (world) => world.change(ROLE_POLICY, replacing('"kms:Decrypt"', '"kms:DescribeKey"')),
  },
  {
    name: 'the role’s policy names another key',
    cause: 'aws.kms.identity',
    arrange: encrypt,
    break: (world) => world.change(ROLE_POLICY, replacing(KEY_ID, '11111111-6ecc-4bf7-a9c1-a38f0faec0cd')),
  },
  {
    name: 'the role may use the key through S3 of another region',
    cause: 'aws.kms.identity',
    arrange: encrypt,
    break: (world) => world.change(ROLE_POLICY, replacing(`s3.${REGION}.amazonaws.com`, 's3.eu-west-1.amazonaws.com')),
  },
  {
    name: 'the key lets its administrators in alone',
    cause: 'aws.kms.key_policy',
    arrange: encrypt,
    break: (world) => world.put(KEY_POLICY, keyPolicyOf()),
  },
  {
    name: 'the key lets the role encrypt only',
    cause: 'aws.kms.key_policy',
    arrange: encrypt,
    break: (world) => world.put(KEY_POLICY, keyPolicyOf(toRole('kms:GenerateDataKey'))),
  },
  {
    name: 'the key lets the role in through another service',
    cause: 'aws.kms.key_policy',
    arrange: encrypt,
    break: (world) =>
      world.put(
        KEY_POLICY,
        keyPolicyOf({
          ...toRole('kms:Decrypt', 'kms:GenerateDataKey'),
          Condition: { StringEquals: { 'kms:ViaService': `dynamodb.${REGION}.amazonaws.com` } },
        }),
      ),
  },
  {
    name: 'the key denies all but its administrators',
    cause: 'aws.kms.key_policy',
    arrange: encrypt,
    break: (world) =>
      world.change(
        KEY_POLICY,
        adding({
          Sid: 'OnlyAdministrators',
          Effect: 'Deny',
          Principal: '*',
          Action: 'kms:Decrypt',
          Resource: '*',
          Condition: { ArnNotEquals: { 'aws:PrincipalArn': `arn:aws:iam::${CUSTOMER_ACCOUNT}:user/admin` } },
        }),
      ),
  },
  {
    name: 'a grant was taken back',
    cause: 'aws.kms.key_policy',
    arrange: (world) => {
      encrypt(world)
      world.change(KEY_POLICY, () => keyPolicyOf())
      world.aws.putGrant(KEY, { grantee: ROLE_ARN, operations: ['Decrypt', 'GenerateDataKey'] })
    },
    break: ({ aws }) => aws.revokeGrants(KEY),
  },
  {
    name: 'the role is denied the key',
    cause: 'aws.id.explicit_deny',
    group: TOLD_ALIKE.identityDeny,
    arrange: encrypt,
    break: (world) => world.change(ROLE_POLICY, adding({ Sid: 'NoKeys', Effect: 'Deny', Action: 'kms:Decrypt', Resource: '*' })),
  },
  {
    name: 'the role was made again, and the key knows the one that is gone',
    cause: 'aws.kms.key_policy',
    arrange: (world) => {
      encrypt(world)
      world.change(KEY_POLICY, () => keyPolicyOf(toRole('kms:Decrypt', 'kms:GenerateDataKey')))
    },
    break: ({ aws }) => {
      const role = aws.getRole(ROLE_ARN)
      if (role === undefined) throw new Error('There is no role to make again.')
      aws.deleteRole(ROLE_ARN)
      aws.putRole(CUSTOMER_ACCOUNT, { name: HOLDER, trust: role.trust, policies: role.policies ?? {}, attached: role.attached ?? [] })
    },
  },
  {
    name: 'the bucket was given another key, and our leases are narrowed to the one that it had',
    cause: 'aws.session_policy',
    arrange: (world) => {
      encrypt(world)
      world.change(ROLE_POLICY, replacing(KEY, '*'))
    },
    break: ({ aws }) => {
      aws.putKey({ accountId: CUSTOMER_ACCOUNT, region: REGION, id: OTHER_KEY.slice(-KEY_ID.length) })
      aws.configureBucket(BUCKET, { encryption: { algorithm: 'aws:kms', kmsKeyArn: OTHER_KEY } })
    },
    repair: async ({ installation }) => {
      const settings = { kmsReadKeys: [KEY, OTHER_KEY], kmsWriteKeys: [KEY, OTHER_KEY] }
      await installation.connections.update(installation.caller, 'acme', { settings })
    },
  },
  {
    name: 'the key is disabled',
    cause: 'aws.kms.disabled',
    inside: 'strong',
    arrange: encrypt,
    break: ({ aws }) => aws.setKeyState(KEY, 'Disabled'),
    repair: ({ aws }) => aws.setKeyState(KEY, 'Enabled'),
  },
  {
    name: 'the key waits for its deletion',
    cause: 'aws.kms.disabled',
    inside: 'strong',
    arrange: encrypt,
    break: ({ aws }) => aws.setKeyState(KEY, 'PendingDeletion'),
    repair: ({ aws }) => aws.setKeyState(KEY, 'Enabled'),
  },
  {
    name: 'the key waits for its material',
    cause: 'aws.kms.disabled',
    inside: 'strong',
    arrange: encrypt,
    break: ({ aws }) => aws.setKeyState(KEY, 'PendingImport'),
    repair: ({ aws }) => aws.setKeyState(KEY, 'Enabled'),
  },
  {
    name: 'the key is gone',
    cause: 'aws.kms.disabled',
    inside: 'strong',
    arrange: encrypt,
    break: ({ aws }) => aws.deleteKey(KEY),
    repair: encrypt,
  },
  {
    name: 'an object came with a key of another account',
    cause: 'aws.kms.foreign_key',
    group: ['aws.kms.foreign_key', 'aws.kms.key_policy', 'aws.kms.managed_key'],
    inside: 'group',
    arrange: encrypt,
    break: ({ aws }) => {
      const kmsKeyArn = aws.putKey({ accountId: STRANGER_ACCOUNT, region: REGION, id: '22222222-6ecc-4bf7-a9c1-a38f0faec0cd' })
      aws.putObject(BUCKET, 'data/a.csv', { body: 'a,b\n1,2\n', encryption: { algorithm: 'aws:kms', kmsKeyArn } })
    },
    repair: ({ aws }) => void aws.putObject(BUCKET, 'data/a.csv', { body: 'a,b\n1,2\n' }),
  },
]

/** The key of AWS that another account’s bucket is encrypted with. */
export const MANAGED: readonly DenialScenario<AwsWorld>[] = [
  {
    name: 'the bucket of another account is encrypted with its aws/s3',
    cause: 'aws.kms.managed_key',
    group: ['aws.kms.managed_key', 'aws.kms.foreign_key', 'aws.kms.key_policy'],
    inside: 'strong',
    break: ({ aws }) => {
      aws.configureBucket(BUCKET, { encryption: { algorithm: 'aws:kms' } })
      aws.putObject(BUCKET, 'data/a.csv', { body: 'a,b\n1,2\n' })
    },
    repair: ({ aws }) => {
      aws.configureBucket(BUCKET, { encryption: { algorithm: 'AES256' } })
      aws.putObject(BUCKET, 'data/a.csv', { body: 'a,b\n1,2\n' })
    },
  },
]

/** The same of a connection by access key. */
export const OF_A_USER: readonly DenialScenario<AwsWorld>[] = [
  {
    name: 'the user may encrypt only',
    cause: 'aws.kms.identity',
    arrange: encrypt,
    break: (world) => world.change(ROLE_POLICY, replacing('"kms:Decrypt"', '"kms:DescribeKey"')),
  },
  {
    name: 'the key lets others in alone',
    cause: 'aws.kms.key_policy',
    arrange: encrypt,
    break: (world) => world.put(KEY_POLICY, keyPolicyOf(toRole('kms:Decrypt', 'kms:GenerateDataKey'))),
  },
]

/** Two of them at once. */
export const PAIRS: readonly DenialPair<AwsWorld>[] = [
  [named(OWN_KEY, 'the key denies all but its administrators'), named(OWN_KEY, 'the role may decrypt only')],
  [named(OWN_KEY, 'the role may encrypt only'), named(OWN_KEY, 'the key is disabled')],
  [named(OWN_KEY, 'the key denies all but its administrators'), named(OWN_KEY, 'the key waits for its deletion')],
]
