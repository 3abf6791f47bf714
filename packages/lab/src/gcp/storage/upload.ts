import type { Answer } from '../../http/answer.ts'
import { queryValue } from '../../http/request.ts'
import { parseJson, readBody, textField } from '../body.ts'
import { GoogleError, notImplemented } from '../error.ts'
import type { ObjectResource, StoredObject } from '../state/types.ts'
import { originOf, resourceAnswer } from './answers.ts'
import { demandStorage, type BucketCall } from './context.ts'
import { etagOf, objectResource, readObjectResource } from './object-resource.ts'
import { splitMultipart } from './multipart-related.ts'
import { finishWrite, planWrite } from './write.ts'

/** The lab keeps objects in memory. */
export const LARGEST_UPLOAD = 1024 * 1024 * 1024

/** An upload in one request: the bytes alone, or with the metadata in front of them. */
export async function insertObject(call: BucketCall): Promise<Answer> {
  const { state, bucket, request } = call
  const type = queryValue(request, 'uploadType')
  if (type !== 'media' && type !== 'multipart') throw notImplemented(`uploadType=${type ?? ''}`)
  // Who may not write here need not send it all before they learn so. The name may still be in the body.
  const named = queryValue(request, 'name')
  if (named !== undefined) demandStorage({ ...call, key: named }, 'storage.objects.create', named)
  const body = await readBody(call, LARGEST_UPLOAD)
  const { key, resource, bytes } = type === 'media' ? fromMedia(call, body) : fromMultipart(call, body)
  const plan = planWrite({ ...call, key }, resource)
  return writtenAnswer(call, finishWrite(state, bucket, plan, [bytes]))
}

/** What both kinds of upload answer in the end. */
export function writtenAnswer({ bucket, request }: Pick<BucketCall, 'bucket' | 'request'>, object: StoredObject): Answer {
  return resourceAnswer(request, objectResource(bucket, object, originOf(request)), {
    etag: etagOf(object),
    'x-goog-hash': `crc32c=${object.crc32c},md5=${object.md5}`,
  })
}

interface Received {
  readonly key: string
  readonly resource: ObjectResource
  readonly bytes: Uint8Array
}

function fromMedia({ request }: BucketCall, bytes: Uint8Array): Received {
  const contentType = request.headers.get('content-type')
  const md5 = request.headers.get('content-md5')
  return {
    key: nameOf(queryValue(request, 'name')),
    resource: { ...(contentType === undefined ? {} : { contentType }), ...(md5 === undefined ? {} : { md5 }), ...keyParameter(request) },
    bytes,
  }
}

function fromMultipart({ request }: BucketCall, body: Buffer): Received {
  const parts = splitMultipart(request.headers.get('content-type') ?? '', body)
  if (!parts) throw new GoogleError(400, 'badContent', 'Malformed multipart body.')
  const metadata = parseJson(parts.first.body.toString(), 'parseError')
  const contentType = parts.second.contentType
  return {
    key: nameOf(textField(metadata, 'name') ?? queryValue(request, 'name')),
    resource: { ...(contentType === undefined ? {} : { contentType }), ...readObjectResource(metadata), ...keyParameter(request) },
    bytes: parts.second.body,
  }
}

export function keyParameter(request: BucketCall['request']): Pick<ObjectResource, 'kmsKeyName'> {
  const kmsKeyName = queryValue(request, 'kmsKeyName')
  return kmsKeyName === undefined ? {} : { kmsKeyName }
}

export function nameOf(name: string | undefined): string {
  if (name === undefined || name === '') throw new GoogleError(400, 'required', 'Required object name', { location: ['parameter', 'name'] })
  return name
}
