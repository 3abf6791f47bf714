import type { Access } from '../../access.ts'
import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import type { Slot } from '../memo.ts'
import { locationOf } from './subject.ts'

const REQUESTS: Slot<readonly Failure[]> = { name: 'requests of the connection' }

const OPERATIONS: { readonly [access in Access]: readonly string[] } = {
  list: ['ListObjectsV2'],
  read: ['GetObject'],
  // What is large is written in parts, which ask a key for more than one put does.
  write: ['PutObject', 'UploadPart'],
  delete: ['DeleteObject'],
}

/** What the connection does where it is for, as if each of it was refused. */
export function requestsOf(facts: Facts): readonly Failure[] {
  return facts.memo(REQUESTS, facts.subject, () => made(facts))
}

function made(facts: Facts): readonly Failure[] {
  const location = locationOf(facts)
  if (location?.bucket === undefined || location.bucket.endsWith('--x-s3')) return []
  const place = `s3://${location.bucket}/${location.key}`
  return accessesOf(facts).flatMap((access) => OPERATIONS[access].map((operation) => unmade(operation, place, access)))
}

/** What the connection is for; where nobody said and nothing was tried, what every connection does. */
function accessesOf({ connection, subject }: Facts): readonly Access[] {
  return connection.access ?? (subject.observations.length === 0 ? ['list', 'read'] : [])
}

/** A request that nobody made: the documents say how it would end. */
export function unmade(
  operation: string,
  target: string,
  capability: Access | 'assume',
  headers: Failure['observation']['headers'] = {},
): Failure {
  return { observation: { index: -1, operation, target, ok: false, headers }, clue: { fields: {}, code: 'AccessDenied' }, capability }
}
