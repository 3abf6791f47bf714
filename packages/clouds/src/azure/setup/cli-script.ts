import { jsonText } from '../../setup/json-text.ts'
import { shellFile, shellWord } from '../../setup/shell.ts'
import { roleForCli, type SetupDocuments } from './documents.ts'
import { DELEGATOR, type SetupPlan } from './plan.ts'
import { promiseOfPlan } from './promise.ts'
import { SAS_DAYS, type SasPlan } from './sas-plan.ts'
import { PRINCIPAL, REVOKE, TENANT, accountLines, applicationLines, containerScope, scriptHead, scriptText } from './script-parts.ts'

/** The Azure CLI script that applies the setup. It can be run again: what exists is brought up to date. */
export function cliScript(plan: SetupPlan, documents: SetupDocuments): string {
  const what = plan.sas !== undefined ? 'Makes a SAS for' : plan.method === 'account-key' ? 'Shows the key for' : 'Sets up'
  const again = plan.role === undefined ? '' : '\nCan be run again: what exists is brought up to date.'
  const purpose = `${what} the Sluice connection ${plan.connection.name} (${plan.connection.id}).\n${promiseOfPlan(plan)}${again}`
  const body = plan.sas !== undefined ? sasLines(plan, plan.sas) : plan.role === undefined ? keyLines(plan) : roleLines(plan, documents)
  return scriptText([...scriptHead(plan, purpose), '', ...body])
}

function roleLines(plan: SetupPlan, documents: SetupDocuments): readonly string[] {
  const { role, federation } = plan
  if (role === undefined) return []
  return [
    ...PATIENTLY,
    '',
    ...REVOKE,
    '',
    ...assignFunctions(plan),
    '',
    ...(hasFiles(plan, documents) ? [`work="$(mktemp -d)"`, `trap 'rm -rf "$work"' EXIT`] : []),
    ...(documents.federatedCredential === undefined
      ? []
      : [shellFile('"$work/federated-credential.json"', jsonText(documents.federatedCredential))]),
    ...(role.isCustom ? [shellFile('"$work/custom-role.json"', jsonText(roleForCli(plan, role, SCOPES_MARK)))] : []),
    ...plan.containers.flatMap(({ condition }, index) =>
      condition === undefined ? [] : [shellFile(`"$work/condition-${index + 1}.txt"`, condition)],
    ),
    '',
    '# Asked before anything is changed: each storage account and container must be there.',
    ...accountLines(plan),
    ...plan.containers.map(
      ({ account, container }) =>
        `az storage container-rm show --storage-account "$account_${plan.accounts.indexOf(account) + 1}" --name ${container} --output none`,
    ),
    ...(federation === undefined ? [] : ['', ...trustLines(plan)]),
    ...(role.isCustom ? ['', ...customRoleLines(plan)] : []),
    '',
    ...grantLines(plan),
    '',
    ...closingLines(plan),
  ]
}

function hasFiles({ role, containers }: SetupPlan, { federatedCredential }: SetupDocuments): boolean {
  return federatedCredential !== undefined || role?.isCustom === true || containers.some(({ condition }) => condition !== undefined)
}

const SCOPES_MARK = 'ASSIGNABLE_SCOPES'

const PATIENTLY = [
  '# Runs a command, for up to two minutes again while Azure does not know yet what was just made.',
  'patiently() {',
  '  local answer tries=0',
  '  until answer="$("$@" 2>&1)"; do',
  '    tries=$((tries + 1))',
  '    case "$answer" in',
  '      *PrincipalNotFound* | *RoleDefinitionDoesNotExist* | *"does not exist in the directory"* | *"doesn\'t exist"*) ;;',
  '      *) fail "$answer" ;;',
  '    esac',
  '    if [ "$tries" -ge 12 ]; then fail "$answer"; fi',
  '    sleep 10',
  '  done',
  '}',
] as const

function assignFunctions({ containers }: SetupPlan): readonly string[] {
  const options =
    '--assignee-object-id "$principal" --assignee-principal-type ServicePrincipal --role "$1" --scope "$2" --description "$owner" --output none'
  const conditional = containers.some(({ condition }) => condition !== undefined)
  return [
    '# Gives a role at a scope, unless it is given there already.',
    'assign() {',
    `  if [ -n "$(az role assignment list --scope "$2" --role "$1" --query "[?principalId=='$principal'].id" --output tsv)" ]; then return; fi`,
    `  patiently az role assignment create ${options}`,
    '}',
    ...(conditional
      ? [
          '',
          '# Gives a role at a scope under the condition in a file.',
          'assign_under() {',
          `  patiently az role assignment create ${options} --condition "$(cat "$3")" --condition-version 2.0`,
          '}',
        ]
      : []),
  ]
}

/** The application, its service principal, and the credential that lets our tokens in. */
function trustLines(plan: SetupPlan): readonly string[] {
  const credentials = 'az ad app federated-credential'
  return [
    ...applicationLines(plan),
    ...(plan.federation?.clientId === undefined
      ? [
          'if [ -z "$app_id" ]; then',
          '  app_id="$(az ad app create --display-name "$application" --sign-in-audience AzureADMyOrg --query appId --output tsv)"',
          'fi',
        ]
      : []),
    'if [ -z "$principal" ]; then',
    '  patiently az ad sp create --id "$app_id" --output none',
    `  ${PRINCIPAL}`,
    'fi',
    `if [ -n "$(${credentials} list --id "$app_id" --query "[?name=='$credential'].id" --output tsv)" ]; then`,
    `  ${credentials} update --id "$app_id" --federated-credential-id "$credential" --parameters "$work/federated-credential.json" --output none`,
    'else',
    `  ${credentials} create --id "$app_id" --parameters "$work/federated-credential.json" --output none`,
    'fi',
  ]
}

/** The role can be given in the resource groups of the storage accounts, and nowhere else. */
function customRoleLines({ accounts }: SetupPlan): readonly string[] {
  const group = (index: number): string => `\${account_${index + 1}%%/providers/*}`
  const scopes =
    accounts.length === 1
      ? [`scopes="\\"${group(0)}\\""`]
      : [
          'scopes=""',
          `for scope in ${accounts.map((_, index) => `"${group(index)}"`).join(' ')}; do`,
          '  case "$scopes" in',
          '    *"\\"$scope\\""*) ;;',
          '    *) scopes="${scopes:+$scopes, }\\"$scope\\"" ;;',
          '  esac',
          'done',
        ]
  return [
    ...scopes,
    `sed "s|\\"${SCOPES_MARK}\\"|$scopes|" "$work/custom-role.json" > "$work/role.json"`,
    `role_owner="$(az role definition list --scope "\${account_1%%/providers/*}" --custom-role-only true --name "$role" --query '[0].description' --output tsv)"`,
    'case "$role_owner" in',
    '  "") az role definition create --role-definition "@$work/role.json" --output none ;;',
    '  "$owner") az role definition update --role-definition "@$work/role.json" --output none ;;',
    '  *) fail "The role $role exists, but not for this connection: choose another name." ;;',
    'esac',
  ]
}

function grantLines(plan: SetupPlan): readonly string[] {
  const role = plan.role?.isCustom === true ? '"$role"' : shellWord(plan.role?.name ?? '')
  return [
    ...plan.accounts.map((_, index) => `assign ${shellWord(DELEGATOR)} "$account_${index + 1}"`),
    '# A role given by an earlier setup may have another condition: it is replaced.',
    ...plan.containers.flatMap(({ account, container, condition }, index) => {
      const scope = containerScope(plan, account, container)
      return [
        `revoke ${scope}`,
        condition === undefined ? `assign ${role} ${scope}` : `assign_under ${role} ${scope} "$work/condition-${index + 1}.txt"`,
      ]
    }),
  ]
}

function closingLines(plan: SetupPlan): readonly string[] {
  const wait = `printf 'A new role takes up to ten minutes to work.\\n'`
  if (plan.federation === undefined) return [`printf 'Done.\\n'`, wait]
  return [
    ...(plan.federation.tenantId === undefined ? [TENANT] : []),
    `printf 'Done. Tenant id: %s\\nClient id: %s\\n' "$tenant" "$app_id"`,
    ...(plan.federation.clientId === undefined
      ? [
          `printf 'Tell Sluice: sluice connection update %s --tenant-id %s --client-id %s\\n' ${shellWord(plan.connection.name)} "$tenant" "$app_id"`,
        ]
      : []),
    wait,
  ]
}

/** Signs with a key of the account, which takes the right to list its keys. Only the SAS is printed to standard output. */
function sasLines(plan: SetupPlan, sas: SasPlan): readonly string[] {
  const { target, account, letters } = sas
  const command =
    target.kind === 'blob'
      ? `az storage blob generate-sas --container-name ${target.container} --name ${shellWord(target.name)}`
      : target.kind === 'container'
        ? `az storage container generate-sas --name ${target.container}`
        : `az storage account generate-sas --services b --resource-types ${target.resourceTypes}`
  const group = plan.resourceGroup === undefined ? '' : ` --resource-group ${shellWord(plan.resourceGroup)}`
  return [
    ...(sas.expiresAt === undefined
      ? [
          `# In ${SAS_DAYS} days: with GNU's date, or that of macOS.`,
          `expiry="$(date -u -d '+${SAS_DAYS} days' +%Y-%m-%dT%H:%MZ 2>/dev/null || date -u -v+${SAS_DAYS}d +%Y-%m-%dT%H:%MZ)"`,
        ]
      : [`expiry=${sas.expiresAt}`]),
    `AZURE_STORAGE_KEY="$(az storage account keys list --account-name ${account}${group} --query '[0].value' --output tsv)"`,
    'export AZURE_STORAGE_KEY',
    `printf 'The SAS, until %s. Give it to Sluice at once: whoever has it can use it.\\n' "$expiry" >&2`,
    `${command} --account-name ${account} \\`,
    `  --permissions ${letters} --expiry "$expiry" --https-only --output tsv`,
  ]
}

function keyLines({ accounts, resourceGroup }: SetupPlan): readonly string[] {
  const group = resourceGroup === undefined ? '' : ` --resource-group ${shellWord(resourceGroup)}`
  return accounts.flatMap((account) => [
    `printf 'A key of %s. Give it to Sluice at once: it can do everything.\\n' ${account} >&2`,
    `az storage account keys list --account-name ${account}${group} --query '[0].value' --output tsv`,
  ])
}
