import { emptyAnswer, xmlAnswer, type Answer } from '../../http/answer.ts'
import { queryValue } from '../../http/request.ts'
import { childText, type XmlNode } from '../../http/xml.ts'
import { AzureError, invalidHeader, invalidXml } from '../error.ts'
import { makeContainer, newEtag } from '../state/state.ts'
import type { Container, StoredAccessPolicy } from '../state/types.ts'
import { receiveXml } from './body.ts'
import { containerOf, metadataHeaders, metadataOf, type BlobCall } from './call.ts'

export async function createContainer(call: BlobCall): Promise<Answer> {
  const { account, request, state, target } = call
  const name = target.container ?? ''
  checkContainerName(name)
  if (account.containers.has(name)) throw new AzureError(409, 'ContainerAlreadyExists', 'The specified container already exists.')
  const container = makeContainer(state, name)
  container.publicAccess = publicAccessOf(call)
  container.metadata = metadataOf(request)
  account.containers.set(name, container)
  return emptyAnswer(201, validators(container))
}

/** https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata#container-names */
export function checkContainerName(name: string): void {
  if (/^\$(root|logs|web)$/.test(name)) return
  if (name.length < 3 || name.length > 63)
    throw new AzureError(400, 'OutOfRangeInput', 'The specified resource name length is not within the permissible limits.')
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name))
    throw new AzureError(400, 'InvalidResourceName', 'The specifed resource name contains invalid characters.')
}

function publicAccessOf({ account, request }: BlobCall): Container['publicAccess'] {
  const access = request.headers.get('x-ms-blob-public-access')
  if (access === undefined) return 'none'
  if (access !== 'blob' && access !== 'container') throw invalidHeader('x-ms-blob-public-access', access)
  if (!account.allowBlobPublicAccess)
    throw new AzureError(409, 'PublicAccessNotPermitted', 'Public access is not permitted on this storage account.')
  return access
}

function validators(container: Container): { readonly [name: string]: string } {
  return { etag: container.etag, 'last-modified': new Date(container.lastModified).toUTCString() }
}

export async function deleteContainer(call: BlobCall): Promise<Answer> {
  const container = containerOf(call)
  if (container.immutable && container.blobs.size > 0)
    throw new AzureError(409, 'ContainerImmutable', 'The container is protected from deletion by an immutability policy or a legal hold.')
  call.account.containers.delete(container.name)
  return emptyAnswer(202)
}

export async function getContainerProperties(call: BlobCall): Promise<Answer> {
  const container = containerOf(call)
  return emptyAnswer(200, {
    ...validators(container),
    ...metadataHeaders(container.metadata),
    ...publicAccessHeader(container),
    'x-ms-lease-status': 'unlocked',
    'x-ms-lease-state': 'available',
    'x-ms-has-immutability-policy': String(container.immutable?.until !== undefined),
    'x-ms-has-legal-hold': String(container.immutable?.legalHold === true),
    'x-ms-immutable-storage-with-versioning-enabled': 'false',
    'x-ms-default-encryption-scope': '$account-encryption-key',
    'x-ms-deny-encryption-scope-override': 'false',
  })
}

function publicAccessHeader({ publicAccess }: Container): { readonly [name: string]: string } {
  return publicAccess === 'none' ? {} : { 'x-ms-blob-public-access': publicAccess }
}

export async function getContainerAcl(call: BlobCall): Promise<Answer> {
  const container = containerOf(call)
  const identifiers = container.accessPolicies.map((policy): XmlNode => [
    'SignedIdentifier',
    [
      ['Id', policy.id],
      [
        'AccessPolicy',
        [...optional('Start', policy.startsAt), ...optional('Expiry', policy.expiresAt), ...optional('Permission', policy.permissions)],
      ],
    ],
  ])
  return xmlAnswer(['SignedIdentifiers', identifiers], { ...validators(container), ...publicAccessHeader(container) })
}

function optional(name: string, value: string | undefined): readonly XmlNode[] {
  return value === undefined ? [] : [[name, value]]
}

const MAX_POLICIES = 5

export async function setContainerAcl(call: BlobCall): Promise<Answer> {
  const container = containerOf(call)
  const publicAccess = publicAccessOf(call)
  const root = call.request.headers.get('content-length') === '0' ? undefined : await receiveXml(call, 'SignedIdentifiers')
  const policies = (root?.children ?? []).map((element): StoredAccessPolicy => {
    const id = childText(element, 'Id')
    if (id === undefined || id === '' || id.length > 64) throw invalidXml()
    const policy = element.children.find((child) => child.name === 'AccessPolicy')
    const [startsAt, expiresAt, permissions] = ['Start', 'Expiry', 'Permission'].map((name) => childText(policy, name))
    return {
      id,
      ...(startsAt === undefined || startsAt === '' ? {} : { startsAt }),
      ...(expiresAt === undefined || expiresAt === '' ? {} : { expiresAt }),
      ...(permissions === undefined || permissions === '' ? {} : { permissions }),
    }
  })
  if (policies.length > MAX_POLICIES) throw invalidXml()
  container.accessPolicies = policies
  container.publicAccess = publicAccess
  container.etag = newEtag(call.state)
  container.lastModified = call.state.clock.now()
  return emptyAnswer(200, validators(container))
}

export async function listContainers({ account, request }: BlobCall): Promise<Answer> {
  const prefix = queryValue(request, 'prefix') ?? ''
  const names = [...account.containers.keys()].filter((name) => name.startsWith(prefix)).sort()
  const containers = names.map((name): XmlNode => {
    const container = account.containers.get(name)
    return [
      'Container',
      [
        ['Name', name],
        [
          'Properties',
          [
            ['Last-Modified', new Date(container?.lastModified ?? 0).toUTCString()],
            ['Etag', container?.etag ?? ''],
            ['LeaseStatus', 'unlocked'],
            ['LeaseState', 'available'],
            ['HasImmutabilityPolicy', String(container?.immutable?.until !== undefined)],
            ['HasLegalHold', String(container?.immutable?.legalHold === true)],
          ],
        ],
      ],
    ]
  })
  return xmlAnswer([
    `EnumerationResults ServiceEndpoint="https://${account.name}.blob.core.windows.net/"`,
    [...(prefix === '' ? [] : [['Prefix', prefix] as const]), ['Containers', containers], ['NextMarker', '']],
  ])
}

export async function getAccountInformation({ account }: BlobCall): Promise<Answer> {
  return emptyAnswer(200, {
    'x-ms-sku-name': 'Standard_LRS',
    'x-ms-account-kind': 'StorageV2',
    'x-ms-is-hns-enabled': String(account.hierarchical),
  })
}
