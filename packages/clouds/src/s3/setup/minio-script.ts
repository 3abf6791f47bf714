import type { JsonObject } from '@sluice/core'
import { jsonText } from '../../setup/json-text.ts'
import { promiseOf } from '../../setup/promise.ts'
import { shellComment, shellFile, shellWord } from '../../setup/shell.ts'
import type { S3SetupPlan } from './plan.ts'

/** Creates policy and user with MinIO's client. A user that exists keeps its secret. */
export function minioScript(plan: S3SetupPlan, policy: JsonObject): string {
  return [
    ...head(plan, [
      promiseOf(plan.access, plan.locations, 's3://'),
      'Can be run again: the policy is brought up to date, the user keeps its secret.',
    ]),
    'work="$(mktemp -d)"',
    `trap 'rm -rf "$work"' EXIT`,
    shellFile('"$work/permission-policy.json"', jsonText(policy)),
    'mc admin policy create "$alias" "$policy" "$work/permission-policy.json"',
    '',
    'if mc admin user info "$alias" "$user" >/dev/null 2>&1; then',
    `  printf 'The user %s exists already and keeps its secret.\\n' "$user"`,
    'else',
    '  secret="$(openssl rand -hex 20)"',
    '  # The secret goes in through standard input: arguments can be read by everybody on the machine.',
    `  printf '%s\\n%s\\n' "$user" "$secret" | mc admin user add "$alias"`,
    `  printf 'Give these two to Sluice at once; the secret is shown only here:\\n%s %s\\n' "$user" "$secret"`,
    'fi',
    '',
    'if ! mc admin policy entities "$alias" --user "$user" 2>/dev/null | grep -qF "$policy"; then',
    '  mc admin policy attach "$alias" "$policy" --user "$user"',
    'fi',
    '',
  ].join('\n')
}

/** Removes user and policy. Buckets and what is in them stay. */
export function minioRemoveScript(plan: S3SetupPlan): string {
  return [
    ...head(plan, ['Removes the user and its policy. Buckets and what is in them stay.']),
    'if mc admin user info "$alias" "$user" >/dev/null 2>&1; then mc admin user remove "$alias" "$user"; fi',
    'if mc admin policy info "$alias" "$policy" >/dev/null 2>&1; then mc admin policy remove "$alias" "$policy"; fi',
    '',
  ].join('\n')
}

function head(plan: S3SetupPlan, purpose: readonly string[]): readonly string[] {
  const { connection } = plan
  const lines = [
    `The Sluice connection ${connection.name} (${connection.id}).`,
    ...purpose,
    'Usage: bash FILE ALIAS, where ALIAS is your mc alias of the store.',
  ]
  return [
    '#!/usr/bin/env bash',
    ...lines.map((line) => `# ${shellComment(line)}`),
    'set -euo pipefail',
    '',
    'alias="${1:?give the mc alias of the store}"',
    `user=${shellWord(plan.userName)}`,
    `policy=${shellWord(plan.policyName)}`,
    '',
  ]
}
