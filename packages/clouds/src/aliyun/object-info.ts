import type { HttpResponse, ObjectInfo } from '@sluice/core'

/** What the headers of HEAD, GET and PUT tell of an object. */
export function objectInfo(key: string, size: number, { headers }: HttpResponse): ObjectInfo {
  const modified = Date.parse(headers['last-modified'] ?? headers['date'] ?? '')
  const optional = (name: 'versionId' | 'storageClass' | 'kmsKeyId' | 'contentType', header: string) =>
    headers[header] === undefined ? {} : { [name]: headers[header] }
  return {
    key,
    size,
    etag: headers['etag'] ?? '',
    lastModified: new Date(Number.isNaN(modified) ? 0 : modified).toISOString(),
    ...optional('versionId', 'x-oss-version-id'),
    ...optional('storageClass', 'x-oss-storage-class'),
    ...optional('kmsKeyId', 'x-oss-server-side-encryption-key-id'),
    ...optional('contentType', 'content-type'),
  }
}
