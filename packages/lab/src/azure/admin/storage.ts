import { statSync } from 'node:fs'
import { parseAcl, type JsonObject } from '@sluice/core'
import { contentBytes, memoryContent, type Content } from '../../http/content.ts'
import { checkContainerName } from '../blob/containers.ts'
import { md5Of, removeBlob, storeBlob } from '../blob/store.ts'
import { makeAccount, newAccountKey } from '../state/accounts.ts'
import { accountProperties } from '../state/account-properties.ts'
import { SUBSCRIPTION, TENANT } from '../state/defaults.ts'
import { pathAccess } from '../state/path-access.ts'
import { makeContainer } from '../state/state.ts'
import type {
  AzureState,
  Container,
  CustomerKey,
  Firewall,
  Immutability,
  PathAccess,
  StorageAccount,
  StoredAccessPolicy,
} from '../state/types.ts'

export interface StorageAccountInput {
  readonly name: string
  readonly tenantId?: string
  readonly subscriptionId?: string
  readonly resourceGroup?: string
  readonly location?: string
  /** A hierarchical namespace: directories are real. It cannot be changed later. */
  readonly hierarchical?: boolean
  /** key1 and key2, base64; made up when not given. */
  readonly keys?: readonly [string, string]
}

/** What an account's admin may switch. */
export interface StorageAccountSettings {
  readonly versioning?: boolean
  readonly allowSharedKeyAccess?: boolean
  readonly allowBlobPublicAccess?: boolean
  readonly supportsHttpsTrafficOnly?: boolean
  readonly disabled?: boolean
  readonly customerKey?: CustomerKey
  readonly firewall?: Partial<Firewall>
}

export interface ContainerSettings {
  readonly publicAccess?: Container['publicAccess']
  readonly accessPolicies?: readonly StoredAccessPolicy[]
  /** null makes blobs changeable again. */
  readonly immutable?: Immutability | null
}

export interface BlobAdminInput {
  /** Bytes or text; or a file, of which only what is asked for is read. */
  readonly body: Uint8Array | string | { readonly file: string }
  readonly contentType?: string
  readonly metadata?: { readonly [name: string]: string }
  readonly tier?: 'Hot' | 'Cool' | 'Cold' | 'Archive'
}

/** Storage accounts, containers and blobs, without asking for permission. */
export interface AzureStorageAdmin {
  createStorageAccount(input: StorageAccountInput & StorageAccountSettings): void
  deleteStorageAccount(name: string): void
  /** Changes what is given and leaves the rest. */
  configureStorageAccount(name: string, change: StorageAccountSettings): void
  /** As `az storage account show` prints it. */
  storageAccount(name: string): JsonObject
  /** key1 and key2. */
  accountKeys(name: string): readonly [string, string]
  /** Makes a new key1 (0) or key2 (1): what was signed with the old one holds no more. Gives the new one. */
  rotateAccountKey(name: string, which: 0 | 1): string
  /** All user delegation keys of an account, and every SAS signed with one, hold no more. */
  revokeUserDelegationKeys(name: string): void
  createContainer(account: string, name: string, settings?: ContainerSettings): void
  deleteContainer(account: string, name: string): void
  configureContainer(account: string, name: string, change: ContainerSettings): void
  accessPolicies(account: string, container: string): readonly StoredAccessPolicy[]
  /** Sets the access control list of a directory or file of a hierarchical account, '' for the root, and whose it is. */
  setPathAccess(account: string, container: string, path: string, access: Partial<PathAccess>): void
  /** As `az storage fs access show` prints it. */
  pathAccess(account: string, container: string, path: string): PathAccess
  /** Gives the ETag. */
  putBlob(account: string, container: string, name: string, input: BlobAdminInput): string
  getBlob(account: string, container: string, name: string): Promise<Uint8Array | undefined>
  deleteBlob(account: string, container: string, name: string): void
  /** Names of current blobs, in Azure's order, without directories. */
  listBlobNames(account: string, container: string, prefix?: string): readonly string[]
  /** Blobs that have blocks which nobody has committed. */
  uncommittedBlobs(account: string, container: string): readonly string[]
  /** The address, and the protocol, with which requests seem to come: for `sip`, `spr` and firewalls. */
  setCaller(caller: { readonly address?: string; readonly protocol?: 'https' | 'http' }): void
}

export function azureStorageAdmin(state: AzureState): AzureStorageAdmin {
  const accountOf = (name: string): StorageAccount => {
    const account = state.accounts.get(name)
    if (!account) throw new Error(`The lab has no storage account ${name}`)
    return account
  }
  const containerOf = (account: string, name: string): Container => {
    const container = accountOf(account).containers.get(name)
    if (!container) throw new Error(`The lab's storage account ${account} has no container ${name}`)
    return container
  }
  const admin: AzureStorageAdmin = {
    createStorageAccount(input) {
      const { name, tenantId, subscriptionId, resourceGroup, location, hierarchical, keys, ...settings } = input
      if (!/^[a-z0-9]{3,24}$/.test(name)) throw new TypeError(`A storage account's name has 3 to 24 lower-case letters and digits: ${name}`)
      if (state.accounts.has(name)) throw new Error(`The lab has the storage account ${name} already`)
      const tenant = (tenantId ?? TENANT).toLowerCase()
      state.tenants.add(tenant)
      const account = makeAccount(state, {
        name,
        tenantId: tenant,
        subscriptionId: subscriptionId ?? SUBSCRIPTION,
        resourceGroup: resourceGroup ?? 'lake',
        location: location ?? 'westeurope',
        hierarchical: hierarchical ?? false,
      })
      if (keys) account.keys = keys
      state.accounts.set(name, account)
      admin.configureStorageAccount(name, settings)
    },
    deleteStorageAccount: (name) => void state.accounts.delete(name),
    configureStorageAccount(name, { firewall, ...change }) {
      const account = accountOf(name)
      Object.assign(account, change)
      account.firewall = { ...account.firewall, ...firewall }
    },
    storageAccount: (name) => accountProperties(accountOf(name)),
    accountKeys: (name) => accountOf(name).keys,
    rotateAccountKey(name, which) {
      const account = accountOf(name)
      const key = newAccountKey(state)
      const now = state.clock.now()
      account.keys = which === 0 ? [key, account.keys[1]] : [account.keys[0], key]
      account.keysCreated = which === 0 ? [now, account.keysCreated[1]] : [account.keysCreated[0], now]
      return key
    },
    revokeUserDelegationKeys(name) {
      accountOf(name).delegationSecret = state.random.bytes(32)
    },
    createContainer(account, name, settings = {}) {
      checkContainerName(name)
      accountOf(account).containers.set(name, makeContainer(state, name))
      admin.configureContainer(account, name, settings)
    },
    deleteContainer: (account, name) => void accountOf(account).containers.delete(name),
    configureContainer(account, name, { immutable, ...change }) {
      const container = containerOf(account, name)
      Object.assign(container, change)
      if (immutable !== undefined) container.immutable = immutable ?? undefined
    },
    accessPolicies: (account, container) => containerOf(account, container).accessPolicies,
    setPathAccess(account, name, path, access) {
      if (access.acl !== undefined && parseAcl(access.acl)?.length !== access.acl.split(',').length)
        throw new Error(`The lab cannot read the access control list ${access.acl}`)
      const container = containerOf(account, name)
      container.acls.set(path, { ...pathAccess(container, path), ...access })
    },
    pathAccess: (account, container, path) => pathAccess(containerOf(account, container), path),
    putBlob(account, container, name, { body, contentType, metadata = {}, tier }) {
      const { content, md5 } = contentOf(body)
      return storeBlob(state, accountOf(account), containerOf(account, container), {
        name,
        content,
        metadata,
        headers: {
          ...(md5 === undefined ? {} : { 'content-md5': md5 }),
          ...(contentType === undefined ? {} : { 'content-type': contentType }),
        },
        ...(tier === undefined ? {} : { tier }),
      }).etag
    },
    async getBlob(account, container, name) {
      const blob = containerOf(account, container).blobs.current(name)
      return blob && contentBytes(blob.content)
    },
    deleteBlob: (account, container, name) => void removeBlob(state, accountOf(account), containerOf(account, container), name),
    listBlobNames(account, container, prefix = '') {
      const { blobs } = containerOf(account, container)
      return blobs.sortedNames().filter((name) => name.startsWith(prefix) && !blobs.current(name)?.isDirectory)
    },
    uncommittedBlobs: (account, container) => [...containerOf(account, container).uncommitted.keys()],
    setCaller({ address, protocol }) {
      if (address !== undefined) state.callerAddress = address
      if (protocol !== undefined) state.callerProtocol = protocol
    },
  }
  return admin
}

function contentOf(body: BlobAdminInput['body']): { readonly content: Content; readonly md5?: string } {
  // The MD5 of a large file would cost its reading: like many a blob, it has none.
  if (typeof body === 'object' && 'file' in body) return { content: { kind: 'file', size: statSync(body.file).size, path: body.file } }
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  return { content: memoryContent(bytes), md5: md5Of(bytes) }
}
