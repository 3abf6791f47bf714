import { shellComment, shellWord } from '../../setup/shell.ts'
import type { SetupPlan } from './plan.ts'

/** The head of every script: strict mode, names, helpers, and a check that the credentials belong to the right account. Runs on bash 3.2, which macOS has. */
export function scriptHead(plan: SetupPlan, purpose: string): readonly string[] {
  const { holder, connection } = plan
  return [
    '#!/usr/bin/env bash',
    ...purpose.split('\n').map((line) => `# ${shellComment(line)}`.trimEnd()),
    'set -euo pipefail',
    '',
    `connection=${shellWord(connection.id)}`,
    `${holder.kind}_name=${shellWord(holder.name)}`,
    `policy_name=${shellWord(plan.policyName)}`,
    ...(holder.kind === 'role' && holder.trusted.kind === 'issuer' ? [`provider_name=${shellWord(holder.trusted.providerName)}`] : []),
    '# RAM has no regions, but the CLI wants to know one.',
    `region=${shellWord(plan.region)}`,
    '',
    'fail() {',
    `  printf '%s\\n' "$*" >&2`,
    '  exit 1',
    '}',
    '',
    'cloud() {',
    '  aliyun "$@" --region "$region"',
    '}',
    '',
    '# Runs a command: true if it went well, false if there is no such thing; any other answer ends the script.',
    'found() {',
    '  local answer',
    '  if answer="$(cloud "$@" 2>&1 >/dev/null)"; then return 0; fi',
    '  case "$answer" in',
    '    *EntityNotExist*) return 1 ;;',
    '    *) fail "$answer" ;;',
    '  esac',
    '}',
    '',
    '# Runs a command for which it is no fault if what it makes is there already.',
    'ensure() {',
    '  local answer',
    '  if answer="$(cloud "$@" 2>&1 >/dev/null)"; then return 0; fi',
    '  case "$answer" in',
    '    *EntityAlreadyExist*) return 0 ;;',
    '    *) fail "$answer" ;;',
    '  esac',
    '}',
    '',
    "# Ends the script unless the thing's description names this connection: nothing else is ever changed or removed.",
    'must_be_ours() {',
    '  local kind="$1" name="$2" answer',
    '  shift 2',
    '  answer="$(cloud "$@")"',
    '  case "$answer" in',
    '    *"$connection"*) ;;',
    '    *) fail "The $kind $name exists, but not for this connection: choose another name." ;;',
    '  esac',
    '}',
    '',
    '# The values of one field in an answer.',
    'field() {',
    `  tr ',' '\\n' | sed -n "s/.*\\"$1\\": *\\"\\([^\\"]*\\)\\".*/\\1/p"`,
    '}',
    '',
    'account="$(cloud sts GetCallerIdentity | field AccountId)"',
    ...(plan.accountId === undefined
      ? [`printf 'Working in account %s.\\n' "$account"`]
      : [
          `if [ "$account" != ${plan.accountId} ]; then`,
          `  fail "These credentials belong to account $account; this script is for account ${plan.accountId}."`,
          'fi',
        ]),
  ]
}

/** RAM's name for the two kinds of holders, as its operations have it. */
export function operationsOf({ kind }: SetupPlan['holder']): { readonly noun: string; readonly name: string } {
  return kind === 'role' ? { noun: 'Role', name: '--RoleName "$role_name"' } : { noun: 'User', name: '--UserName "$user_name"' }
}
