import { parseArn } from '../../policy/arn.ts'
import type { Principal } from '../../policy/types.ts'
import type { Observation } from '../case.ts'
import type { Clue } from '../clue.ts'
import type { Facts } from '../facts.ts'
import type { Failure } from '../failure.ts'
import { readTarget, type Target } from './target.ts'

/** The session name that a principal is given where the case names the role alone: no policy should know it. */
const SESSION = 'sluice'

/** Stands for a role of an account of which nothing but its number is known. */
const SOME_ROLE = 'sluice-unnamed'

/** The account of a neighbour whom no change may let in: no case is about it. */
export const NEIGHBOUR_ACCOUNT = '918273645546'

/** Another role of an account than any that a case is about. */
export function neighbourIn(account: string): Principal {
  return { kind: 'role-session', roleArn: `arn:aws:iam::${account}:role/sluice-neighbour`, sessionName: 'x' }
}

/** Stands for an account that nobody named. */
export const SOME_ACCOUNT = '000000000000'

/** Whom the requests for data come from: the role's session, a user, or whom the answer names. */
export function callerOf({ connection }: Facts, clue?: Clue): Principal | undefined {
  const { method, roleArn, principal } = connection
  if (method === 'none') return { kind: 'anonymous' }
  if (isRole(roleArn)) return { kind: 'role-session', roleArn: roleArn.trim(), sessionName: SESSION }
  return principalOf(clue?.principal) ?? principalOf(principal)
}

/** The same, and where nobody says who asks, somebody of no known name: policies that name nobody can still be asked. */
export function anyCaller(facts: Facts, clue?: Clue): Principal {
  return callerOf(facts, clue) ?? { kind: 'role-session', roleArn: `arn:aws:iam::${SOME_ACCOUNT}:role/${SOME_ROLE}`, sessionName: SESSION }
}

/** Whether a principal is somebody that was named, and not only somebody. */
export function isNamed(principal: Principal): boolean {
  return principal.kind !== 'role-session' || !principal.roleArn.endsWith(`:role/${SOME_ROLE}`)
}

/** The ARN that policies name a caller by: of a session, its role's. */
export function arnOf(principal: Principal | undefined): string | undefined {
  if (principal?.kind === 'role-session') return principal.roleArn
  return principal?.kind === 'user' ? principal.arn : undefined
}

/** Who asks STS for the role. */
export function assumerOf({ connection, failures }: Facts): Principal | undefined {
  const named = failures.find(({ capability, clue }) => capability === 'assume' && clue.principal !== undefined)?.clue.principal
  return asAssumer(principalOf(connection.principal) ?? principalOf(named))
}

/** An account stands for whoever of it: its root cannot assume roles. */
export function asAssumer(principal: Principal | undefined): Principal | undefined {
  if (principal?.kind !== 'root') return principal
  const roleArn = `arn:${principal.partition ?? 'aws'}:iam::${principal.accountId}:role/${SOME_ROLE}`
  return { kind: 'role-session', roleArn, sessionName: SESSION }
}

function isRole(arn: string | undefined): arn is string {
  return arn !== undefined && parseArn(arn.trim())?.resource.startsWith('role/') === true
}

/** A principal, by its ARN or account number. */
export function principalOf(text: string | undefined): Principal | undefined {
  const trimmed = text?.trim()
  if (trimmed === undefined || trimmed === '') return undefined
  if (trimmed === 'anonymous') return { kind: 'anonymous' }
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

/** `aws`, `aws-cn` … */
export function partitionOf({ connection, failures }: Facts): string {
  const named = [connection.roleArn, connection.principal, ...failures.flatMap(({ clue }) => [clue.principal, clue.resource])]
  return named.map((text) => parseArn(text?.trim() ?? '')?.partition).find((partition) => partition !== undefined) ?? 'aws'
}

/** Where the connection may go. */
export function locationOf({ connection }: Facts): Target | undefined {
  return readTarget(connection.location)
}

/** What one request was for: its target, the resource that its answer names, or the connection's location. */
export function targetOf({ observation, clue }: Pick<Failure, 'observation' | 'clue'>, facts: Facts): Target | undefined {
  const location = locationOf(facts)
  const own = ownTarget(observation, location)
  const answered = readTarget(clue.resource, location?.bucket)
  const base = own ?? answered ?? location
  if (base === undefined || location === undefined || base.bucket !== location.bucket) return base
  // Of a request that names the bucket alone, the answer's resource or the location says more.
  if (base.key !== '' || base.prefix !== undefined) return base
  return answered?.bucket === base.bucket && answered?.key !== '' && answered !== undefined
    ? { ...base, key: answered.key }
    : { ...base, key: location.key }
}

function ownTarget({ target }: Observation, location: Target | undefined): Target | undefined {
  return readTarget(target, location?.bucket ?? location?.accessPoint)
}

/** The same; requests of which nobody said what they were for are taken to be for one object. */
export function isSameObject(a: Observation, b: Observation): boolean {
  return a.target === undefined ? b.target === undefined : sameTarget(a, b)
}

/** Whether two requests were for the same object, however each wrote it. */
export function sameTarget(a: Observation, b: Observation): boolean {
  if (a.target === undefined || b.target === undefined) return false
  const [one, other] = [readTarget(a.target), readTarget(b.target)]
  return (
    a.target === b.target ||
    (one !== undefined && other !== undefined && one.bucket === other.bucket && one.key === other.key && one.key !== '')
  )
}
