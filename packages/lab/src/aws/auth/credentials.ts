import type { AwsState, Session } from '../state/types.ts'

/** An access key the lab issued, with the secret that verifies signatures and whom it stands for. */
export interface Credential {
  readonly accessKeyId: string
  readonly secret: string
  readonly accountId: string
  readonly holder:
    | { readonly kind: 'root' }
    | { readonly kind: 'user'; readonly userName: string }
    | { readonly kind: 'session'; readonly session: Session }
}

/** Finds an access key: undefined when nobody holds it, or when the role or user behind it is gone. */
export function findCredential(state: AwsState, accessKeyId: string): Credential | undefined {
  const session = state.sessions.get(accessKeyId)
  if (session) return sessionCredential(state, session)
  for (const account of state.accounts.values()) {
    const key = account.accessKeys.get(accessKeyId)
    if (!key) continue
    return {
      accessKeyId,
      secret: key.secret,
      accountId: account.id,
      holder: key.userName === '' ? { kind: 'root' } : { kind: 'user', userName: key.userName },
    }
  }
  return undefined
}

function sessionCredential(state: AwsState, session: Session): Credential | undefined {
  const { identity, accountId } = session
  const account = state.accounts.get(accountId)
  // A session does not outlive its role: one made again under the same name is another role.
  const alive =
    identity.kind === 'role' ? account?.roles.latest(identity.roleName)?.id === identity.roleId : account?.users.latest(identity.userName)
  return alive ? { accessKeyId: session.accessKeyId, secret: session.secret, accountId, holder: { kind: 'session', session } } : undefined
}
