import type { Connection, Location, Remedy } from '@sluice/core'
import { shellWord } from '../../setup/shell.ts'
import { accountOf } from '../account.ts'
import { lettersOf } from '../lease.ts'

/** The remedies of the checks of a SAS. */
export interface SasRemedies {
  /** Make another; `why` says what about it must differ. */
  renew(why: string): Remedy
  /** Make one that reaches less. */
  narrow(): Remedy
}

/** `locations` are those to cover: a SAS is for one account, and best for one container. */
export function sasRemedies(connection: Connection, locations: readonly Location[]): SasRemedies {
  const verify = `sluice connection validate ${connection.name}`
  const [first] = locations
  const folder = locations.length === 1 && first?.extent === 'folder' ? first : undefined
  const where = first === undefined ? 'Azure portal > Storage accounts' : pageOf(connection, first)
  const make = { who: 'cloud-admin', where, command: commandOf(connection, locations), verify } as const
  return {
    renew: (why) => ({
      ...make,
      summary: `Create another SAS and give it to the connection: sluice connection rotate ${connection.name}. ${why}`,
      risk: 'None for others: the old SAS goes on working for whoever has it until it ends or its key is rotated.',
      undo: 'A SAS cannot be taken back by itself: rotate the key it is signed with, or delete the stored access policy it names.',
    }),
    narrow: () => ({
      ...make,
      ...(folder === undefined ? {} : { command: directoryCommand(connection, folder) }),
      summary: `Create a SAS for ${folder === undefined ? 'the container' : `the folder ${folder.prefix}`} alone, with just the permissions needed and https only, and give it to the connection: sluice connection rotate ${connection.name}.${folder === undefined ? '' : ' That takes an account with a hierarchical namespace; in another one federation narrows every lease to the folder, and a SAS reaches the whole container.'}`,
      risk: 'Whatever else uses the wider SAS goes on using it until it ends: rotate the key it is signed with to end it at once.',
      undo: 'Give the connection the former SAS again.',
    }),
  }
}

function pageOf(connection: Connection, { bucket, account = connection.auth.fields['accountName'] ?? 'ACCOUNT' }: Location): string {
  return `Azure portal > Storage accounts > ${account} > Containers > ${bucket} > Shared access tokens`
}

function directoryCommand(connection: Connection, location: Location): string {
  const letters = lettersOf(connection.access, { kind: 'directory' })
  const path = shellWord(location.prefix.replace(/\/$/, ''))
  return `az storage fs directory generate-sas --file-system ${location.bucket} --name ${path} --account-name ${accountOf(connection, location)} --permissions ${letters} --expiry END --https-only --output tsv`
}

/** The Azure CLI's command for a SAS that does exactly. */
function commandOf(connection: Connection, locations: readonly Location[]): string {
  const containers = [...new Set(locations.map(({ bucket }) => bucket))]
  const [only] = containers
  const [first] = locations
  const account = first === undefined ? 'ACCOUNT' : accountOf(connection, first)
  const letters = lettersOf(connection.access, { kind: 'container' })
  const shared = `--account-name ${account} --permissions ${letters} --expiry END --https-only --output tsv`
  return containers.length === 1 && only !== undefined
    ? `az storage container generate-sas --name ${only} ${shared}`
    : `az storage account generate-sas --services b --resource-types co ${shared}`
}
