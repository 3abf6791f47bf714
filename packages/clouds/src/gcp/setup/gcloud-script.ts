import { jsonText } from '../../setup/json-text.ts'
import { shellFile, shellWord } from '../../setup/shell.ts'
import { ATTRIBUTE_MAPPING, type SetupDocuments } from './documents.ts'
import type { SetupPlan } from './plan.ts'
import { promiseOfPlan } from './promise.ts'
import { actingRole, bucketsOf, isImpersonated, removeGrant, scriptHead } from './script-parts.ts'

/** The gcloud script that applies the setup. It can be run again: what exists is brought up to date. */
export function gcloudScript(plan: SetupPlan, documents: SetupDocuments): string {
  const purpose = `Sets up the Sluice connection ${plan.connection.name} (${plan.connection.id}).\n${promiseOfPlan(plan)}\nCan be run again: what exists is brought up to date.`
  return [
    ...scriptHead(plan, 'setup.sh', purpose),
    '',
    'work="$(mktemp -d)"',
    `trap 'rm -rf "$work"' EXIT`,
    shellFile('"$work/custom-role.json"', jsonText(documents.role)),
    ...(documents.deleteRole === undefined ? [] : [shellFile('"$work/delete-role.json"', jsonText(documents.deleteRole))]),
    ...documents.grants.flatMap(({ condition }, index) =>
      condition === undefined ? [] : [shellFile(`"$work/condition-${index + 1}.json"`, jsonText({ ...condition }))],
    ),
    '',
    ...bucketLines(plan, documents),
    ...roleLines('role_id', 'custom-role.json'),
    ...(documents.deleteRole === undefined ? [] : ['', ...roleLines('delete_role_id', 'delete-role.json')]),
    ...(plan.federation === undefined ? [] : ['', ...poolLines(), '', ...providerLines(plan, documents)]),
    ...(plan.account?.isMade === true ? ['', ...accountLines()] : []),
    ...(isImpersonated(plan) ? ['', ...actingLines(plan)] : []),
    '',
    ...grantLines(plan, documents),
    '',
    ...closingLines(plan),
    '',
  ].join('\n')
}

/** Asked before anything is changed: a condition cannot be set otherwise. */
function bucketLines(plan: SetupPlan, documents: SetupDocuments): readonly string[] {
  const conditional = bucketsOf(plan).filter((bucket) =>
    documents.grants.some((grant) => grant.bucket === bucket && grant.condition !== undefined),
  )
  if (conditional.length === 0) return []
  return [
    ...conditional.flatMap((bucket) => {
      const url = shellWord(`gs://${bucket}`)
      return [
        `if [ "$(gcloud storage buckets describe ${url} --format='value(uniform_bucket_level_access)')" != True ]; then`,
        `  fail 'The grant is limited to a folder, which needs uniform bucket-level access: gcloud storage buckets update ${url} --uniform-bucket-level-access. It ends access that is granted by ACLs only.'`,
        'fi',
      ]
    }),
    '',
  ]
}

function roleLines(variable: 'role_id' | 'delete_role_id', file: string): readonly string[] {
  const describe = `gcloud iam roles describe "$${variable}" --project="$project"`
  return [
    `if found ${describe}; then`,
    `  must_be_ours "role $${variable}" "$(${describe} --format='value(description)')"`,
    `  if [ "$(${describe} --format='value(deleted)')" = True ]; then`,
    `    gcloud iam roles undelete "$${variable}" --project="$project" >/dev/null`,
    '  fi',
    `  gcloud iam roles update "$${variable}" --project="$project" --file="$work/${file}" >/dev/null`,
    'else',
    `  gcloud iam roles create "$${variable}" --project="$project" --file="$work/${file}" >/dev/null`,
    'fi',
  ]
}

function poolLines(): readonly string[] {
  const pools = 'gcloud iam workload-identity-pools'
  const where = '--project="$project" --location=global'
  return [
    `if found ${pools} describe "$pool_id" ${where}; then`,
    `  must_be_ours "workload identity pool $pool_id" "$(${pools} describe "$pool_id" ${where} --format='value(description)')"`,
    `  if [ "$(${pools} describe "$pool_id" ${where} --format='value(state)')" = DELETED ]; then`,
    `    ${pools} undelete "$pool_id" ${where} >/dev/null`,
    '  fi',
    'else',
    `  ${pools} create "$pool_id" ${where} --display-name=Sluice --description="$owner" >/dev/null`,
    'fi',
  ]
}

function providerLines({ federation }: SetupPlan, { attributeCondition = '' }: SetupDocuments): readonly string[] {
  const providers = 'gcloud iam workload-identity-pools providers'
  const where = '--project="$project" --location=global --workload-identity-pool="$pool_id"'
  const mapping = Object.entries(ATTRIBUTE_MAPPING).map(([to, from]) => `${to}=${from}`)
  const settings = [
    `--issuer-uri=${shellWord(federation?.issuerUrl ?? '')}`,
    ...(federation?.audience === undefined ? [] : [`--allowed-audiences=${shellWord(federation.audience)}`]),
    `--attribute-mapping=${mapping.join(',')} --attribute-condition=${shellWord(attributeCondition)}`,
    `--display-name=Sluice --description="$owner" >/dev/null`,
  ]
  const set = (verb: string): readonly string[] => [
    `  ${providers} ${verb} "$provider_id" ${where} \\`,
    ...settings.map((line, index) => `    ${line}${index < settings.length - 1 ? ' \\' : ''}`),
  ]
  return [
    `if found ${providers} describe "$provider_id" ${where}; then`,
    `  must_be_ours "provider $provider_id" "$(${providers} describe "$provider_id" ${where} --format='value(description)')"`,
    `  if [ "$(${providers} describe "$provider_id" ${where} --format='value(state)')" = DELETED ]; then`,
    `    ${providers} undelete "$provider_id" ${where} >/dev/null`,
    '  fi',
    ...set('update-oidc'),
    'else',
    ...set('create-oidc'),
    'fi',
  ]
}

/** An account that is there already may be the customer's own, and is used as it is. */
function accountLines(): readonly string[] {
  return [
    'if ! found gcloud iam service-accounts describe "$account" --project="$project"; then',
    '  gcloud iam service-accounts create "${account%%@*}" --project="$project" --display-name=Sluice --description="$owner" >/dev/null',
    'fi',
  ]
}

function actingLines(plan: SetupPlan): readonly string[] {
  return [
    'gcloud iam service-accounts add-iam-policy-binding "$account" --member="$us" \\',
    `  --role=${actingRole(plan)} --condition=None >/dev/null`,
  ]
}

function grantLines(plan: SetupPlan, documents: SetupDocuments): readonly string[] {
  return [
    '# Grants of an earlier setup may have other conditions: they are replaced.',
    ...bucketsOf(plan).map(removeGrant),
    ...documents.grants.flatMap(({ bucket, condition }, index) => [
      `gcloud storage buckets add-iam-policy-binding ${shellWord(`gs://${bucket}`)} --member="$member" \\`,
      `  --role="projects/$project/roles/$role_id" ${condition === undefined ? '--condition=None' : `--condition-from-file="$work/condition-${index + 1}.json"`} >/dev/null`,
    ]),
  ]
}

function closingLines(plan: SetupPlan): readonly string[] {
  const deleteRole = plan.deleteRoleId === undefined ? [] : [`printf 'Role that deletes: %s\\n' "projects/$project/roles/$delete_role_id"`]
  const account = isImpersonated(plan) ? [`printf 'Service account: %s\\n' "$account"`] : []
  if (plan.federation !== undefined)
    return [`printf 'Done. Workload identity provider: %s\\n' "$pool/providers/$provider_id"`, ...account, ...deleteRole]
  if (plan.method === 'grant') return [`printf 'Done.\\n'`, ...account, ...deleteRole]
  return [...keyLines(), ...deleteRole]
}

/** A key is made only where there is none, and never printed. */
function keyLines(): readonly string[] {
  return [
    `if [ -z "$(gcloud iam service-accounts keys list --iam-account="$account" --managed-by=user --format='value(name)')" ]; then`,
    '  (umask 077 && gcloud iam service-accounts keys create sluice-key.json --iam-account="$account" >/dev/null)',
    `  printf 'Done. The key is in sluice-key.json: give it to Sluice at once, then delete the file.\\n'`,
    'else',
    `  printf 'Done. The account has a key already; no other was made.\\n'`,
    'fi',
  ]
}
