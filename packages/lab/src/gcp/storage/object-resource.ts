import type { Json, JsonObject } from '@sluice/core'
import { textField } from '../body.ts'
import { GoogleError } from '../error.ts'
import type { Bucket, ObjectResource, StoredObject } from '../state/types.ts'
import { retainedUntil } from './retention.ts'
import { isObject } from '../../state/json.ts'

/** The JSON API's ETag: it changes with the object and with its metadata. */
export function etagOf({ versionId, metageneration }: StoredObject): string {
  return Buffer.from(`${versionId}/${metageneration}`).toString('base64')
}

/** An object as the JSON API shows it. https://cloud.google.com/storage/docs/json_api/v1/objects#resource */
export function objectResource(bucket: Bucket, object: StoredObject, origin: string, deletedAt?: number): JsonObject {
  const path = `b/${bucket.name}/o/${encodeURIComponent(object.key)}`
  const until = retainedUntil(bucket, object)
  const created = iso(object.createdAt)
  return defined({
    kind: 'storage#object',
    id: `${bucket.name}/${object.key}/${object.versionId}`,
    selfLink: `${origin}/storage/v1/${path}`,
    mediaLink: `${origin}/download/storage/v1/${path}?generation=${object.versionId}&alt=media`,
    name: object.key,
    bucket: bucket.name,
    generation: object.versionId,
    metageneration: String(object.metageneration),
    contentType: object.contentType,
    cacheControl: object.cacheControl,
    contentDisposition: object.contentDisposition,
    contentEncoding: object.contentEncoding,
    contentLanguage: object.contentLanguage,
    customTime: object.customTime,
    storageClass: object.storageClass,
    size: String(object.content.size),
    md5Hash: object.md5 === '' ? undefined : object.md5,
    crc32c: object.crc32c === '' ? undefined : object.crc32c,
    etag: etagOf(object),
    metadata: object.metadata,
    // A version of the key is named, which nobody can know: the name of the key with a first version does for it.
    kmsKeyName: object.kmsKeyName === undefined ? undefined : `${object.kmsKeyName}/cryptoKeyVersions/1`,
    temporaryHold: object.temporaryHold,
    eventBasedHold: object.eventBasedHold,
    retentionExpirationTime: until === undefined ? undefined : iso(until),
    timeCreated: created,
    updated: iso(object.updatedAt),
    timeStorageClassUpdated: created,
    timeFinalized: created,
    timeDeleted: deletedAt === undefined ? undefined : iso(deletedAt),
  })
}

export function iso(ms: number): string {
  return new Date(ms).toISOString()
}

/** Leaves out what is not there, as Google does. */
export function defined(fields: { readonly [name: string]: Json | undefined }): JsonObject {
  const kept: { [name: string]: Json } = {}
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) kept[name] = value
  return kept
}

const TEXTS = [
  'storageClass',
  'contentType',
  'cacheControl',
  'contentDisposition',
  'contentEncoding',
  'contentLanguage',
  'customTime',
  'kmsKeyName',
] as const

/** What a client's JSON says an object shall be. */
export function readObjectResource(body: JsonObject): ObjectResource {
  const texts: { [Name in (typeof TEXTS)[number]]?: string } = {}
  for (const name of TEXTS) {
    const value = textField(body, name)
    if (value !== undefined) texts[name] = value
  }
  const md5 = textField(body, 'md5Hash')
  const crc32c = textField(body, 'crc32c')
  return {
    ...texts,
    ...(body['metadata'] === undefined ? {} : { metadata: readMetadata(body['metadata']) }),
    ...(typeof body['temporaryHold'] === 'boolean' ? { temporaryHold: body['temporaryHold'] } : {}),
    ...(typeof body['eventBasedHold'] === 'boolean' ? { eventBasedHold: body['eventBasedHold'] } : {}),
    ...(md5 === undefined ? {} : { md5 }),
    ...(crc32c === undefined ? {} : { crc32c }),
  }
}

function readMetadata(value: Json): { readonly [name: string]: string } {
  if (!isObject(value)) throw new GoogleError(400, 'invalid', 'Invalid value for metadata.')
  return Object.fromEntries(Object.entries(value).flatMap(([name, text]) => (typeof text === 'string' ? [[name, text] as const] : [])))
}
