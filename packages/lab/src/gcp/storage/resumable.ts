import { emptyAnswer, type Answer } from '../../http/answer.ts'
import { queryValue } from '../../http/request.ts'
import { readBody, readJson, textField } from '../body.ts'
import type { Call } from '../call.ts'
import { GoogleError } from '../error.ts'
import { uploadId } from '../state/ids.ts'
import type { GcpState, ResumableUpload } from '../state/types.ts'
import { originOf } from './answers.ts'
import type { BucketCall } from './context.ts'
import { readObjectResource } from './object-resource.ts'
import { keyParameter, LARGEST_UPLOAD, nameOf, writtenAnswer } from './upload.ts'
import { finishWrite, planWrite } from './write.ts'

/** Every request but the last brings a multiple of this. */
const CHUNK_BYTES = 256 * 1024

/** Begins an upload. Its URL is all that is needed from then on. https://cloud.google.com/storage/docs/performing-resumable-uploads */
export async function startResumable(call: BucketCall): Promise<Answer> {
  const { state, bucket, request } = call
  const body = await readJson(call, 'parseError')
  const key = nameOf(textField(body, 'name') ?? queryValue(request, 'name'))
  const contentType = request.headers.get('x-upload-content-type')
  const resource = { ...(contentType === undefined ? {} : { contentType }), ...readObjectResource(body), ...keyParameter(request) }
  const announced = request.headers.get('x-upload-content-length')
  const upload: ResumableUpload = {
    id: uploadId(state.random),
    bucket: bucket.name,
    key,
    startedAt: state.clock.now(),
    plan: planWrite({ ...call, key }, resource),
    announced: announced === undefined ? undefined : Number(announced),
    received: [],
    size: 0,
    state: { kind: 'open' },
  }
  state.uploads.set(upload.id, upload)
  const query = `uploadType=resumable&name=${encodeURIComponent(key)}&upload_id=${upload.id}`
  return emptyAnswer(200, {
    location: `${originOf(request)}/upload/storage/v1/b/${bucket.name}/o?${query}`,
    'x-guploader-uploadid': upload.id,
  })
}

/** Takes bytes, tells how many there are, or ends the upload: whichever the Content-Range says. */
export async function continueResumable(call: Call): Promise<Answer> {
  const { state, request } = call
  const upload = findUpload(state, queryValue(request, 'upload_id') ?? '')
  const body = await readBody(call, LARGEST_UPLOAD)
  const range = readContentRange(request.headers.get('content-range'), body.length)
  if (upload.state.kind === 'open' && body.length > 0) append(upload, range, body)
  const total = range.total ?? (range.isLast ? upload.size : undefined)
  if (upload.state.kind === 'open' && total !== undefined && upload.size === total) finish(state, upload)
  const bucket = state.buckets.get(upload.bucket)
  if (upload.state.kind === 'done' && bucket) return writtenAnswer({ bucket, request }, upload.state.object)
  return emptyAnswer(308, {
    'x-guploader-uploadid': upload.id,
    ...(upload.size === 0 ? {} : { range: `bytes=0-${upload.size - 1}` }),
  })
}

/** A cancelled upload answers 499, and goes on doing so. */
export async function cancelResumable({ state, request }: Call): Promise<Answer> {
  const upload = findUpload(state, queryValue(request, 'upload_id') ?? '')
  if (upload.state.kind === 'open') upload.state = { kind: 'cancelled' }
  upload.received = []
  return cancelled()
}

function cancelled(): Answer {
  return emptyAnswer(499, { 'content-type': 'text/plain; charset=utf-8' })
}

function findUpload(state: GcpState, id: string): ResumableUpload {
  const upload = state.uploads.get(id)
  if (!upload || !state.buckets.has(upload.bucket)) throw new GoogleError(404, 'notFound', 'No upload session was found for this id.')
  if (upload.state.kind === 'cancelled') throw new GoogleError(499, 'cancelled', 'The upload was cancelled.')
  return upload
}

interface ContentRange {
  /** Of the first byte; undefined for a question about the state. */
  readonly start: number | undefined
  /** undefined where it is not known yet. */
  readonly total: number | undefined
  /** The upload ends with this body, however long it is. */
  readonly isLast: boolean
}

function readContentRange(header: string | undefined, length: number): ContentRange {
  if (header === undefined) return { start: 0, total: undefined, isLast: true }
  const match = /^bytes (?:(\d{1,15})-(\d{1,15}|\*)|\*)\/(?:(\d{1,15})|\*)$/.exec(header.trim())
  const [, first, last, total] = match ?? []
  const size = first === undefined ? 0 : last === '*' ? length : Number(last) - Number(first) + 1
  if (!match || size !== length) throw new GoogleError(400, 'badRequest', 'Failed to parse Content-Range header.')
  return {
    start: first === undefined ? undefined : Number(first),
    total: total === undefined ? undefined : Number(total),
    // `bytes 0-*/*` is how a client streams what it does not know the length of.
    isLast: last === '*' && total === undefined,
  }
}

/** Bytes that are there already are not taken twice: a client that did not get an answer sends them again. */
function append(upload: ResumableUpload, { start = 0, total, isLast }: ContentRange, body: Buffer): void {
  if (start > upload.size)
    throw new GoogleError(
      503,
      'backendError',
      `Invalid request. According to the Content-Range header, the upload offset is ${start} byte(s), which exceeds already uploaded size of ${upload.size} byte(s).`,
    )
  const isFinal = isLast || (total !== undefined && start + body.length >= total)
  if (!isFinal && body.length < CHUNK_BYTES) throw new GoogleError(400, 'badRequest', CHUNK_WORDS)
  // Of a piece in the middle only whole units are kept; the Range of the answer says so.
  const kept = isFinal ? body.length : body.length - (body.length % CHUNK_BYTES)
  const fresh = body.subarray(upload.size - start, kept)
  if (fresh.length === 0) return
  upload.received = [...upload.received, fresh]
  upload.size += fresh.length
}

const CHUNK_WORDS = `Invalid request.  The number of bytes uploaded is required to be equal or greater than ${CHUNK_BYTES}, except for the final request (it's recommended to be the exact multiple of ${CHUNK_BYTES}).  The received request contained a number of bytes which does not meet this requirement.`

function finish(state: GcpState, upload: ResumableUpload): void {
  const bucket = state.buckets.get(upload.bucket)
  if (!bucket) throw new GoogleError(404, 'notFound', 'The specified bucket does not exist.')
  if (upload.announced !== undefined && upload.announced !== upload.size)
    throw new GoogleError(
      400,
      'badRequest',
      `Invalid request. The upload was announced with ${upload.announced} byte(s) and has ${upload.size}.`,
    )
  upload.state = { kind: 'done', object: finishWrite(state, bucket, upload.plan, upload.received) }
  upload.received = []
}
