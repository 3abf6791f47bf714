import { ramAccountOf } from '../../ram/principal.ts'
import type { RamPrincipal } from '../../ram/types.ts'
import type { Observation } from '../case.ts'
import type { Clue } from '../clue.ts'
import type { Facts } from '../facts.ts'
import { percentDecoded } from '../percent-decoded.ts'
import { requestPlace, type Place } from '../bucket-place.ts'
import { ELSEWHERE } from './clue.ts'

/** The session name that a principal is given where the case names the role alone: no policy should know it. */
const SESSION = 'sluice'

/** Whom the requests for data come from: the role's session, or the user whose keys are used. */
export function callerOf({ connection, failures }: Pick<Facts, 'connection' | 'failures'>, clue?: Clue): RamPrincipal | undefined {
  if (connection.roleArn !== undefined) return principalOf(connection.roleArn, clue)
  const told = [clue, ...failures.map((failure) => failure.clue)].map(toldCaller)
  return principalOf(connection.principal, clue) ?? told.find((caller) => caller !== undefined)
}

/** Whom an answer says that it refused: of keys that are stored, nothing else says whose they are. */
function toldCaller(clue: Clue | undefined): RamPrincipal | undefined {
  const { AuthPrincipalType: type, AuthPrincipalOwnerId: accountId = '' } = clue?.fields ?? {}
  const name = clue?.principal ?? ''
  if (!/^\d{5,20}$/.test(accountId)) return undefined
  if (type === 'SubUser' && /^\d{5,20}$/.test(name)) return { kind: 'user', accountId, userName: '', userId: name }
  const [, roleName, sessionName = SESSION] = /^([\w.-]+):(.+)$/.exec(name) ?? []
  return type === 'AssumedRoleUser' && roleName !== undefined ? { kind: 'role-session', accountId, roleName, sessionName } : undefined
}

/** Who asks STS for the role. The account alone names whoever of it comes: no policy knows his name. */
export function assumerOf({ connection }: Pick<Facts, 'connection'>): RamPrincipal | undefined {
  const principal = principalOf(connection.principal)
  return principal?.kind === 'root' ? { kind: 'user', accountId: principal.accountId, userName: SESSION, userId: '' } : principal
}

function principalOf(text: string | undefined, clue?: Clue): RamPrincipal | undefined {
  const trimmed = text?.trim() ?? ''
  if (/^\d{5,20}$/.test(trimmed)) return { kind: 'root', accountId: trimmed }
  const match =
    /^acs:(?:ram|sts):[^:]*:(?<accountId>\d+):(?<kind>root|user|role|assumed-role)(?:\/(?<name>[^/]+)(?:\/(?<session>.+))?)?$/i.exec(
      trimmed,
    )?.groups
  if (match === undefined) return undefined
  const { accountId = '', kind = '', name = '', session = SESSION } = match
  if (kind === 'root') return { kind: 'root', accountId }
  if (kind !== 'user') return { kind: 'role-session', accountId, roleName: name, sessionName: session }
  const isUser = clue?.fields['AuthPrincipalType'] === 'SubUser' && /^\d+$/.test(clue.principal ?? '')
  return { kind: 'user', accountId, userName: name, userId: isUser ? (clue.principal ?? '') : '' }
}

/** The account of the caller; undefined where nothing says. */
export function accountOf(facts: Pick<Facts, 'connection' | 'failures'>, clue?: Clue): string | undefined {
  const caller = callerOf(facts, clue)
  return (caller === undefined ? undefined : ramAccountOf(caller)) ?? clue?.fields['AuthPrincipalOwnerId']
}

/** Where the connection may go. */
export function locationOf({ connection }: Pick<Facts, 'connection'>): Place | undefined {
  return placeIn(connection.location)
}

/** What one request was for: its target, or the connection's location where that does not say. */
export function placeOf(observation: Observation, facts: Pick<Facts, 'connection'>): Place | undefined {
  return requestPlace(observation.target, placeIn(observation.target), locationOf(facts))
}

function placeIn(text: string | undefined): Place | undefined {
  const trimmed = text?.trim() ?? ''
  const hosted = /^https?:\/\/(?<bucket>[a-z0-9-]+)\.(?:[a-z0-9-]+\.)?(?:oss|s3)[a-z0-9.-]*\.aliyuncs\.com\/?(?<key>[^?#]*)/i.exec(
    trimmed,
  )?.groups
  // Hadoop writes the endpoint behind the bucket.
  const url = hosted ?? /^oss:\/\/(?<bucket>[^/?#.]+)(?:\.[^/?#]*)?\/?(?<key>[^?#]*)/i.exec(trimmed)?.groups
  const name = url ?? /^acs:oss:[^:]*:[^:]*:(?<bucket>[^/*]+)(?:\/(?<key>.*))?$/.exec(trimmed)?.groups
  return name === undefined ? undefined : { bucket: name['bucket'] ?? '', key: percentDecoded(name['key'] ?? '') }
}

/**
 * The region of the bucket as far as anything names one: that where it was served, that of the request itself, or of others that were not
 * sent elsewhere. Policies that name a region name the right one, or it is for them to explain.
 */
export function regionOf(facts: Pick<Facts, 'connection' | 'documents' | 'subject'>, observation?: Observation): string {
  const { observations } = facts.subject
  const served = observations.filter(({ ok }) => ok === true).map(({ target }) => target)
  const others = observations.filter(({ message = '' }) => !ELSEWHERE.test(message)).map(({ target }) => target)
  const { ramPolicies = [], bucketPolicy, sessionPolicy } = facts.documents
  const policies = JSON.stringify([ramPolicies, bucketPolicy ?? null, sessionPolicy ?? null])
  const named = [...served, observation?.target, facts.connection.location, ...others].map(
    (place) => /\boss-([a-z]{2}-[a-z0-9-]+?)(?:-internal)?\.aliyuncs/.exec(place ?? '')?.[1],
  )
  return named.find((region) => region !== undefined) ?? /acs:oss:oss-([a-z0-9-]+):/.exec(policies)?.[1] ?? 'cn-hangzhou'
}
