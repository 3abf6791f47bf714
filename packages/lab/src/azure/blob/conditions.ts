import type { LabRequest } from '../../http/request.ts'
import { AzureError, conditionNotMet } from '../error.ts'
import type { StoredBlob } from '../state/types.ts'

interface Conditions {
  readonly match: string | undefined
  readonly noneMatch: string | undefined
  readonly modifiedSince: number
  readonly unmodifiedSince: number
}

function conditionsOf({ headers }: LabRequest): Conditions {
  return {
    match: headers.get('if-match'),
    noneMatch: headers.get('if-none-match'),
    modifiedSince: Date.parse(headers.get('if-modified-since') ?? ''),
    unmodifiedSince: Date.parse(headers.get('if-unmodified-since') ?? ''),
  }
}

/** Whether a reader has the blob already (304); throws where a condition keeps it from reading. */
export function isUnchanged(request: LabRequest, blob: StoredBlob): boolean {
  const { match, noneMatch, modifiedSince, unmodifiedSince } = conditionsOf(request)
  const modified = seconds(blob.lastModified)
  if (match !== undefined && !names(match, blob.etag)) throw conditionNotMet()
  if (modified > unmodifiedSince) throw conditionNotMet()
  if (noneMatch === '*')
    throw new AzureError(400, 'UnsatisfiableCondition', 'The request includes an unsatisfiable condition for this operation.')
  return noneMatch === undefined ? modified <= modifiedSince : names(noneMatch, blob.etag)
}

/** Throws where a condition keeps a writer from replacing, changing or deleting what is there, or from making what is not. */
export function demandConditions(request: LabRequest, existing: StoredBlob | undefined): void {
  const { match, noneMatch, modifiedSince, unmodifiedSince } = conditionsOf(request)
  if (existing === undefined) {
    if (match !== undefined) throw conditionNotMet()
    return
  }
  if (noneMatch === '*') throw new AzureError(409, 'BlobAlreadyExists', 'The specified blob already exists.')
  if (match !== undefined && !names(match, existing.etag)) throw conditionNotMet()
  if (noneMatch !== undefined && names(noneMatch, existing.etag)) throw conditionNotMet()
  const modified = seconds(existing.lastModified)
  if (modified > unmodifiedSince || modified <= modifiedSince) throw conditionNotMet()
}

function names(header: string, etag: string): boolean {
  return header.split(',').some((tag) => ['*', etag, etag.slice(1, -1)].includes(tag.trim()))
}

/** Headers carry whole seconds. */
function seconds(time: number): number {
  return Math.floor(time / 1000) * 1000
}
