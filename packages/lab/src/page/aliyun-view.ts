import type { AliyunAccount, AliyunState } from '../aliyun/state/types.ts'

/** What the lab shows of its Alibaba Cloud: no secrets of access keys, no tokens, no bytes of objects. */
export function aliyunView(state: AliyunState) {
  return {
    ramDelayMs: state.ramDelayMs,
    accounts: [...state.accounts.values()].map((account) => ({
      uid: account.uid,
      name: account.name,
      users: usersOf(account),
      roles: rolesOf(account),
      policies: [...account.policies.values()].map(({ name, document }) => ({ name, document })),
      oidcProviders: [...account.oidcProviders.values()],
    })),
    buckets: [...state.buckets.values()].map(({ objects, ...bucket }) => ({ ...bucket, objects: objects.size })),
    keys: [...state.keys.values()].map(({ arn, state: keyState }) => ({ arn, state: keyState })),
    openUploads: [...state.uploads.values()].map(({ id, bucket, key }) => ({ id, bucket, key })),
  }
}

function usersOf({ users, accessKeys }: AliyunAccount) {
  return users.latestValues().map(({ name, id, attached }) => ({
    name,
    id,
    attached,
    accessKeys: [...accessKeys.values()].filter((key) => key.userName === name).map((key) => ({ id: key.id, status: key.status })),
  }))
}

function rolesOf({ roles }: AliyunAccount) {
  return roles.names().flatMap((name) => {
    const role = roles.latest(name)
    if (!role) return []
    const { arn, id, trust, attached, maxSessionDuration } = role
    return [{ arn, id, trust, attached, maxSessionDuration, visible: roles.visible(name) === role }]
  })
}
