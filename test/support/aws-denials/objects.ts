import { createHash } from 'node:crypto'
import type { ConnectionSettings, PolicyDocument } from '@sluice/core'
import { type DenialPair, type DenialScenario, named } from '../denials.ts'
import { type AwsWorld } from '../denials-aws.ts'
import { TOLD_ALIKE } from '../denials-aws-groups.ts'
import { REGION, STRANGER_ACCOUNT, THIRD_ACCOUNT } from '../denials-aws-names.ts'
import { BUCKET, CUSTOMER_ACCOUNT, type Installation } from '../installation.ts'
import { adding, replacing } from '../policy-edits.ts'

const KEY = 'data/a.csv'
const BODY = 'a,b\n1,2\n'
const ROLE_POLICY = 'documents.rolePolicies[0]'

const write = ({ aws }: AwsWorld, more: Parameters<AwsWorld['aws']['putObject']>[2] | object = {}) =>
  void aws.putObject(BUCKET, KEY, { body: BODY, ...more })

async function moveTo({ connections, caller }: Installation, bucket: string): Promise<void> {
  await connections.update(caller, 'acme', { locations: [`s3://${bucket}/data/`] })
}

async function set({ installation }: AwsWorld, settings: ConnectionSettings): Promise<void> {
  await installation.connections.update(installation.caller, 'acme', { settings })
}

/** The state an object is in, and who owns it. */
export const STATES: readonly DenialScenario<AwsWorld>[] = [
  ...(['GLACIER', 'DEEP_ARCHIVE'] as const).map((storageClass): DenialScenario<AwsWorld> => ({
    name: `the object lies in ${storageClass}`,
    cause: 'aws.archived',
    inside: 'strong',
    break: (world) => write(world, { storageClass }),
    repair: ({ aws }) => aws.restoreObject(BUCKET, KEY, 7),
  })),
  {
    name: 'intelligent tiering has archived the object',
    cause: 'aws.archived',
    inside: 'strong',
    break: (world) => write(world, { storageClass: 'INTELLIGENT_TIERING', archiveTier: 'ARCHIVE_ACCESS' }),
    repair: ({ aws }) => aws.restoreObject(BUCKET, KEY, 7),
  },
  {
    name: 'one of several objects is archived',
    cause: 'aws.archived',
    inside: 'strong',
    break: ({ aws }) => void aws.putObject(BUCKET, 'data/old.csv', { body: BODY, storageClass: 'GLACIER' }),
    repair: ({ aws }) => aws.restoreObject(BUCKET, 'data/old.csv', 7),
  },
  {
    name: 'the object was written with a key of its writer’s own',
    cause: 'aws.ssec',
    inside: 'strong',
    break: (world) => write(world, { customerKeyMd5: createHash('md5').update('a key').digest('base64') }),
    repair: (world) => write(world),
  },
  {
    name: 'another account wrote the object',
    cause: 'aws.own.foreign_object',
    inside: 'strong',
    arrange: ({ aws }) => {
      aws.configureBucket(BUCKET, { ownership: 'ObjectWriter' })
      aws.putObject(BUCKET, 'data/b.csv', { body: BODY })
    },
    break: (world) => write(world, { ownerAccount: STRANGER_ACCOUNT }),
    repair: ({ aws }) => aws.configureBucket(BUCKET, { ownership: 'BucketOwnerEnforced' }),
  },
  {
    name: 'another account wrote it, and the bucket only prefers to own',
    cause: 'aws.own.foreign_object',
    inside: 'strong',
    arrange: ({ aws }) => {
      aws.configureBucket(BUCKET, { ownership: 'BucketOwnerPreferred' })
      aws.putObject(BUCKET, 'data/b.csv', { body: BODY })
    },
    break: (world) => write(world, { ownerAccount: STRANGER_ACCOUNT, acl: 'private' }),
    repair: (world) => write(world, { ownerAccount: STRANGER_ACCOUNT, acl: 'bucket-owner-full-control' }),
  },
  {
    name: 'another account wrote all that is there',
    cause: 'aws.own.foreign_object',
    group: TOLD_ALIKE.untold,
    inside: 'group',
    arrange: ({ aws }) => aws.configureBucket(BUCKET, { ownership: 'ObjectWriter' }),
    break: (world) => write(world, { ownerAccount: STRANGER_ACCOUNT }),
    repair: ({ aws }) => aws.configureBucket(BUCKET, { ownership: 'BucketOwnerEnforced' }),
  },
  {
    name: 'the connection sends an ACL and may set none',
    cause: 'aws.own.put_acl',
    break: (world) => set(world, { acl: 'bucket-owner-full-control' }),
  },
]

/** What a connection meets that sends an ACL. */
export const WITH_ACL: readonly DenialScenario<AwsWorld>[] = [
  {
    name: 'the bucket takes no ACLs any more',
    cause: 'aws.own.acl_disabled',
    inside: 'strong',
    arrange: ({ aws }) => aws.configureBucket(BUCKET, { ownership: 'ObjectWriter' }),
    break: ({ aws }) => aws.configureBucket(BUCKET, { ownership: 'BucketOwnerEnforced' }),
    repair: (world) => set(world, {}),
  },
  {
    name: 'the role may not set ACLs any more',
    cause: 'aws.own.put_acl',
    arrange: ({ aws }) => aws.configureBucket(BUCKET, { ownership: 'ObjectWriter' }),
    break: (world) => world.change(ROLE_POLICY, replacing('"s3:PutObjectAcl"', '"s3:GetObjectAcl"')),
  },
]

/** The bucket is elsewhere, gone, or out of use. */
export const PLACES: readonly DenialScenario<AwsWorld>[] = [
  {
    name: 'the connection pins another region',
    cause: 'aws.region',
    inside: 'strong',
    break: (world) => set(world, { region: 'eu-west-1' }),
    repair: (world) => set(world, { region: REGION }),
  },
  {
    name: 'the bucket was deleted',
    cause: 'aws.bucket_missing',
    inside: 'strong',
    break: ({ aws }) => aws.deleteBucket(BUCKET),
    repair: (world) => {
      world.aws.createBucket(CUSTOMER_ACCOUNT, { name: BUCKET, region: REGION })
      write(world)
    },
  },
  {
    name: 'the connection names no bucket that there is',
    cause: 'aws.bucket_missing',
    inside: 'strong',
    break: ({ installation }) => moveTo(installation, `${BUCKET.slice(0, -1)}4`),
    repair: ({ installation }) => moveTo(installation, BUCKET),
  },
  {
    name: 'the account never signed up for S3',
    cause: 'aws.account',
    inside: 'strong',
    break: ({ installation }) =>
      void installation.lab.faults.add({ operation: 's3.*', effect: { kind: 'error', status: 403, code: 'NotSignedUp' } }),
    repair: ({ installation }) => installation.lab.faults.clear(),
  },
  {
    name: 'the account was suspended',
    cause: 'aws.account',
    inside: 'strong',
    break: ({ aws }) => aws.setSuspended(CUSTOMER_ACCOUNT, true),
    repair: ({ aws }) => aws.setSuspended(CUSTOMER_ACCOUNT, false),
  },
]

/** The bucket is of an account of its own. */
export const FOREIGN: readonly DenialScenario<AwsWorld>[] = [
  {
    name: 'the requester pays',
    cause: 'aws.requester_pays',
    inside: 'strong',
    break: ({ aws }) => aws.configureBucket(BUCKET, { requesterPays: true }),
    repair: (world) => set(world, { requesterPays: true }),
  },
  {
    name: 'only the account of the role was suspended',
    cause: 'aws.account',
    inside: 'strong',
    break: ({ aws }) => aws.setSuspended(CUSTOMER_ACCOUNT, true),
    repair: ({ aws }) => aws.setSuspended(CUSTOMER_ACCOUNT, false),
  },
  {
    name: 'the bucket is expected to be of the role’s account',
    cause: 'aws.bucket_foreign',
    group: ['aws.bucket_foreign', 'aws.requester_pays', 'aws.rp.absent', 'aws.bpa', 'aws.own.foreign_object'],
    inside: 'group',
    break: (world) => set(world, { expectedBucketOwner: CUSTOMER_ACCOUNT }),
    repair: (world) => set(world, { expectedBucketOwner: THIRD_ACCOUNT }),
  },
  {
    name: 'the bucket is expected to be of an account that it never was of',
    cause: 'aws.bucket_foreign',
    inside: 'strong',
    break: (world) => set(world, { expectedBucketOwner: STRANGER_ACCOUNT }),
    repair: (world) => set(world, { expectedBucketOwner: THIRD_ACCOUNT }),
  },
]

const through = (policy: PolicyDocument) => ({ endpoint: { id: 'vpce-0a1b2c3d', vpc: 'vpc-0a1b2c3d', policy } })
const endpointPolicy = (action: string | readonly string[], resource: string, more: PolicyDocument = {}): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: action, Resource: resource, ...more }],
})

/** The way out of our own network. */
export const ENDPOINT: readonly DenialScenario<AwsWorld>[] = [
  {
    name: 'our endpoint’s policy allows listing alone',
    cause: 'aws.vpce',
    arrange: (world) => world.comeFrom(through(endpointPolicy('*', '*'))),
    break: (world) => world.comeFrom(through(endpointPolicy('s3:List*', '*'))),
  },
  {
    name: 'our endpoint’s policy allows buckets of our own account alone',
    cause: 'aws.vpce',
    arrange: (world) => world.comeFrom(through(endpointPolicy('*', '*'))),
    break: (world) =>
      world.comeFrom(through(endpointPolicy('*', '*', { Condition: { StringEquals: { 's3:ResourceAccount': '123456789012' } } }))),
  },
  {
    name: 'our endpoint’s policy denies what is not our own',
    cause: 'aws.vpce',
    arrange: (world) => world.comeFrom(through(endpointPolicy('*', '*'))),
    break: (world) =>
      world.comeFrom(
        through(
          adding({
            Sid: 'OwnBuckets',
            Effect: 'Deny',
            Principal: '*',
            Action: 's3:*',
            Resource: '*',
            Condition: { StringNotEquals: { 's3:ResourceAccount': '123456789012' } },
          })(endpointPolicy('*', '*')),
        ),
      ),
  },
  {
    name: 'our endpoint’s policy names another bucket',
    cause: 'aws.vpce',
    arrange: (world) => world.comeFrom(through(endpointPolicy('*', '*'))),
    break: (world) => world.comeFrom(through(endpointPolicy('s3:*', 'arn:aws:s3:::somebody-elses-bucket/*'))),
  },
]

/** Two of them at once. */
export const PAIRS: readonly DenialPair<AwsWorld>[] = [
  [named(PLACES, 'the account was suspended'), named(STATES, 'the object lies in GLACIER')],
  [named(PLACES, 'the bucket was deleted'), named(PLACES, 'the connection pins another region')],
  [named(STATES, 'another account wrote the object'), named(STATES, 'one of several objects is archived')],
  [named(PLACES, 'the account was suspended'), named(ENDPOINT, 'our endpoint’s policy allows listing alone')],
  [named(ENDPOINT, 'our endpoint’s policy allows listing alone'), named(STATES, 'the object was written with a key of its writer’s own')],
]

/** Two at once, of a connection that sends an ACL. */
export const ACL_PAIRS: readonly DenialPair<AwsWorld>[] = [
  [named(WITH_ACL, 'the role may not set ACLs any more'), named(WITH_ACL, 'the bucket takes no ACLs any more')],
]

/** Two at once, of another account’s bucket. */
export const FOREIGN_PAIRS: readonly DenialPair<AwsWorld>[] = [
  [named(FOREIGN, 'only the account of the role was suspended'), named(FOREIGN, 'the requester pays')],
]

/** The bucket has another owner than the connection names. */
export const OWNER_NAMED: readonly DenialScenario<AwsWorld>[] = [
  {
    name: 'the bucket was deleted, and a stranger took its name',
    cause: 'aws.bucket_foreign',
    group: TOLD_ALIKE.untold,
    inside: 'group',
    break: ({ aws }) => {
      aws.deleteBucket(BUCKET)
      aws.createBucket(STRANGER_ACCOUNT, { name: BUCKET, region: REGION })
    },
    repair: (world) => {
      world.aws.deleteBucket(BUCKET)
      world.aws.createBucket(CUSTOMER_ACCOUNT, { name: BUCKET, region: REGION })
      write(world)
    },
  },
]
