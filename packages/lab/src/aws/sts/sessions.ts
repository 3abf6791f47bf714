import { secretKey, sessionToken, uniqueId } from '../state/ids.ts'
import type { AwsState, Session } from '../state/types.ts'

/** Makes temporary credentials and remembers what they stand for. */
export function issueSession(
  state: AwsState,
  input: { readonly accountId: string; readonly seconds: number; readonly identity: Session['identity'] },
): Session {
  const now = state.clock.now()
  const session: Session = {
    accessKeyId: uniqueId(state.random, 'ASIA'),
    secret: secretKey(state.random),
    token: sessionToken(state.random),
    issuedAt: now,
    expiresAt: now + input.seconds * 1000,
    accountId: input.accountId,
    identity: input.identity,
  }
  forgetOld(state)
  state.sessions.set(session.accessKeyId, session)
  return session
}

const DAY_MS = 24 * 3_600_000

// Expired sessions are kept for a while, so that they are told to be expired instead of unknown.
function forgetOld(state: AwsState): void {
  for (const [id, session] of state.sessions) {
    if (session.expiresAt + DAY_MS > state.clock.now()) break
    state.sessions.delete(id)
  }
}
