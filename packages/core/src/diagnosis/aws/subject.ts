import { parseArn } from '../../policy/arn.ts'
import type { Principal } from '../../policy/types.ts'
import type { Observation } from '../case.ts'
import type { Clue } from '../clue.ts'
import type { Facts } from '../facts.ts'

/** The bucket and key that a request was for, as far as anything says. */
export interface Place {
  readonly bucket: string
  readonly key: string
}

/** The session name that a principal is given where the case names the role alone: no policy should know it. */
const SESSION = 'sluice'

/** Whom the requests for data come from: the role's session, a user, or whom the answer names. */
export function callerOf({ connection }: Facts, clue?: Clue): Principal | undefined {
  const { roleArn, principal } = connection
  if (roleArn !== undefined && parseArn(roleArn)?.resource.startsWith('role/') === true)
    return { kind: 'role-session', roleArn, sessionName: SESSION }
  return principalOf(clue?.principal) ?? principalOf(principal)
}

/** Who asks STS for the role. */
export function assumerOf({ connection }: Facts, clue?: Clue): Principal | undefined {
  return principalOf(connection.principal) ?? principalOf(clue?.principal)
}

function principalOf(text: string | undefined): Principal | undefined {
  const trimmed = text?.trim()
  if (trimmed === undefined || trimmed === '') return undefined
  if (/^\d{12}$/.test(trimmed)) return { kind: 'root', accountId: trimmed }
  const arn = parseArn(trimmed)
  if (arn === undefined) return undefined
  if (arn.resource === 'root') return { kind: 'root', accountId: arn.account, partition: arn.partition }
  if (arn.resource.startsWith('user/')) return { kind: 'user', arn: trimmed }
  if (arn.resource.startsWith('role/')) return { kind: 'role-session', roleArn: trimmed, sessionName: SESSION }
  // The ARN of a session leaves the role's path out: its role can be named only without one.
  const [kind, role, session] = arn.resource.split('/')
  if (kind !== 'assumed-role' || role === undefined) return undefined
  return { kind: 'role-session', roleArn: `arn:${arn.partition}:iam::${arn.account}:role/${role}`, sessionName: session ?? SESSION }
}

/** The account of the caller; undefined where nothing says. */
export function accountOf(principal: Principal | undefined): string | undefined {
  if (principal === undefined) return undefined
  if (principal.kind === 'root') return principal.accountId
  if (principal.kind === 'user') return parseArn(principal.arn)?.account
  return principal.kind === 'role-session' ? parseArn(principal.roleArn)?.account : undefined
}

export function partitionOf(facts: Facts): string {
  const named = facts.connection.roleArn ?? facts.connection.principal ?? ''
  return parseArn(named)?.partition ?? 'aws'
}

/** Where the connection may go. */
export function locationOf({ connection }: Facts): Place | undefined {
  return placeIn(connection.location)
}

/** What one request was for: its target, the resource that its answer names, or the connection's location. */
export function placeOf(observation: Observation, clue: Clue, facts: Facts): Place | undefined {
  const own = placeIn(observation.target) ?? placeIn(clue.resource)
  const location = locationOf(facts)
  if (own !== undefined) return own.key === '' && location?.bucket === own.bucket ? location : own
  // A target that is no URL is a key of the connection's bucket.
  if (location !== undefined && observation.target !== undefined && !observation.target.includes(':'))
    return { bucket: location.bucket, key: observation.target.replace(/^\//, '') }
  return location
}

function placeIn(text: string | undefined): Place | undefined {
  if (text === undefined) return undefined
  const url = /^s3[an]?:\/\/([^/?#]+)\/?([^?#]*)/i.exec(text.trim())
  if (url !== null) return { bucket: url[1] ?? '', key: url[2] ?? '' }
  const arn = /^arn:[\w-]+:s3:::([^/*]+)(?:\/(.*))?$/s.exec(text.trim())
  if (arn !== null) return { bucket: arn[1] ?? '', key: arn[2] ?? '' }
  const hosted = /^https?:\/\/([a-z0-9.-]+)\.s3[.-][a-z0-9.-]*amazonaws\.com(?:\.cn)?\/?([^?#]*)/i.exec(text.trim())
  if (hosted !== null) return { bucket: hosted[1] ?? '', key: hosted[2] ?? '' }
  const byPath = /^https?:\/\/s3[.-][a-z0-9.-]*amazonaws\.com(?:\.cn)?\/([^/?#]+)\/?([^?#]*)/i.exec(text.trim())
  return byPath === null ? undefined : { bucket: byPath[1] ?? '', key: byPath[2] ?? '' }
}
