import { queryValue, type LabRequest } from '../../http/request.ts'
import { GoogleError } from '../error.ts'
import type { Preconditions, StoredObject } from '../state/types.ts'
import { etagOf } from './object-resource.ts'

const PARAMETERS = {
  generationMatch: 'ifGenerationMatch',
  generationNotMatch: 'ifGenerationNotMatch',
  metagenerationMatch: 'ifMetagenerationMatch',
  metagenerationNotMatch: 'ifMetagenerationNotMatch',
} as const

const HEADERS = {
  generationMatch: 'x-goog-if-generation-match',
  generationNotMatch: 'x-goog-if-generation-not-match',
  metagenerationMatch: 'x-goog-if-metageneration-match',
  metagenerationNotMatch: 'x-goog-if-metageneration-not-match',
} as const

/** The preconditions of a request: parameters of the JSON API, headers of the XML API. */
export function readPreconditions(request: LabRequest): Preconditions {
  const found: { -readonly [Name in keyof Preconditions]: string } = {}
  for (const name of ['generationMatch', 'generationNotMatch', 'metagenerationMatch', 'metagenerationNotMatch'] as const) {
    const value = queryValue(request, PARAMETERS[name]) ?? request.headers.get(HEADERS[name])
    if (value === undefined) continue
    if (!/^\d{1,19}$/.test(value)) throw new GoogleError(400, 'invalid', `Invalid value for ${PARAMETERS[name]}: ${value}`)
    found[name] = value
  }
  return found
}

/** Throws 412 unless all hold of the live object, or, of a read, gives 304 where only its being unchanged keeps it from being sent. */
export function checkPreconditions(
  preconditions: Preconditions,
  live: StoredObject | undefined,
  reads = false,
): 'not-modified' | undefined {
  const generation = live?.versionId ?? '0'
  const metageneration = live === undefined ? undefined : String(live.metageneration)
  const { generationMatch, generationNotMatch, metagenerationMatch, metagenerationNotMatch } = preconditions
  if (generationMatch !== undefined && generationMatch !== generation) throw conditionNotMet('If-Match')
  if (metagenerationMatch !== undefined && metagenerationMatch !== metageneration) throw conditionNotMet('If-Match')
  const unchanged =
    (generationNotMatch !== undefined && generationNotMatch === generation) ||
    (metagenerationNotMatch !== undefined && metagenerationNotMatch === metageneration)
  if (!unchanged) return undefined
  if (reads) return 'not-modified'
  throw conditionNotMet('If-None-Match')
}

/** If-Match and If-None-Match of a read, by the ETag that the API in question gives. */
export function checkEtags(request: LabRequest, object: StoredObject, etag = etagOf(object)): 'not-modified' | undefined {
  const names = (header: string): boolean => header.split(',').some((tag) => ['*', etag, `"${etag}"`].includes(tag.trim()))
  const match = request.headers.get('if-match')
  if (match !== undefined && !names(match)) throw conditionNotMet('If-Match')
  const noneMatch = request.headers.get('if-none-match')
  return noneMatch !== undefined && names(noneMatch) ? 'not-modified' : undefined
}

export function conditionNotMet(header: 'If-Match' | 'If-None-Match'): GoogleError {
  return new GoogleError(412, 'conditionNotMet', 'At least one of the pre-conditions you specified did not hold.', {
    location: ['header', header],
  })
}
