import type { PolicyDocument } from '@sluice/core'
import type { DenialScenario } from '../denials.ts'
import { TOLD_ALIKE } from '../denials-aws-groups.ts'
import { ROLE_ARN } from '../denials-aws-names.ts'
import { type AwsWorld, OUR_ADDRESS } from '../denials-aws.ts'
import { BUCKET, CUSTOMER_ACCOUNT } from '../installation.ts'
import { adding, replacing } from '../policy-edits.ts'

type Scenario = DenialScenario<AwsWorld>

const BUCKET_POLICY = 'documents.bucketPolicy'
const BUCKET_ARN = `arn:aws:s3:::${BUCKET}`
const BOTH = [BUCKET_ARN, `${BUCKET_ARN}/*`]

const denying = (parts: PolicyDocument): PolicyDocument => ({
  Sid: 'NotEverybody',
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: BOTH,
  ...parts,
})

/** A scenario of a Deny that joins the bucket's policy. */
const denied = (cause: string, name: string, parts: PolicyDocument): Scenario => ({
  name,
  cause,
  group: TOLD_ALIKE.bucketDeny,
  break: (world) => world.change(BUCKET_POLICY, adding(denying(parts))),
})

const deny = (name: string, parts: PolicyDocument): Scenario => denied('aws.rp.deny', name, parts)
const elsewhere = (name: string, condition: PolicyDocument, parts: PolicyDocument = {}): Scenario =>
  denied('aws.rp.deny_network', name, { Condition: condition, ...parts })
const unencrypted = (name: string, condition: PolicyDocument): Scenario =>
  denied('aws.rp.deny_sse', name, { Action: 's3:PutObject', Resource: `${BUCKET_ARN}/*`, Condition: condition })

/** What the policy of a bucket denies. */
export const DENIES: readonly Scenario[] = [
  deny('of reading', { Action: 's3:GetObject', Resource: `${BUCKET_ARN}/*` }),
  deny('of listing', { Action: 's3:ListBucket', Resource: BUCKET_ARN }),
  deny('of writing', { Action: ['s3:PutObject', 's3:DeleteObject'], Resource: `${BUCKET_ARN}/*` }),
  deny('of the folder', { Resource: `${BUCKET_ARN}/data/*` }),
  deny('of all but the admins', { Condition: { ArnNotLike: { 'aws:PrincipalArn': `arn:aws:iam::${CUSTOMER_ACCOUNT}:role/admins/*` } } }),
  deny('of all but some ids', { Condition: { StringNotLike: { 'aws:userId': ['AROAADMINADMINADMINAD:*', CUSTOMER_ACCOUNT] } } }),
  deny('of all but a tag', { Condition: { StringNotEquals: { 'aws:PrincipalTag/team': 'data' } } }),
  deny('of the role itself', { Principal: { AWS: ROLE_ARN } }),
  elsewhere('other addresses', { NotIpAddress: { 'aws:SourceIp': ['203.0.113.0/24', '198.18.0.0/15'] } }),
  elsewhere('other VPC endpoints', { StringNotEquals: { 'aws:SourceVpce': 'vpce-0a1b2c3d4e5f67890' } }),
  elsewhere('other VPCs', { StringNotEquals: { 'aws:SourceVpc': 'vpc-0a1b2c3d4e5f67890' } }),
  elsewhere('neither the office nor the endpoint', {
    NotIpAddressIfExists: { 'aws:SourceIp': '203.0.113.0/24' },
    StringNotEqualsIfExists: { 'aws:SourceVpce': 'vpce-0a1b2c3d4e5f67890' },
  }),
  elsewhere('reading from elsewhere', { NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' } }, { Action: 's3:GetObject' }),
  unencrypted('without the header', { Null: { 's3:x-amz-server-side-encryption': 'true' } }),
  unencrypted('without KMS', { StringNotEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' } }),
  unencrypted('without this key', {
    StringNotEquals: { 's3:x-amz-server-side-encryption-aws-kms-key-id': `arn:aws:kms:us-west-2:${CUSTOMER_ACCOUNT}:key/1234abcd` },
  }),
]

/** Our own requests have TLS of a new enough version: plain HTTP is what an endpoint can have. */
export const PLAIN_HTTP: Scenario = {
  name: 'plain HTTP',
  cause: 'aws.rp.deny_tls',
  break: (world) => world.change(BUCKET_POLICY, adding(denying({ Condition: { Bool: { 'aws:SecureTransport': 'false' } } }))),
  repair: async (world) => {
    const { connections, caller } = world.installation
    const { version } = await connections.get(caller, 'acme')
    await connections.update(caller, 'acme', { settings: { endpoint: 'https://s3.us-west-2.amazonaws.com', addressing: 'path' } }, version)
    world.comeFrom({ address: OUR_ADDRESS })
  },
}

/** What nothing from outside shows: which version of TLS the policy wants. */
export const OLD_TLS: Scenario = {
  name: 'an old version',
  cause: 'aws.rp.deny_tls',
  group: TOLD_ALIKE.bucketDeny,
  onlyInside: true,
  arrange: (world) => world.change(BUCKET_POLICY, adding(denying({ Condition: { NumericLessThan: { 's3:TlsVersion': '1.2' } } }))),
  break: (world) => world.comeFrom({ address: OUR_ADDRESS, tlsVersion: '1.1' }),
  repair: (world) => world.comeFrom({ address: OUR_ADDRESS }),
}

/** Whose policy has nothing for us, as it is or because of what it asks. */
export const ABROAD: readonly Scenario[] = [
  {
    name: 'no policy at all',
    cause: 'aws.rp.absent',
    group: TOLD_ALIKE.untold,
    break: ({ aws }) => aws.putBucketPolicy(BUCKET, undefined),
  },
  {
    name: 'another role',
    cause: 'aws.rp.absent',
    group: TOLD_ALIKE.untold,
    break: (world) => world.change(BUCKET_POLICY, replacing(ROLE_ARN, `arn:aws:iam::${CUSTOMER_ACCOUNT}:role/another`)),
  },
  {
    name: 'the endpoint of a VPC',
    cause: 'aws.rp.condition_never',
    group: TOLD_ALIKE.untold,
    onlyInside: true,
    break: (world) => world.change(BUCKET_POLICY, conditioned({ StringEquals: { 'aws:SourceVpce': 'vpce-0a1b2c3d4e5f67890' } })),
  },
  {
    name: 'a VPC',
    cause: 'aws.rp.condition_never',
    group: TOLD_ALIKE.untold,
    onlyInside: true,
    break: (world) => world.change(BUCKET_POLICY, conditioned({ StringEquals: { 'aws:SourceVpc': 'vpc-0a1b2c3d4e5f67890' } })),
  },
  {
    name: 'a statement for everybody alone',
    cause: 'aws.bpa',
    group: TOLD_ALIKE.untold,
    arrange: ({ aws }) => {
      aws.configureBucket(BUCKET, { publicAccessBlock: { restrictPublicBuckets: false, blockPublicPolicy: false } })
      aws.putBucketPolicy(BUCKET, {
        Version: '2012-10-17',
        Statement: [{ Sid: 'Everybody', Effect: 'Allow', Principal: '*', Action: 's3:*', Resource: BOTH }],
      })
    },
    break: ({ aws }) => aws.configureBucket(BUCKET, { publicAccessBlock: { restrictPublicBuckets: true } }),
  },
]

function conditioned(condition: PolicyDocument): (document: PolicyDocument) => PolicyDocument {
  return ({ Statement, ...rest }) => ({
    ...rest,
    Statement: [Statement ?? []].flat().map((one) => ({ ...(one as PolicyDocument), Condition: condition })), // statements are objects
  })
}
