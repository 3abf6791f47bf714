/** What Google words alike: a role that is missing, a condition, a deny policy, a boundary of the principal, and a grant that is on its way. */
export const GCP_TOLD_ALIKE = {
  /** Nothing works. */
  nothing: ['gcs.perm.list', 'gcs.perm.missing', 'gcs.cond', 'gcs.deny_policy', 'gcs.pab', 'gcs.propagation'],
  /** Objects work, listing does not. */
  listing: ['gcs.perm.list', 'gcs.cond', 'gcs.deny_policy', 'gcs.propagation'],
  /** Some of what is done with objects works. */
  object: ['gcs.perm.missing', 'gcs.cond', 'gcs.deny_policy', 'gcs.propagation'],
  /** Objects work, the bucket's own settings do not. */
  bucket: ['gcs.perm.buckets_get', 'gcs.cond', 'gcs.deny_policy', 'gcs.propagation'],
  /** Writing works where nothing is replaced. */
  overwrite: ['gcs.perm.overwrite_delete', 'gcs.perm.missing', 'gcs.cond', 'gcs.deny_policy', 'gcs.propagation'],
  /** A deleted key and one that has ended. */
  key: ['gcs.key.invalid', 'gcs.key.expired'],
  account: ['gcs.sa_missing', 'gcs.sa_disabled'],
  /** Whether there is an account is not told to who may not act as it. */
  acting: ['gcs.impersonation', 'gcs.sa_missing'],
  /** Google calls a token stale whose time has not come, and one whose time is over. */
  stale: ['gcs.federation.token', 'gcs.clock'],
  token: ['gcs.token', 'gcs.sa_missing', 'gcs.sa_disabled'],
} as const satisfies { readonly [name: string]: readonly string[] }
