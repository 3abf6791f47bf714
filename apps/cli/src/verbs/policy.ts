import { S3_OPERATIONS } from '@sluice/core'
import type { Verb } from '../verb.ts'

/** The verbs of policies: all of them work on files alone. */
export const POLICY_VERBS: readonly Verb[] = [
  {
    noun: 'policy',
    verb: 'check',
    summary: 'Check policy documents before anything is applied',
    arguments: [
      {
        name: 'FILE...',
        about:
          'Policies of AWS, RAM or OSS, bindings of Google Cloud, role assignments of Azure, what their CLIs print of them, or CloudFormation templates, in JSON; `-` reads standard input',
      },
    ],
    options: [
      {
        flags: '--kind <kind>',
        about: 'Where the policies are attached; guessed from their statements unless told',
        choices: ['identity', 'resource', 'trust', 'session', 'scp', 'key'],
      },
      { flags: '--sarif', about: 'Print SARIF 2.1.0, which code review tools read' },
    ],
    examples: [
      'sluice policy check acme-setup/*.json',
      'aws iam get-role --role-name lake | sluice policy check -',
      'gcloud storage buckets get-iam-policy gs://acme-lake --format=json | sluice policy check -',
      'az role assignment list --all --assignee OBJECT_ID | sluice policy check -',
      'sluice policy check --sarif policies/*.json > policies.sarif',
    ],
    offline: true,
    load: async () => (await import('../commands/policy-check.ts')).checkPolicies,
  },
  {
    noun: 'policy',
    verb: 'simulate',
    summary: 'Say whether a principal could make a call of S3, and which statement decides',
    options: [
      {
        flags: '--principal <arn>',
        about: 'Who calls: a role, user, session or root by ARN, a service as lambda.amazonaws.com, or anonymous',
      },
      { flags: '--call <operation>', about: 'The call, by its name in the API', choices: S3_OPERATIONS },
      { flags: '--bucket <name>', about: 'The bucket' },
      { flags: '--key <key>', about: 'The key of the object; of DeleteObjects several', repeat: true },
      { flags: '--version-id <id>', about: 'The version of the object' },
      { flags: '--prefix <prefix>', about: 'The prefix of a listing' },
      { flags: '--delimiter <text>', about: 'The delimiter of a listing' },
      { flags: '--max-keys <n>', about: 'The page size of a listing' },
      { flags: '--acl <acl>', about: 'The ACL a write sends' },
      { flags: '--tag <key=value>', about: 'A tag a write sends', repeat: true },
      { flags: '--storage-class <class>', about: 'The storage class a write sends' },
      { flags: '--encryption <algorithm>', about: 'The encryption a write sends', choices: ['AES256', 'aws:kms', 'aws:kms:dsse'] },
      { flags: '--kms-key <arn>', about: 'The key the object is, or will be, encrypted with' },
      { flags: '--key-policy <file>', about: 'The policy of that key' },
      { flags: '--bucket-key', about: 'The bucket uses an S3 Bucket Key' },
      { flags: '--region <region>', about: "The bucket's region; that of the KMS key unless told" },
      { flags: '--source <url>', about: 'What a copy reads, as s3://bucket/key' },
      { flags: '--source-policy <file>', about: 'The policy of the bucket a copy reads' },
      { flags: '--bucket-owner <account>', about: "Account that owns the bucket; the principal's unless told" },
      { flags: '--source-owner <account>', about: "Account that owns the bucket a copy reads; the bucket's owner unless told" },
      { flags: '--identity <file>', about: 'A policy of the principal', repeat: true },
      { flags: '--boundary <file>', about: 'Its permissions boundary' },
      { flags: '--session <file>', about: 'A session policy', repeat: true },
      { flags: '--resource <file>', about: 'The bucket policy' },
      { flags: '--scp <files>', about: 'Service control policies of one level of the organization, separated by commas', repeat: true },
      {
        flags: '--rcp <files>',
        about: 'Resource control policies of one level; RCPFullAWSAccess, which cannot be detached, is added',
        repeat: true,
      },
      { flags: '--vpc-endpoint <file>', about: 'The policy of the VPC endpoint the request comes through' },
      { flags: '--restrict-public-buckets', about: 'The bucket is under RestrictPublicBuckets of Block Public Access' },
      { flags: '--context <key=value>', about: 'A condition key of the request; again for another value', repeat: true },
    ],
    examples: [
      'sluice policy simulate --principal arn:aws:iam::987654321987:role/lake --call GetObject --bucket test-bucket-123 --key data/a.parquet --identity role.json',
      'sluice policy simulate --principal arn:aws:iam::987654321987:role/lake --call PutObject --bucket test-bucket-123 --key data/a --identity role.json --kms-key arn:aws:kms:us-west-2:987654321987:key/1 --key-policy key.json',
    ],
    offline: true,
    load: async () => (await import('../commands/policy-simulate.ts')).simulatePolicies,
  },
]
