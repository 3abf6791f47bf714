import { accessError, connectionSubject, subjectConnectionId, type AuditEvent, type Connection, type TokenRequest } from '@sluice/core'
import type { Issuer, IssuerKeyView, IssuerView } from '../contract.ts'
import { disabled } from '../shared/lookup.ts'
import type { ServiceDeps } from '../shared/deps.ts'
import { newId } from '../shared/ids.ts'
import { discoveryDocument, documentUrls, keySet } from './documents.ts'
import { createKeyring } from './keyring.ts'
import { nextIsDueAt, publishedKeys, publishedUntil, ROTATION, signingKey, signsUntil, type Rotation } from './schedule.ts'
import { signToken, tokenEnd } from './token.ts'

export interface IssuerDeps extends Pick<ServiceDeps, 'store' | 'clock' | 'random' | 'platform' | 'mode'> {
  readonly rotation?: Rotation
}

/**
 * Sluice as OpenID Connect issuer. A token is signed anew each time: that takes a millisecond, and lets customers
 * find every exchange in their logs by its own `jti`; what is worth keeping is the lease that it is exchanged for.
 */
export function createIssuer(deps: IssuerDeps): Issuer {
  const { store, clock, random, platform, mode } = deps
  const rotation = deps.rotation ?? ROTATION
  const keyring = createKeyring({ store, clock, rotation })

  function requireUrl(): string {
    const url = platform().issuer?.url
    if (url === undefined) throw accessError('issuer.not_configured', { message: 'This Sluice is no OpenID Connect issuer.' })
    return url
  }

  async function view(): Promise<IssuerView> {
    const url = requireUrl()
    const [keys, now] = [await keyring.keys(), clock.now()]
    const signing = signingKey(keys, now)
    return {
      url,
      ...documentUrls(url),
      nextKeyAt: new Date(nextIsDueAt(keys, rotation)).toISOString(),
      keys: publishedKeys(keys, now).map((key): IssuerKeyView => {
        const { id, createdAt, signsFrom } = key
        const state = key === signing ? 'signing' : Date.parse(signsFrom) > now ? 'next' : 'retired'
        return {
          id,
          state,
          createdAt,
          signsFrom,
          ...ends({ signsUntil: signsUntil(keys, key), publishedUntil: publishedUntil(keys, key) }),
        }
      }),
    }
  }

  async function issue({ audience, subject, ofStranger = false }: TokenRequest): Promise<string> {
    const issuer = requireUrl()
    const connection = await holderOf(deps, subject)
    const now = clock.now()
    const id = newId('jti', random)
    const record = (outcome: Pick<AuditEvent, 'result' | 'reason'>, learned: AuditEvent['details'] = {}) =>
      store.audit.append({
        at: new Date(now).toISOString(),
        organization: connection.organization,
        project: connection.project,
        actor: 'system',
        action: 'issuer.issue',
        target: connection.name,
        ...outcome,
        details: { token: id, audience, ofStranger, ...learned },
      })
    if (connection.state === 'disabled') {
      await record({ result: 'refused', reason: 'connection.disabled' })
      throw disabled(connection)
    }
    const holder = ofStranger ? { ...connection, id: newId('conn', random) } : connection
    const signer = await keyring.signer()
    const token = await signToken({ issuer, audience, holder, id, now }, signer)
    // Awaited before the token is handed out: nothing happens unrecorded.
    await record({ result: 'ok' }, { subject: connectionSubject(holder), key: signer.id, expiresAt: new Date(tokenEnd(now)).toISOString() })
    return token
  }

  return {
    issue: (request, signal) => {
      signal.throwIfAborted()
      return issue(request)
    },
    discovery: () => discoveryDocument(requireUrl()),
    async keys() {
      requireUrl()
      return keySet(publishedKeys(await keyring.keys(), clock.now()))
    },
    show: () => view(),
    async rotate(caller, { withdraw }) {
      requireUrl()
      if (withdraw && mode.multiOrganization)
        throw accessError('issuer.shared', { message: 'The keys of the issuer are those of every organization of this installation.' })
      await keyring.rotate(withdraw ? 'withdraw' : 'next', { actor: caller.actor, requestId: caller.requestId })
      return view()
    },
  }
}

/** The connection that the subject names, if it is that connection's in every part. */
async function holderOf({ store }: Pick<IssuerDeps, 'store'>, subject: string): Promise<Connection> {
  const id = subjectConnectionId(subject)
  const connection = id === undefined ? undefined : await store.connections.getById(id)
  if (connection !== undefined && connectionSubject(connection) === subject) return connection
  throw accessError('issuer.unknown_subject', { message: 'There is no connection that this token could be of.' })
}

/** Times that are known, as ISO. */
function ends(times: { readonly signsUntil: number | undefined; readonly publishedUntil: number | undefined }) {
  const known = Object.entries(times).filter((entry): entry is [string, number] => entry[1] !== undefined)
  return Object.fromEntries(known.map(([name, time]) => [name, new Date(time).toISOString()]))
}
