import type { GcpState } from '../gcp/state/types.ts'

/** What the lab shows of its Google Cloud: no private keys, no tokens, no bytes of objects. */
export function gcpView(state: GcpState) {
  const policies = state.policies.names().map((name) => ({
    on: name,
    bindings: state.policies.latest(name)?.bindings ?? [],
    visible: state.policies.visible(name) === state.policies.latest(name),
  }))
  return {
    iamDelayMs: state.iamDelayMs,
    projects: [...state.projects.values()].map(({ id, number }) => ({ id, number })),
    policies,
    buckets: [...state.buckets.values()].map(({ objects, ...bucket }) => ({ ...bucket, objects: objects.size })),
    serviceAccounts: [...state.serviceAccounts.values()].map((account) => ({
      email: account.email,
      uniqueId: account.uniqueId,
      disabled: account.disabled,
      keys: [...account.keys.values()].map(({ id, manager, disabled, createdAt, validBefore }) => ({
        id,
        manager,
        disabled,
        createdAt: new Date(createdAt).toISOString(),
        validBefore: new Date(validBefore).toISOString(),
      })),
    })),
    pools: [...state.pools.values()].map(({ providers, ...pool }) => ({ ...pool, providers: [...providers.values()] })),
    roles: state.roles.names().map((name) => ({
      ...state.roles.latest(name),
      visible: state.roles.visible(name) === state.roles.latest(name),
    })),
    kmsKeys: [...state.kmsKeys.values()],
    openUploads: [...state.uploads.values()]
      .filter((upload) => upload.state.kind === 'open')
      .map(({ bucket, key, size }) => ({ bucket, key, size })),
  }
}
