import { jsonText } from '../../setup/json-text.ts'
import { promiseOf } from '../../setup/promise.ts'
import { shellFile, shellWord } from '../../setup/shell.ts'
import type { SetupDocuments } from './documents.ts'
import { ISSUER_TAG, type IssuerTrust } from './oidc-provider.ts'
import { issuerOf, type SetupPlan } from './plan.ts'
import { REMOVE_INLINE, REMOVE_MANAGED, scriptHead } from './script-parts.ts'

/** The AWS CLI script that applies the setup. It can be run again: what exists is brought up to date. */
export function cliScript(plan: SetupPlan, documents: SetupDocuments): string {
  const { kind } = plan.holder
  const trusts = issuerOf(plan)
  const purpose = `Sets up the Sluice connection ${plan.connection.name} (${plan.connection.id}).\n${promiseOf(plan.access, plan.locations, 's3://')}\nCan be run again: what exists is brought up to date.`
  return [
    ...scriptHead(plan, purpose),
    `${kind}_path=${shellWord(plan.path)}`,
    '',
    'work="$(mktemp -d)"',
    `trap 'rm -rf "$work"' EXIT`,
    shellFile('"$work/permission-policy.json"', jsonText(documents.permission.document)),
    ...(documents.trust ? [shellFile('"$work/trust-policy.json"', jsonText(documents.trust.document))] : []),
    shellFile('"$work/tags.json"', jsonText(plan.tags.map(({ key, value }) => ({ Key: key, Value: value })))),
    ...(plan.createBucket ? ['', ...bucketLines(plan.createBucket)] : []),
    ...(trusts ? ['', ...providerLines(trusts)] : []),
    '',
    ...holderLines(plan),
    '',
    ...(documents.permission.kind === 'managed' ? managedLines(kind) : inlineLines()),
    '',
    ...closingLines(plan),
    '',
  ].join('\n')
}

/** An account has one provider for an issuer: where another connection has made it, it only has to know our audience. */
function providerLines(trusts: IssuerTrust): readonly string[] {
  const provider = '--open-id-connect-provider-arn "$provider_arn"'
  return [
    `if found aws iam get-open-id-connect-provider ${provider}; then`,
    `  aws iam add-client-id-to-open-id-connect-provider ${provider} --client-id ${shellWord(trusts.audience)}`,
    'else',
    '  # AWS gets the certificate by itself; an AWS CLI older than July 2024 asks for --thumbprint-list.',
    `  aws iam create-open-id-connect-provider --url ${shellWord(trusts.url)} --client-id-list ${shellWord(trusts.audience)} \\`,
    `    --tags "Key=${ISSUER_TAG},Value=$issuer" >/dev/null`,
    'fi',
  ]
}

function holderLines(plan: SetupPlan): readonly string[] {
  const { kind } = plan.holder
  const name = `--${kind}-name "$${kind}_name"`
  const boundary = plan.permissionsBoundary === undefined ? undefined : `--permissions-boundary ${shellWord(plan.permissionsBoundary)}`
  const document = '"file://$work/trust-policy.json"'
  return [
    `if found aws iam get-${kind} ${name}; then`,
    `  must_be_ours ${kind} get-${kind} --${kind}-name "$${kind}_name"`,
    ...(kind === 'role' ? [`  aws iam update-assume-role-policy ${name} --policy-document ${document}`] : []),
    `  aws iam tag-${kind} ${name} --tags "file://$work/tags.json"`,
    ...(boundary === undefined ? [] : [`  aws iam put-${kind}-permissions-boundary ${name} ${boundary}`]),
    'else',
    `  aws iam create-${kind} ${name} --path "$${kind}_path" \\`,
    ...(kind === 'role'
      ? [
          `    --description 'Lets Sluice use the locations of one connection' --max-session-duration 3600 \\`,
          `    --assume-role-policy-document ${document} \\`,
        ]
      : []),
    `    --tags "file://$work/tags.json"${boundary === undefined ? '' : ` ${boundary}`} >/dev/null`,
    'fi',
  ]
}

function managedLines(kind: 'role' | 'user'): readonly string[] {
  return [
    'if found aws iam get-policy --policy-arn "$policy_arn"; then',
    '  must_be_ours policy get-policy --policy-arn "$policy_arn"',
    '  # A policy keeps at most five versions: make room by dropping the oldest.',
    '  oldest="$(aws iam list-policy-versions --policy-arn "$policy_arn" \\',
    `    --query 'reverse(sort_by(Versions[?!IsDefaultVersion], &CreateDate))[3].VersionId' --output text)"`,
    '  if [ "$oldest" != None ]; then',
    '    aws iam delete-policy-version --policy-arn "$policy_arn" --version-id "$oldest"',
    '  fi',
    '  aws iam create-policy-version --policy-arn "$policy_arn" --set-as-default \\',
    '    --policy-document "file://$work/permission-policy.json" >/dev/null',
    'else',
    '  aws iam create-policy --policy-name "$policy_name" --tags "file://$work/tags.json" \\',
    `    --description 'What Sluice may do in the locations of one connection' \\`,
    '    --policy-document "file://$work/permission-policy.json" >/dev/null',
    'fi',
    `aws iam attach-${kind}-policy --${kind}-name "$${kind}_name" --policy-arn "$policy_arn"`,
    ...(kind === 'role' ? ['# An earlier setup may have been too long for a managed policy.', REMOVE_INLINE] : []),
  ]
}

function inlineLines(): readonly string[] {
  return [
    '# Too long for a managed policy, so it goes into the role.',
    'aws iam put-role-policy --role-name "$role_name" --policy-name "$policy_name" \\',
    '  --policy-document "file://$work/permission-policy.json"',
    '# An earlier setup may have fitted into one.',
    REMOVE_MANAGED,
  ]
}

function bucketLines(bucket: NonNullable<SetupPlan['createBucket']>): readonly string[] {
  const region = shellWord(bucket.region)
  const name = `--bucket ${shellWord(bucket.name)}`
  const encryption =
    bucket.kmsKeyArn === undefined
      ? { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }
      : { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: bucket.kmsKeyArn }, BucketKeyEnabled: true }
  // us-east-1 refuses to be named as a constraint.
  const constraint = bucket.region === 'us-east-1' ? '' : ` --create-bucket-configuration LocationConstraint=${region}`
  return [
    shellFile('"$work/encryption.json"', jsonText({ Rules: [encryption] })),
    '# A bucket that exists already stays as it is.',
    `if ! aws s3api head-bucket ${name} --region ${region} --expected-bucket-owner "$account" >/dev/null 2>&1; then`,
    `  aws s3api create-bucket ${name} --region ${region}${constraint} --object-ownership BucketOwnerEnforced >/dev/null`,
    `  aws s3api put-public-access-block ${name} --region ${region} --public-access-block-configuration \\`,
    '    BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true',
    `  aws s3api put-bucket-encryption ${name} --region ${region} \\`,
    '    --server-side-encryption-configuration "file://$work/encryption.json"',
    'fi',
  ]
}

function closingLines(plan: SetupPlan): readonly string[] {
  const { kind } = plan.holder
  if (kind === 'role')
    return [
      'role_arn="$(aws iam get-role --role-name "$role_name" --query Role.Arn --output text)"',
      `expected_arn="arn:${plan.partition}:iam::$account:role$role_path$role_name"`,
      'if [ "$role_arn" != "$expected_arn" ]; then',
      '  fail "The role exists under another path: it is $role_arn, not $expected_arn."',
      'fi',
      `printf 'Done. Role ARN: %s\\n' "$role_arn"`,
    ]
  return [
    `if [ "$(aws iam list-access-keys --user-name "$user_name" --query 'length(AccessKeyMetadata)' --output text)" = 0 ]; then`,
    `  printf 'Done. Give these two to Sluice at once, access key id and secret access key; the secret is shown only here:\\n'`,
    `  aws iam create-access-key --user-name "$user_name" --query 'AccessKey.[AccessKeyId,SecretAccessKey]' --output text`,
    'else',
    `  printf 'Done. The user has an access key already; no other was made.\\n'`,
    'fi',
  ]
}
