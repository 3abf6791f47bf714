import { accessError } from '@sluice/core'

/** https://learn.microsoft.com/azure/storage/common/storage-account-overview#storage-account-name */
const ACCOUNT = /^[a-z0-9]{3,24}$/

/** https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata#container-names */
const CONTAINER = /^(?=.{3,63}$)[a-z0-9]+(?:-[a-z0-9]+)*$/

/** Refuses what is no storage account's name. It is not repeated: it becomes part of a host name, and may be a secret in the wrong place. */
export function checkedAccount(name: string): string {
  if (ACCOUNT.test(name)) return name
  throw accessError('azure.account.name', { message: 'The storage account’s name is not one that Azure allows.' })
}

/** Refuses what is not a container's name, saying which rule it breaks. */
export function checkedContainer(name: string): string {
  const refuse = (because: string, remedy?: string): never => {
    throw accessError('location.invalid', {
      message: `${JSON.stringify(name.slice(0, 80))} is not a container name: ${because}.`,
      ...(remedy === undefined ? {} : { remedy }),
    })
  }
  if (name === '') refuse('it is empty', 'Write it like azure://account.blob.core.windows.net/container/folder/.')
  if (/[*?[\]]/.test(name)) throw accessError('location.wildcard', { message: 'The container name has a wildcard.' })
  if (name.startsWith('$')) refuse('the system containers of an account are not supported', 'Use a container of your own.')
  if (/[A-Z]/.test(name) && CONTAINER.test(name.toLowerCase()))
    refuse('container names have no capitals', `Did you mean the container ${name.toLowerCase()}?`)
  if (!CONTAINER.test(name))
    refuse('names have 3 to 63 lower-case letters, digits and single hyphens, and begin and end with a letter or digit')
  return name
}
