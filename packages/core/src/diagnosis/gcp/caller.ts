import { googleMember, type GoogleIdentity } from '../../google-iam/identity.ts'
import type { Clue } from '../clue.ts'
import type { Facts } from '../facts.ts'
import { ownBindings } from './bindings.ts'

const PRINCIPAL =
  /^(?:principal:)?\/\/iam\.googleapis\.com\/(?<pool>projects\/[^/]+\/locations\/global\/workloadIdentityPools\/[^/]+)\/subject\/(?<subject>.+)$/s

/** Who asks: whom the answer names, or the account that is acted as, or the principal of the connection. Undefined where nothing says it as a policy would. */
export function callerOf(facts: Pick<Facts, 'connection' | 'documents'>, clue?: Clue): GoogleIdentity | undefined {
  const { roleArn, principal } = facts.connection
  return identityOf(clue?.principal) ?? identityOf(roleArn) ?? identityOf(principal) ?? bySubject(facts)
}

/** The caller as a binding names it. */
export function memberOf(facts: Pick<Facts, 'connection' | 'documents'>, clue?: Clue): string | undefined {
  const identity = callerOf(facts, clue)
  return identity === undefined ? undefined : googleMember(identity)
}

function identityOf(text: string | undefined): GoogleIdentity | undefined {
  const trimmed = text?.trim() ?? ''
  const federated = PRINCIPAL.exec(trimmed)?.groups
  if (federated !== undefined) return { kind: 'federated', pool: federated['pool'] ?? '', subject: federated['subject'] ?? '' }
  const email = /^(?:(?<kind>serviceAccount|user):)?(?<email>[^\s@:]+@[^\s@:]+)$/.exec(trimmed)?.groups
  if (email === undefined) return undefined
  const address = email['email'] ?? ''
  const isService = email['kind'] === 'serviceAccount' || /gserviceaccount\.com$/i.test(address)
  return { kind: isService ? 'service-account' : 'user', email: address }
}

/** A principal of another issuer is written `ISSUER SUBJECT`: in which pool it is, a binding that names the subject tells. */
function bySubject({ connection, documents }: Pick<Facts, 'connection' | 'documents'>): GoogleIdentity | undefined {
  const subject = /^https:\/\/\S+ (\S+)$/.exec(connection.principal?.trim() ?? '')?.[1]
  if (subject === undefined) return undefined
  const members = ownBindings(documents).flatMap(({ binding }) => binding.members)
  return members.map(identityOf).find((identity) => identity?.kind === 'federated' && identity.subject === subject)
}
