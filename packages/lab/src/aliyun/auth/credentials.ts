import type { AliyunSession, AliyunState } from '../state/types.ts'

/** An access key the lab issued, with the secret that verifies signatures and whom it stands for. */
export interface AliyunCredential {
  readonly accessKeyId: string
  readonly secret: string
  readonly accountId: string
  readonly isActive: boolean
  readonly holder:
    | { readonly kind: 'root' }
    | { readonly kind: 'user'; readonly userName: string }
    | { readonly kind: 'session'; readonly session: AliyunSession }
}

/** Finds an access key: undefined when nobody holds it, or when the role behind it is gone. */
export function findAliyunCredential(state: AliyunState, accessKeyId: string): AliyunCredential | undefined {
  const session = state.sessions.get(accessKeyId)
  if (session) {
    const role = state.accounts.get(session.accountId)?.roles.latest(session.roleName.toLowerCase())
    // A session does not outlive its role: one made again under the same name is another role.
    if (role?.id !== session.roleId) return undefined
    const { secret, accountId } = session
    return { accessKeyId, secret, accountId, isActive: true, holder: { kind: 'session', session } }
  }
  for (const account of state.accounts.values()) {
    const key = account.accessKeys.get(accessKeyId)
    if (!key) continue
    return {
      accessKeyId,
      secret: key.secret,
      accountId: account.uid,
      isActive: key.status === 'Active',
      holder: key.userName === '' ? { kind: 'root' } : { kind: 'user', userName: key.userName },
    }
  }
  return undefined
}
