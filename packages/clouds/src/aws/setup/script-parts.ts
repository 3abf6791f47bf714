import { shellComment, shellWord } from '../../setup/shell.ts'
import { HOME_REGION } from './partition.ts'
import { issuerOf, OWNER_TAG, type SetupPlan } from './plan.ts'

/** The head of every script: strict mode, names, helpers, and a check that the credentials belong to the right account. Runs on bash 3.2, which macOS has. */
export function scriptHead(plan: SetupPlan, purpose: string): readonly string[] {
  const { holder, connection } = plan
  const trusts = issuerOf(plan)
  return [
    '#!/usr/bin/env bash',
    ...purpose.split('\n').map((line) => `# ${shellComment(line)}`.trimEnd()),
    'set -euo pipefail',
    "export AWS_PAGER=''",
    '# IAM has no regions, but the CLI wants to know the partition.',
    `export AWS_REGION=${HOME_REGION[plan.partition]} AWS_DEFAULT_REGION=${HOME_REGION[plan.partition]}`,
    '',
    `connection=${shellWord(connection.id)}`,
    `${holder.kind}_name=${shellWord(holder.name)}`,
    `policy_name=${shellWord(plan.policyName)}`,
    '',
    'fail() {',
    `  printf '%s\\n' "$*" >&2`,
    '  exit 1',
    '}',
    '',
    '# Runs a command: true if it went well, false if IAM knows no such thing; any other answer ends the script.',
    'found() {',
    '  local answer',
    '  if answer="$("$@" 2>&1 >/dev/null)"; then return 0; fi',
    '  case "$answer" in',
    '    *NoSuchEntity*) return 1 ;;',
    '    *) fail "$answer" ;;',
    '  esac',
    '}',
    '',
    '# Ends the script unless the thing carries the tag of this connection: nothing else is ever changed or removed.',
    'must_be_ours() {',
    '  local owner',
    `  owner="$(aws iam "$2" "$3" "$4" --query "*.Tags[?Key=='${OWNER_TAG}'].Value | [0] | [0]" --output text)"`,
    '  if [ "$owner" != "$connection" ]; then',
    `    fail "The $1 $4 exists, but not for this connection: choose another name, or give it the tag ${OWNER_TAG} = $connection."`,
    '  fi',
    '}',
    '',
    'account="$(aws sts get-caller-identity --query Account --output text)"',
    ...(plan.accountId === undefined
      ? [`printf 'Working in account %s.\\n' "$account"`]
      : [
          `if [ "$account" != ${plan.accountId} ]; then`,
          `  fail "These credentials belong to account $account; this script is for account ${plan.accountId}."`,
          'fi',
        ]),
    `policy_arn="arn:${plan.partition}:iam::$account:policy/$policy_name"`,
    ...(trusts === undefined
      ? []
      : [`issuer=${shellWord(trusts.path)}`, `provider_arn="arn:${plan.partition}:iam::$account:oidc-provider/$issuer"`]),
  ]
}

/** Takes the policy out of the role, if it is there. */
export const REMOVE_INLINE = 'found aws iam delete-role-policy --role-name "$role_name" --policy-name "$policy_name" || true'

/** Takes the managed policy off the role, if it is attached. */
export const REMOVE_MANAGED = 'found aws iam detach-role-policy --role-name "$role_name" --policy-arn "$policy_arn" || true'
