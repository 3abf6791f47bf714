import { emptyAnswer, type Answer } from '../../../http/answer.ts'
import { queryValue, type LabRequest } from '../../../http/request.ts'
import { readBody } from '../../body.ts'
import type { ObjectResource, StoredObject } from '../../state/types.ts'
import { demandStorage, type BucketCall } from '../context.ts'
import { checkEtags, checkPreconditions, readPreconditions } from '../preconditions.ts'
import { demandObject, mediaAnswer, mediaHeaders } from '../read.ts'
import { LARGEST_UPLOAD } from '../upload.ts'
import { finishWrite, planWrite } from '../write.ts'

export async function getXmlObject(call: BucketCall): Promise<Answer> {
  const object = demandObject(call)
  const etag = xmlEtag(object)
  const byEtag = checkEtags(call.request, object, etag.slice(1, -1))
  const unchanged = checkPreconditions(readPreconditions(call.request), object, true) ?? byEtag
  if (unchanged) return emptyAnswer(304, { etag })
  return mediaAnswer(call, object, { etag, ...overrides(call.request) })
}

export async function putXmlObject(call: BucketCall): Promise<Answer> {
  const { state, bucket, key } = call
  demandStorage(call, 'storage.objects.create', key)
  const body = await readBody(call, LARGEST_UPLOAD)
  const object = finishWrite(state, bucket, planWrite(call, resourceOf(call.request)), [body])
  const { 'x-goog-hash': hash = '' } = mediaHeaders(object)
  return emptyAnswer(200, {
    etag: xmlEtag(object),
    'x-goog-generation': object.versionId,
    'x-goog-metageneration': '1',
    'x-goog-hash': hash,
    'x-goog-stored-content-length': String(object.content.size),
  })
}

/** The XML API's ETag is the MD5, in quotes, where there is one. */
function xmlEtag({ md5, versionId }: StoredObject): string {
  return `"${md5 === '' ? `-${versionId}` : Buffer.from(md5, 'base64').toString('hex')}"`
}

const TEXTS = {
  contentType: 'content-type',
  cacheControl: 'cache-control',
  contentDisposition: 'content-disposition',
  contentEncoding: 'content-encoding',
  contentLanguage: 'content-language',
  storageClass: 'x-goog-storage-class',
  kmsKeyName: 'x-goog-encryption-kms-key-name',
  md5: 'content-md5',
} as const

function resourceOf({ headers }: LabRequest): ObjectResource {
  const texts: { -readonly [Name in keyof typeof TEXTS]?: string } = {}
  for (const name of [
    'contentType',
    'cacheControl',
    'contentDisposition',
    'contentEncoding',
    'contentLanguage',
    'storageClass',
    'kmsKeyName',
    'md5',
  ] as const) {
    const value = headers.get(TEXTS[name])
    if (value !== undefined) texts[name] = value
  }
  const hashes = /(?:^|,)\s*crc32c=([^,\s]+)/.exec(headers.get('x-goog-hash') ?? '')
  const metadata = [...headers].flatMap(([name, value]) =>
    name.startsWith('x-goog-meta-') ? [[name.slice('x-goog-meta-'.length), value] as const] : [],
  )
  return {
    ...texts,
    ...(hashes?.[1] === undefined ? {} : { crc32c: hashes[1] }),
    ...(metadata.length === 0 ? {} : { metadata: Object.fromEntries(metadata) }),
  }
}

/** What a URL asks to be said of its answer: for downloads with a name. */
function overrides(request: LabRequest): Answer['headers'] {
  const asked = ['content-type', 'content-disposition'].map((name) => [name, queryValue(request, `response-${name}`)] as const)
  return Object.fromEntries(asked.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])))
}
