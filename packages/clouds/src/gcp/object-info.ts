import { type HttpResponse, type Json, type JsonObject, type ListPage, type ObjectInfo, accessError } from '@sluice/core'
import { jsonList, jsonObject, jsonText } from '../http/json.ts'

/** The properties asked for of an object; whole resources are five times as long. */
export const OBJECT_FIELDS = 'name,size,generation,updated,storageClass,kmsKeyName,contentType'

/**
 * The entity tag of a generation. Google's own etag changes with the metadata too and is no precondition of a read; the generation is
 * exactly what a reader pins: these bytes. https://cloud.google.com/storage/docs/metadata#generation-number
 */
export function etagOf(generation: string): string {
  return `"${generation}"`
}

/** The generation of an entity tag; undefined for one that Cloud Storage cannot have given. */
export function generationOf(etag: string): string | undefined {
  return /^"(\d{1,20})"$/.exec(etag)?.[1]
}

/** An object as the JSON API describes it. */
export function describedObject(resource: JsonObject): ObjectInfo {
  const [name, generation, updated] = [required(resource, 'name'), required(resource, 'generation'), required(resource, 'updated')]
  const size = Number(required(resource, 'size'))
  if (!Number.isSafeInteger(size) || size < 0) throw malformed('an object has no size')
  const optional = (to: 'storageClass' | 'kmsKeyId' | 'contentType', from: string) => {
    const value = jsonText(resource[from])
    return value === undefined ? {} : { [to]: value }
  }
  return {
    key: name,
    size,
    etag: etagOf(generation),
    lastModified: updated,
    versionId: generation,
    ...optional('storageClass', 'storageClass'),
    ...optional('kmsKeyId', 'kmsKeyName'),
    ...optional('contentType', 'contentType'),
  }
}

/** An object as the headers of its bytes describe it. */
export function servedObject(key: string, size: number, { headers }: HttpResponse): ObjectInfo {
  const generation = headers['x-goog-generation']
  if (generation === undefined) throw malformed('it does not say which generation it is')
  const modified = Date.parse(headers['last-modified'] ?? headers['date'] ?? '')
  const optional = (to: 'storageClass' | 'contentType', from: string) => (headers[from] === undefined ? {} : { [to]: headers[from] })
  return {
    key,
    size,
    etag: etagOf(generation),
    lastModified: new Date(Number.isNaN(modified) ? 0 : modified).toISOString(),
    versionId: generation,
    ...optional('storageClass', 'x-goog-storage-class'),
    ...optional('contentType', 'content-type'),
  }
}

/** One page of a listing. */
export function listedPage(answer: JsonObject): ListPage {
  const continuation = jsonText(answer['nextPageToken'])
  return {
    objects: jsonList(answer['items']).map((item: Json) => describedObject(jsonObject(item) ?? {})),
    prefixes: jsonList(answer['prefixes']).flatMap((prefix) => jsonText(prefix) ?? []),
    ...(continuation === undefined ? {} : { continuation }),
  }
}

function required(resource: JsonObject, name: string): string {
  const value = jsonText(resource[name])
  if (value === undefined) throw malformed(`an object has no ${name}`)
  return value
}

function malformed(detail: string): Error {
  return accessError('network.protocol', { message: `The answer does not describe an object: ${detail}.` })
}
