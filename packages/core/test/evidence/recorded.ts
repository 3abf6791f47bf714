import { aboutLine, MARK, sumOf, VERSION } from '../../src/evidence/file.ts'
import type { EvidenceSubject } from '../../src/evidence/subject.ts'

/** A command and what it answered, in the shape that the vendor's client gives it. */
export interface Recorded {
  readonly command: string
  readonly status?: number
  readonly text: string
}

/** A connection to S3 by a role, whose account and bucket are one customer's. */
export const ABOUT = {
  cloud: 'aws',
  method: 'role',
  principal: 'arn:aws:iam::123456789012:role/sluice',
  roleArn: 'arn:aws:iam::987654321987:role/acme',
  location: 's3://test-bucket-123/data/',
  access: ['list', 'read'],
} as const satisfies EvidenceSubject

const KEY = 'arn:aws:kms:us-west-2:987654321987:key/1234abcd'
const POLICY = 'arn:aws:iam::987654321987:policy/acme'

const json = (value: unknown): string => JSON.stringify(value, undefined, 4)
const policy = (...statements: readonly object[]) => ({ Version: '2012-10-17', Statement: statements })
const block = (on: boolean) =>
  json({
    PublicAccessBlockConfiguration: { BlockPublicAcls: on, IgnorePublicAcls: on, BlockPublicPolicy: on, RestrictPublicBuckets: on },
  })
const unset = (code: string) => `\nAn error occurred (${code}) when calling the operation: it is not set`

/** Everything of the connection, as it is where nothing is wrong. */
export const HEALTHY: readonly Recorded[] = [
  {
    command: 'aws sts get-caller-identity --query={Account:Account,Arn:Arn} --output=json',
    text: json({ Account: '987654321987', Arn: 'arn:aws:iam::987654321987:user/admin' }),
  },
  {
    command: 'aws s3control get-public-access-block --account-id=987654321987 --region=us-east-1 --output=json',
    text: block(true),
  },
  {
    command:
      'aws iam get-role --role-name=acme --query=Role.{Arn:Arn,PermissionsBoundary:PermissionsBoundary,AssumeRolePolicyDocument:AssumeRolePolicyDocument} --output=json',
    text: json({
      Arn: ABOUT.roleArn,
      PermissionsBoundary: null,
      AssumeRolePolicyDocument: policy({ Effect: 'Allow', Principal: { AWS: ABOUT.principal }, Action: 'sts:AssumeRole' }),
    }),
  },
  { command: 'aws iam list-role-policies --role-name=acme --output=json', text: json({ PolicyNames: ['key'] }) },
  {
    command: 'aws iam get-role-policy --role-name=acme --policy-name=key --query=PolicyDocument --output=json',
    text: json(policy({ Effect: 'Allow', Action: 'kms:Decrypt', Resource: KEY })),
  },
  {
    command: 'aws iam list-attached-role-policies --role-name=acme --output=json',
    text: json({ AttachedPolicies: [{ PolicyName: 'acme', PolicyArn: POLICY }] }),
  },
  {
    command: `aws iam get-policy --policy-arn=${POLICY} --query=Policy.{DefaultVersionId:DefaultVersionId} --output=json`,
    text: json({ DefaultVersionId: 'v3' }),
  },
  {
    command: `aws iam get-policy-version --policy-arn=${POLICY} --version-id=v3 --query=PolicyVersion.Document --output=json`,
    text: json(
      policy(
        { Effect: 'Allow', Action: 's3:ListBucket', Resource: 'arn:aws:s3:::test-bucket-123' },
        { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::test-bucket-123/data/*' },
      ),
    ),
  },
  {
    command: 'aws s3api get-bucket-policy --bucket=test-bucket-123 --query=Policy --output=text',
    status: 254,
    text: unset('NoSuchBucketPolicy'),
  },
  {
    command: 'aws s3api get-bucket-ownership-controls --bucket=test-bucket-123 --output=json',
    text: json({ OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] } }),
  },
  {
    command: 'aws s3api get-bucket-encryption --bucket=test-bucket-123 --output=json',
    text: json({
      ServerSideEncryptionConfiguration: {
        Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KEY }, BucketKeyEnabled: true }],
      },
    }),
  },
  {
    command: `aws kms describe-key --key-id=${KEY} --region=us-west-2 --query=KeyMetadata.{Arn:Arn,KeyState:KeyState,KeyManager:KeyManager} --output=json`,
    text: json({ Arn: KEY, KeyState: 'Enabled', KeyManager: 'CUSTOMER' }),
  },
  {
    command: `aws kms get-key-policy --key-id=${KEY} --region=us-west-2 --policy-name=default --query=Policy --output=text`,
    text: json(policy({ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::987654321987:root' }, Action: 'kms:*', Resource: '*' })),
  },
  {
    command: `aws kms list-grants --key-id=${KEY} --region=us-west-2 --query={Grants:Grants[].{KeyId:KeyId,GranteePrincipal:GranteePrincipal,Operations:Operations}} --output=json`,
    text: json({ Grants: [] }),
  },
  {
    command: 'aws s3api get-public-access-block --bucket=test-bucket-123 --output=json',
    status: 254,
    text: unset('NoSuchPublicAccessBlockConfiguration'),
  },
  { command: 'aws s3api get-bucket-request-payment --bucket=test-bucket-123 --output=json', text: json({ Payer: 'BucketOwner' }) },
  {
    command: 'aws s3api get-bucket-acl --bucket=test-bucket-123 --query={Owner:{ID:Owner.ID}} --output=json',
    text: json({ Owner: { ID: '0123abcd' } }),
  },
]

/** The same with a bucket policy that denies the role what it is for. */
export const BROKEN: readonly Recorded[] = HEALTHY.map((one) =>
  one.command.includes('get-bucket-policy')
    ? {
        command: one.command,
        text: JSON.stringify(
          policy({ Effect: 'Deny', Principal: { AWS: ABOUT.roleArn }, Action: 's3:GetObject', Resource: 'arn:aws:s3:::test-bucket-123/*' }),
        ),
      }
    : one,
)

/** A file as the script writes it. */
export function fileOf(all: readonly Recorded[], time = '2026-11-28T06:00:00Z', about: EvidenceSubject = ABOUT): string {
  const sections = all.map(({ command, status = 0, text }) => {
    const words = command.split(' ')
    const id = /get-bucket-ownership/.test(command) ? 'bucket-ownership' : 'read'
    return [
      `${MARK} read ${id}`,
      ...words.map((word) => `${MARK} word ${word}`),
      ...text.split('\n').map((line) => `| ${line}`),
      `${MARK} exit ${status} ${sumOf(words, { status, text })}`,
    ].join('\n')
  })
  return [
    `${MARK} evidence ${VERSION}`,
    `${MARK} time ${time}`,
    aboutLine({ ...about }),
    ...sections,
    `${MARK} end ${all.length}`,
    '',
  ].join('\n')
}
