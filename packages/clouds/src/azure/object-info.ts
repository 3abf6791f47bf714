import type { HttpResponse, ObjectInfo } from '@sluice/core'

/** What the headers of Azure's answers tell of a blob. */
export function blobInfo(key: string, size: number, { headers }: HttpResponse): ObjectInfo {
  const modified = Date.parse(headers['last-modified'] ?? headers['date'] ?? '')
  const optional = (name: 'versionId' | 'storageClass' | 'contentType', header: string) =>
    headers[header] === undefined ? {} : { [name]: headers[header] }
  return {
    key,
    size,
    etag: headers['etag'] ?? '',
    lastModified: new Date(Number.isNaN(modified) ? 0 : modified).toISOString(),
    ...optional('versionId', 'x-ms-version-id'),
    ...optional('storageClass', 'x-ms-access-tier'),
    ...optional('contentType', 'content-type'),
  }
}
