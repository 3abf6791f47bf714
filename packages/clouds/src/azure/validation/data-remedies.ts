import { type Connection, type Location, type Platform, type Remedy, parseSas } from '@sluice/core'
import type { DataRemedies, RefusedRequest } from '../../validation/context.ts'
import { accountOf } from '../account.ts'
import { builtInRole } from '../roles.ts'
import { azureObstacles } from './obstacles.ts'
import { accessControlPage, assigneeOf, placeOf, scopeExpression } from './remedy-parts.ts'
import { sasRemedies } from './sas-remedies.ts'

/** The remedies of the data checks on Azure: who changes what where, in Azure's own words. */
export function azureDataRemedies(
  connection: Connection,
  locations: readonly Location[],
  platform: Platform,
  sas: string | undefined,
): DataRemedies {
  const verify = `sluice connection validate ${connection.name}`
  const stored = sas === undefined ? undefined : parseSas(sas)
  const byRoles = connection.auth.method === 'federation' || connection.auth.method === 'managed-identity'
  const { shown, flags } = assigneeOf(connection, platform)

  const roleMissing = ({ location, actions }: RefusedRequest): Remedy => {
    const account = accountOf(connection, location)
    const role = builtInRole(connection.access)
    const command = `az role assignment create ${flags} --role "${role}" --scope ${scopeExpression(account, location.bucket)}`
    return {
      who: 'cloud-admin',
      where: accessControlPage(account, location.bucket),
      summary:
        `Give ${shown} a role with the data actions ${actions.map((action) => `…/containers/${action}`).join(' and ')} on the container ${location.bucket}: ${role}, or the role of the setup. ` +
        'Owner and Contributor do not do: they manage the account, and give no access to data. A condition of the assignment must cover ' +
        `${location.prefix === '' ? 'the whole container' : location.prefix}. A new role takes up to ten minutes to work; in an account with a hierarchical namespace, access control lists on the folders do as well.`,
      command,
      risk: `The role lets ${shown} do the same everywhere in the container.`,
      undo: command.replace(' create ', ' delete ').replace(/--assignee-principal-type \S+ /, ''),
      verify,
    }
  }

  return {
    obstacle: azureObstacles(connection, platform).of,
    bucketMissing: (location) => {
      const account = accountOf(connection, location)
      return {
        who: 'data-owner',
        where: `Azure portal > Storage accounts > ${account} > Containers`,
        summary: `Correct the container's name in the connection’s location, or create the container ${location.bucket}.`,
        command: `az storage container list --account-name ${account} --auth-mode login --query "[].name"`,
        verify,
      }
    },
    bucketOwner: (location) => ({
      who: 'data-owner',
      where: 'the storage account',
      summary: `Find out who owns ${location.bucket}.`,
      verify,
    }),
    region: (location) => ({
      who: 'platform',
      where: 'the settings of the connection',
      summary: `Take the region out of the settings: Azure does not say where ${location.bucket} lies.`,
      verify,
    }),
    denied: (request, denial) => {
      if (byRoles) return roleMissing(request)
      const why =
        stored?.ok === true && stored.sas.permissions === undefined ? 'The stored access policy it names lacks the permission.' : ''
      return sasRemedies(connection, locations).renew(
        `Azure says that ${denial.provider.code ?? 'a permission'} keeps it from ${request.actions.join(' and ')}. ${why}`.trim(),
      )
    },
    foreignObject: (request) => ({ who: 'data-owner', where: 'the blob', summary: `Let ${request.key ?? 'it'} be read.`, verify }),
    encryption: (request) => roleMissing(request),
    keyState: (request) => ({
      who: 'cloud-admin',
      where: `Azure portal > Storage accounts > ${accountOf(connection, request.location)} > Encryption`,
      summary: 'Enable the key in its key vault, and let the identity of the storage account use it (get, wrapKey, unwrapKey).',
      command: `az storage account show --name ${accountOf(connection, request.location)} --query encryption`,
      risk: 'Everything else that this key encrypts becomes readable again to whoever may.',
      undo: 'Disable the key again.',
      verify,
    }),
    leaseTooWide: () => ({
      who: 'platform',
      where: 'the SAS that Sluice signs for its leases',
      summary: 'This is ours to repair, not the customer’s: report it with the request id.',
      verify,
    }),
    broader: (location, findings) => ({
      who: 'cloud-admin',
      where: accessControlPage(accountOf(connection, location), location.bucket),
      summary: `Give ${shown} only the role of the setup, whose condition ends at ${placeOf(location)}, and take others back. Our leases never use the rest (${findings.join('; ')}), but the identity could.`,
      command: `az role assignment list ${flags.replace(/--assignee-object-id (\S+) .*/, '--assignee $1')} --all --output table   # sluice connection setup ${connection.name} writes the role`,
      risk: `Whatever else relies on the wider roles of ${shown} stops working.`,
      undo: 'Give the former roles back; note them before the change.',
      verify,
    }),
    leftover: (keys) => ({ who: 'data-owner', where: 'the container', summary: `Delete ${keys.join(', ')}.`, verify }),
  }
}
