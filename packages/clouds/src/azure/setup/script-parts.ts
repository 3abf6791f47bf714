import { shellComment, shellWord } from '../../setup/shell.ts'
import { ownerOf } from './names.ts'
import type { SetupPlan } from './plan.ts'

/** The head of every script: strict mode, names, helpers, and where it works. Runs on bash 3.2, which macOS has. */
export function scriptHead(plan: SetupPlan, purpose: string): readonly string[] {
  return [
    '#!/usr/bin/env bash',
    ...purpose.split('\n').map((line) => `# ${shellComment(line)}`.trimEnd()),
    'set -euo pipefail',
    '',
    ...(plan.role === undefined ? [] : [`owner=${shellWord(ownerOf(plan.connection))}`]),
    ...(plan.role?.isCustom === true ? [`role=${shellWord(plan.role.name)}`] : []),
    ...(plan.federation === undefined
      ? []
      : [
          ...(plan.federation.clientId === undefined ? [`application=${shellWord(plan.federation.applicationName)}`] : []),
          `credential=${shellWord(plan.federation.credentialName)}`,
        ]),
    ...(plan.ourIdentity === undefined ? [] : [`principal=${plan.ourIdentity.objectId}`]),
    '',
    'fail() {',
    `  printf '%s\\n' "$*" >&2`,
    '  exit 1',
    '}',
    '',
    ...subscriptionLines(plan),
    ...tenantLines(plan),
  ]
}

/** The subscription the script must work in, where it is known. */
function subscriptionLines({ subscriptionId }: SetupPlan): readonly string[] {
  if (subscriptionId === undefined) return []
  return [
    `if [ "$(az account show --query id --output tsv)" != ${subscriptionId} ]; then`,
    `  fail 'Choose the subscription first: az account set --subscription ${subscriptionId}'`,
    'fi',
  ]
}

/** Asks for the tenant, and stops where it is not the connection's. */
function tenantLines({ federation, ourIdentity }: SetupPlan): readonly string[] {
  const tenant = ourIdentity?.tenantId ?? federation?.tenantId
  if (tenant === undefined) return []
  return [
    TENANT,
    `if [ "$tenant" != ${tenant} ]; then`,
    `  fail "You are signed in to the tenant $tenant; the connection is for ${tenant}: az login --tenant ${tenant}"`,
    'fi',
  ]
}

export const TENANT = 'tenant="$(az account show --query tenantId --output tsv)"'

/** Finds each storage account's resource id. Fails where there is none of that name. */
export function accountLines({ accounts, resourceGroup }: SetupPlan): readonly string[] {
  const group = resourceGroup === undefined ? '' : ` --resource-group ${shellWord(resourceGroup)}`
  return accounts.map(
    (account, index) => `account_${index + 1}="$(az storage account show --name ${account}${group} --query id --output tsv)"`,
  )
}

/** The shell's text for the resource id of a container. */
export function containerScope({ accounts }: SetupPlan, account: string, container: string): string {
  return `"$account_${accounts.indexOf(account) + 1}/blobServices/default/containers/${container}"`
}

/** Sets `app_id` to the client id of the application, and `principal` to the object id it has as a service principal; empty where there is none. */
export function applicationLines({ federation }: SetupPlan): readonly string[] {
  if (federation === undefined) return []
  if (federation.clientId !== undefined) return [`app_id=${federation.clientId}`, PRINCIPAL]
  return [
    `app_id="$(az ad app list --filter "displayName eq '$application'" --query '[].appId' --output tsv)"`,
    'case "$app_id" in',
    `  *[![:alnum:]-]*) fail "There are several applications named $application: give another name, or delete those that nobody uses." ;;`,
    'esac',
    'principal=""',
    `if [ -n "$app_id" ]; then ${PRINCIPAL}; fi`,
  ]
}

export const PRINCIPAL = `principal="$(az ad sp list --filter "appId eq '$app_id'" --query '[].id' --output tsv)"`

/** Removes from a scope what was given for this connection. */
export const REVOKE = [
  '# Takes back what was given for this connection at a scope.',
  'revoke() {',
  '  local id',
  `  for id in $(az role assignment list --scope "$1" --query "[?principalId=='$principal' && description=='$owner'].id" --output tsv); do`,
  '    az role assignment delete --ids "$id"',
  '  done',
  '}',
] as const

/** The lines as a file, without empty lines in a row. */
export function scriptText(lines: readonly string[]): string {
  return `${lines.filter((line, index) => line !== '' || lines[index - 1] !== '').join('\n')}\n`
}
