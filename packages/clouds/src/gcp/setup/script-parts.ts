import { shellComment, shellWord } from '../../setup/shell.ts'
import { ownerOf } from './documents.ts'
import type { SetupPlan } from './plan.ts'

/** The head of every script: strict mode, names, helpers, and the project. Runs on bash 3.2, which macOS has. */
export function scriptHead(plan: SetupPlan, filename: 'setup.sh' | 'remove.sh', purpose: string): readonly string[] {
  return [
    '#!/usr/bin/env bash',
    ...purpose.split('\n').map((line) => `# ${shellComment(line)}`.trimEnd()),
    'set -euo pipefail',
    'export CLOUDSDK_CORE_DISABLE_PROMPTS=1',
    '',
    ...(plan.projectId === undefined
      ? [`project="\${1:-$(gcloud config get-value project 2>/dev/null)}"`]
      : [`project=${shellWord(plan.projectId)}`]),
    `owner=${shellWord(ownerOf(plan))}`,
    `role_id=${shellWord(plan.customRoleId)}`,
    ...(plan.deleteRoleId === undefined ? [] : [`delete_role_id=${shellWord(plan.deleteRoleId)}`]),
    ...(plan.federation === undefined
      ? []
      : [
          `pool_id=${shellWord(plan.federation.poolId)}`,
          // With the pool its provider goes.
          ...(filename === 'setup.sh' ? [`provider_id=${shellWord(plan.federation.providerId)}`] : []),
          `subject=${shellWord(plan.federation.subject)}`,
        ]),
    '',
    'fail() {',
    `  printf '%s\\n' "$*" >&2`,
    '  exit 1',
    '}',
    '',
    '# Runs a command: true if it went well, false if there is no such thing; any other answer ends the script.',
    'found() {',
    '  local answer',
    '  if answer="$("$@" 2>&1 >/dev/null)"; then return 0; fi',
    '  case "$answer" in',
    '    *NOT_FOUND* | *"not found"*) return 1 ;;',
    '    *) fail "$answer" ;;',
    '  esac',
    '}',
    '',
    '# Ends the script unless the thing was made for this connection: nothing else is ever changed or removed.',
    'must_be_ours() {',
    '  if [ "$2" != "$owner" ]; then',
    '    fail "The $1 exists, but not for this connection: choose another name, or give it the description: $owner"',
    '  fi',
    '}',
    '',
    ...(plan.projectId === undefined
      ? [`[ -n "$project" ] || fail 'Name the project: bash ${filename} PROJECT_ID'`, `printf 'Working in project %s.\\n' "$project"`]
      : []),
    ...memberLines(plan),
  ]
}

/** Who holds the permissions, and who we are before that. */
function memberLines(plan: SetupPlan): readonly string[] {
  const { federation, account, ourAccount } = plan
  return [
    ...(federation === undefined
      ? []
      : [
          `project_number="$(gcloud projects describe "$project" --format='value(projectNumber)')"`,
          ...(federation.projectNumber === undefined
            ? []
            : [
                `if [ "$project_number" != ${federation.projectNumber} ]; then`,
                `  fail "Project $project has the number $project_number; the connection expects the pool in ${federation.projectNumber}."`,
                'fi',
              ]),
          'pool="projects/$project_number/locations/global/workloadIdentityPools/$pool_id"',
          'us="principal://iam.googleapis.com/$pool/subject/$subject"',
        ]),
    ...(ourAccount === undefined ? [] : [`us=${shellWord(`serviceAccount:${ourAccount}`)}`]),
    ...(account === undefined
      ? ['member="$us"']
      : [
          account.email === undefined ? `account="${account.id}@$project.iam.gserviceaccount.com"` : `account=${shellWord(account.email)}`,
          'member="serviceAccount:$account"',
        ]),
  ]
}

/** Names of one bucket's grants are all removed at once, with whatever condition. */
export function removeGrant(bucket: string): string {
  return `found gcloud storage buckets remove-iam-policy-binding ${shellWord(`gs://${bucket}`)} --member="$member" --role="projects/$project/roles/$role_id" --all || true`
}

export function bucketsOf(plan: SetupPlan): readonly string[] {
  return [...new Set(plan.locations.map(({ bucket }) => bucket))]
}

/** The account as sentences name it. */
export function accountName({ account }: SetupPlan): string {
  return account?.email ?? `${account?.id ?? ''}@PROJECT_ID.iam.gserviceaccount.com`
}

/** The role by which we may act as the account: signing, which presigned URLs need, is part of the one that is given to accounts. */
export function actingRole(plan: SetupPlan): 'roles/iam.workloadIdentityUser' | 'roles/iam.serviceAccountTokenCreator' {
  return plan.federation === undefined ? 'roles/iam.serviceAccountTokenCreator' : 'roles/iam.workloadIdentityUser'
}

/** Whether somebody has to be let act as the account: not where its own key is used. */
export function isImpersonated(plan: SetupPlan): boolean {
  return plan.account !== undefined && plan.method !== 'service-account-key'
}
