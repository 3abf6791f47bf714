import { jsonText } from '../../setup/json-text.ts'
import { promiseOf } from '../../setup/promise.ts'
import { shellFile, shellWord } from '../../setup/shell.ts'
import type { SetupDocuments } from './documents.ts'
import type { Trusted } from './holder.ts'
import type { SetupPlan } from './plan.ts'
import { descriptionOf } from './resource-slots.ts'
import { operationsOf, scriptHead } from './script-parts.ts'
import { PROVIDER_DESCRIPTION, UNKNOWN_ACCOUNT } from './trust-policy.ts'

/** The aliyun CLI script that applies the setup. It can be run again: what exists is brought up to date. */
export function cliScript(plan: SetupPlan, documents: SetupDocuments): string {
  const { holder } = plan
  const purpose = `Sets up the Sluice connection ${plan.connection.name} (${plan.connection.id}).\n${promiseOf(plan.access, plan.locations, 'oss://')}\nCan be run again: what exists is brought up to date.`
  return [
    ...scriptHead(plan, purpose),
    `description=${shellWord(descriptionOf(plan))}`,
    '',
    'work="$(mktemp -d)"',
    `trap 'rm -rf "$work"' EXIT`,
    shellFile('"$work/permission-policy.json"', jsonText(documents.permission.document)),
    ...(documents.trust ? [shellFile('"$work/trust-policy.json"', jsonText(documents.trust.document))] : []),
    ...(plan.createBucket ? ['', ...bucketLines(plan.createBucket)] : []),
    ...(holder.kind === 'role' && holder.trusted.kind === 'issuer' ? ['', ...providerLines(holder.trusted)] : []),
    '',
    ...holderLines(plan),
    '',
    ...policyLines(plan),
    '',
    ...closingLines(plan),
    '',
  ].join('\n')
}

function holderLines(plan: SetupPlan): readonly string[] {
  const { kind } = plan.holder
  const { noun, name } = operationsOf(plan.holder)
  if (kind === 'user')
    return [
      `if found ram Get${noun} ${name}; then`,
      `  must_be_ours user "$user_name" ram Get${noun} ${name}`,
      'else',
      `  cloud ram Create${noun} ${name} --Comments "$description" >/dev/null`,
      'fi',
    ]
  return [
    // Where nobody has named the account, the provider in it is named here.
    `trust="$(sed "s/${UNKNOWN_ACCOUNT}/$account/" "$work/trust-policy.json")"`,
    `if found ram Get${noun} ${name}; then`,
    `  must_be_ours role "$role_name" ram Get${noun} ${name}`,
    `  cloud ram Update${noun} ${name} --NewAssumeRolePolicyDocument "$trust" >/dev/null`,
    'else',
    `  cloud ram Create${noun} ${name} --Description "$description" --MaxSessionDuration 3600 \\`,
    '    --AssumeRolePolicyDocument "$trust" >/dev/null',
    'fi',
  ]
}

function policyLines(plan: SetupPlan): readonly string[] {
  const { noun, name } = operationsOf(plan.holder)
  const policy = '--PolicyType Custom --PolicyName "$policy_name"'
  return [
    'permissions="$(cat "$work/permission-policy.json")"',
    `if found ram GetPolicy ${policy}; then`,
    `  must_be_ours policy "$policy_name" ram GetPolicy ${policy}`,
    '  # A policy keeps at most five versions: the oldest makes room.',
    '  cloud ram CreatePolicyVersion --PolicyName "$policy_name" --PolicyDocument "$permissions" \\',
    '    --SetAsDefault true --RotateStrategy DeleteOldestNonDefaultVersionWhenLimitExceeded >/dev/null',
    'else',
    '  cloud ram CreatePolicy --PolicyName "$policy_name" --Description "$description" \\',
    '    --PolicyDocument "$permissions" >/dev/null',
    'fi',
    `ensure ram AttachPolicyTo${noun} ${policy} ${name}`,
  ]
}

/** One provider stands for our issuer in the whole account, so that what is there is left as it is but for our client id. */
function providerLines(trusted: Extract<Trusted, { readonly kind: 'issuer' }>): readonly string[] {
  const { hostname, port } = new URL(trusted.issuerUrl)
  return [
    `issuer_url=${shellWord(trusted.issuerUrl)}`,
    `client_id=${shellWord(trusted.audience)}`,
    'if found ims GetOIDCProvider --OIDCProviderName "$provider_name"; then',
    '  provider="$(cloud ims GetOIDCProvider --OIDCProviderName "$provider_name")"',
    '  if [ "$(printf \'%s\\n\' "$provider" | field IssuerUrl)" != "$issuer_url" ]; then',
    '    fail "The identity provider $provider_name exists, but for another issuer than $issuer_url."',
    '  fi',
    '  case "$provider" in',
    '    *"$client_id"*) ;;',
    '    *) cloud ims AddClientIdToOIDCProvider --OIDCProviderName "$provider_name" --ClientId "$client_id" >/dev/null ;;',
    '  esac',
    'else',
    '  fingerprint="${SLUICE_ISSUER_FINGERPRINT:-}"',
    '  if [ -z "$fingerprint" ]; then',
    '    # The last certificate of the chain is that of the authority, whose fingerprint RAM wants.',
    `    fingerprint="$(openssl s_client -showcerts -servername ${shellWord(hostname)} \\`,
    `      -connect ${shellWord(`${hostname}:${port === '' ? '443' : port}`)} </dev/null 2>/dev/null |`,
    `      awk '/BEGIN CERTIFICATE/ { last = "" } { last = last $0 "\\n" } /END CERTIFICATE/ { whole = last } END { printf "%s", whole }' |`,
    `      openssl x509 -noout -fingerprint -sha1 2>/dev/null | sed 's/.*=//; s/://g' || true)"`,
    '  fi',
    '  if [ -z "$fingerprint" ]; then',
    '    fail "The certificate of $issuer_url cannot be read from here. Set SLUICE_ISSUER_FINGERPRINT to the fingerprint that the RAM console gets for that URL."',
    '  fi',
    '  cloud ims CreateOIDCProvider --OIDCProviderName "$provider_name" --IssuerUrl "$issuer_url" \\',
    '    --ClientIds "$client_id" --Fingerprints "$fingerprint" \\',
    `    --Description ${shellWord(PROVIDER_DESCRIPTION)} >/dev/null`,
    'fi',
  ]
}

function bucketLines(bucket: NonNullable<SetupPlan['createBucket']>): readonly string[] {
  const url = shellWord(`oss://${bucket.name}`)
  const keyId = bucket.kmsKeyArn?.split('/')[1]
  const encryption = keyId === undefined ? '--sse-algorithm AES256' : `--sse-algorithm KMS --kms-masterkey-id ${shellWord(keyId)}`
  return [
    '# A bucket that exists already stays as it is.',
    `if ! cloud oss stat ${url} >/dev/null 2>&1; then`,
    `  cloud oss mb ${url} --acl private`,
    `  cloud oss bucket-encryption --method put ${url} ${encryption}`,
    'fi',
  ]
}

function closingLines({ holder }: SetupPlan): readonly string[] {
  if (holder.kind === 'role') return [`printf 'Done. Role ARN: acs:ram::%s:role/%s\\n' "$account" "$role_name"`]
  return [
    'case "$(cloud ram ListAccessKeys --UserName "$user_name")" in',
    '  *AccessKeyId*)',
    `    printf 'Done. The user has an AccessKey already; no other was made.\\n'`,
    '    ;;',
    '  *)',
    `    printf 'Done. Give AccessKeyId and AccessKeySecret to Sluice at once; the secret is shown only here:\\n'`,
    '    cloud ram CreateAccessKey --UserName "$user_name"',
    '    ;;',
    'esac',
  ]
}
