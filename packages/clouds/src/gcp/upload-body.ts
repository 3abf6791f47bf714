import { createHash } from 'node:crypto'
import type { JsonObject } from '@sluice/core'

/** An object to be written: its description and its bytes in one request. https://cloud.google.com/storage/docs/uploading-objects#uploading-an-object */
export function relatedBody(resource: JsonObject, content: Uint8Array, boundary: string): Uint8Array {
  const type = resource['contentType']
  const contentType = typeof type === 'string' ? type : 'application/octet-stream'
  const head = [
    `--${boundary}`,
    'content-type: application/json; charset=UTF-8',
    '',
    JSON.stringify({ ...resource, md5Hash: createHash('md5').update(content).digest('base64') }),
    `--${boundary}`,
    `content-type: ${contentType}`,
    '',
    '',
  ]
  return Buffer.concat([Buffer.from(head.join('\r\n')), content, Buffer.from(`\r\n--${boundary}--`)])
}
