import { type Connection, type ConnectionSettings, accessError } from '@sluice/core'
import { regionOfEndpoint } from './region.ts'

type Headers = { readonly [name: string]: string }

const KEY_NAME = /^acs:kms:[a-z0-9*-]+:[0-9*]+:key\/[\w-]{1,128}$/
const STORAGE_CLASSES = ['Standard', 'IA', 'Archive', 'ColdArchive', 'DeepColdArchive']
const ACLS = ['default', 'private', 'public-read', 'public-read-write']

/** Refuses settings that mean nothing to OSS, before they are kept. */
export function requireOssSettings(settings: ConnectionSettings): void {
  requireOwnEndpoint(settings)
  const { encryption, storageClass, acl, region, kmsReadKeys = [], kmsWriteKeys = [] } = settings
  if (encryption?.algorithm === 'aws:kms:dsse')
    throw accessError('aliyun.setting', {
      message: 'OSS has no encryption in two layers.',
      remedy: 'Use aws:kms, which OSS calls KMS, or AES256.',
    })
  if (storageClass !== undefined && !STORAGE_CLASSES.includes(storageClass))
    throw accessError('aliyun.setting', {
      message: `OSS has no storage class ${JSON.stringify(storageClass.slice(0, 40))}.`,
      remedy: `Use one of ${STORAGE_CLASSES.join(', ')}.`,
    })
  if (acl !== undefined && !ACLS.includes(acl))
    throw accessError('aliyun.setting', {
      message: `OSS has no ACL ${JSON.stringify(acl.slice(0, 40))} for objects.`,
      remedy: `Use one of ${ACLS.join(', ')}, or none.`,
    })
  if (![...kmsReadKeys, ...kmsWriteKeys].every((key) => KEY_NAME.test(key)))
    throw accessError('aliyun.setting', {
      message: 'A key for reading or writing is not named as policies of RAM name keys.',
      remedy: 'Write it like acs:kms:cn-hangzhou:1234567890123456:key/ID.',
    })
  if (encryption?.keyId !== undefined && !KEY_NAME.test(encryption.keyId) && !/^[\w-]{1,128}$/.test(encryption.keyId))
    throw accessError('aliyun.setting', {
      message: 'The encryption key is neither the id of a key of KMS nor its whole name; OSS takes no alias.',
      remedy: 'Write its id, or acs:kms:cn-hangzhou:1234567890123456:key/ID.',
    })
  if (region?.startsWith('oss-'))
    throw accessError('aliyun.setting', {
      message: `${region} is the name of an endpoint.`,
      remedy: `Set the region to ${region.slice('oss-'.length)}.`,
    })
}

/** Buckets answer at the endpoint of their region, under a host name of their own. */
function requireOwnEndpoint({ endpoint, addressing }: ConnectionSettings): void {
  if (endpoint !== undefined) {
    const region = regionOfEndpoint(endpoint.replace(/^https?:\/\/|\/$/g, ''))
    throw accessError('aliyun.setting', {
      message: 'A connection to OSS has no endpoint of its own.',
      remedy:
        region === undefined
          ? 'Leave the endpoint out; for another store than OSS use its own cloud, or s3 with its endpoint.'
          : `Leave the endpoint out, or set the region to ${region}.`,
    })
  }
  if (addressing === 'path')
    throw accessError('aliyun.setting', { message: 'OSS addresses buckets by host name alone.', remedy: 'Leave the addressing out.' })
}

/** Headers of every request: that we pay where the owner does not. */
export function requestHeaders({ settings }: Pick<Connection, 'settings'>): Headers {
  return settings.requesterPays === true ? { 'x-oss-request-payer': 'requester' } : {}
}

/** Headers of requests that create an object. */
export function putHeaders({ encryption, storageClass, acl }: ConnectionSettings): Headers {
  return {
    ...(encryption === undefined ? {} : { 'x-oss-server-side-encryption': encryption.algorithm === 'AES256' ? 'AES256' : 'KMS' }),
    ...(encryption?.keyId === undefined ? {} : { 'x-oss-server-side-encryption-key-id': bareKeyId(encryption.keyId) }),
    ...(storageClass === undefined ? {} : { 'x-oss-storage-class': storageClass }),
    ...(acl === undefined ? {} : { 'x-oss-object-acl': acl }),
  }
}

/** OSS takes the id of a key alone; policies name the key whole. */
function bareKeyId(keyId: string): string {
  return keyId.startsWith('acs:kms:') ? keyId.slice(keyId.lastIndexOf('/') + 1) : keyId
}
