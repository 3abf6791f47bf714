import type { SetupStep } from '@sluice/core'
import { words } from '../../setup/promise.ts'
import { shellWord } from '../../setup/shell.ts'
import { ACCOUNTS_LINK } from './console-links.ts'
import { defaultApplicationName } from './names.ts'
import { DELEGATOR, type SetupPlan } from './plan.ts'
import { REVOKE, accountLines, applicationLines, containerScope, scriptHead, scriptText } from './script-parts.ts'

/** The script that takes back what the Azure CLI script made; none for a SAS or a key, which only rotating a key ends. */
export function removeScript(plan: SetupPlan): string | undefined {
  if (plan.role === undefined) return undefined
  const purpose = `Removes what the Sluice connection ${plan.connection.name} (${plan.connection.id}) was given.\nContainers and what is in them stay. Can be run again.`
  const revoked = [
    // Another connection may need what our own identity was given on the account, and it opens nothing by itself.
    ...(plan.federation === undefined ? [] : plan.accounts.map((_, index) => `revoke "$account_${index + 1}"`)),
    ...plan.containers.map(({ account, container }) => `revoke ${containerScope(plan, account, container)}`),
  ]
  return scriptText([
    ...scriptHead(plan, purpose),
    '',
    ...REVOKE,
    '',
    ...accountLines(plan),
    ...applicationLines(plan),
    ...(plan.federation === undefined ? revoked : ['if [ -n "$principal" ]; then', ...revoked.map((line) => `  ${line}`), 'fi']),
    ...roleLines(plan),
    ...trustLines(plan),
    `printf 'Done. The connection has no access any more.\\n'`,
  ])
}

function roleLines({ role }: SetupPlan): readonly string[] {
  if (role?.isCustom !== true) return []
  return [
    'group="${account_1%%/providers/*}"',
    `if [ "$(az role definition list --scope "$group" --custom-role-only true --name "$role" --query '[0].description' --output tsv)" = "$owner" ]; then`,
    '  az role definition delete --scope "$group" --custom-role-only true --name "$role"',
    'fi',
  ]
}

/** An application that was there before stays, and only forgets us. */
function trustLines({ federation, connection }: SetupPlan): readonly string[] {
  if (federation === undefined) return []
  return [
    'if [ -n "$app_id" ]; then',
    `  if [ "$(az ad app show --id "$app_id" --query displayName --output tsv)" = ${shellWord(defaultApplicationName(connection))} ]; then`,
    '    az ad app delete --id "$app_id"',
    `  elif [ -n "$(az ad app federated-credential list --id "$app_id" --query "[?name=='$credential'].id" --output tsv)" ]; then`,
    '    az ad app federated-credential delete --id "$app_id" --federated-credential-id "$credential"',
    '  fi',
    'fi',
  ]
}

/** How to end the access, whichever way it was set up. */
export function removalSteps(plan: SetupPlan): readonly SetupStep[] {
  if (plan.role === undefined) return [rotateStep(plan)]
  const containers = words(
    plan.containers.map(({ account, container }) => `${account} > ${container}`),
    'and',
  )
  const { federation, role, accounts } = plan
  const customRole = role.isCustom ? ` Then delete the custom role ${role.name}.` : ''
  const delegator =
    federation === undefined
      ? ` ${DELEGATOR} on ${words(accounts, 'and')} may stay: it gives no access to data, and other connections need it.`
      : ` Remove it from ${words(accounts, 'and')} too.`
  return [
    { title: 'Set up with Terraform: destroy', where: 'The folder of the configuration', body: 'Run: terraform destroy' },
    {
      title: 'Set up with the Azure CLI: run the removal script',
      where: 'Cloud Shell, or a shell with the Azure CLI',
      body: 'The script removes only what was made for this connection. Containers and what is in them stay.',
      artifact: 'remove-script',
    },
    ...(federation === undefined
      ? []
      : [
          {
            title: 'Set up with the template: delete the managed identity',
            where: `Managed Identities > ${federation.identityName} > Delete`,
            body: `First take its roles back: the container’s and the storage account’s Access control (IAM) list it under Role assignments.${customRole} On the command line: az identity delete --name ${federation.identityName} --resource-group RESOURCE_GROUP`,
          },
        ]),
    {
      title: 'Set up by hand: take the roles back',
      where: `Storage accounts > ${containers} > Access control (IAM) > Role assignments`,
      body: `Remove ${federation === undefined ? 'our managed identity' : `the application ${federation.applicationName}`}.${delegator}${customRole}${federation === undefined ? '' : ' Then delete the app registration.'}`,
      link: ACCOUNTS_LINK,
    },
  ]
}

function rotateStep({ accounts, method }: SetupPlan): SetupStep {
  const account = accounts.join(' and ')
  return {
    title: method === 'sas' ? 'Rotate the key that signed the SAS' : 'Rotate the key',
    where: `Storage accounts > ${account} > Access keys > Rotate key`,
    body: `${method === 'sas' ? 'A SAS ends by itself at its time; before that it ends only with its key.' : 'Until it is rotated the key works for whoever has it.'} Whatever else uses the key stops working too. On the command line: az storage account keys renew --account-name ${account} --key key1`,
    link: ACCOUNTS_LINK,
  }
}
