import type { Explanation } from '../cause.ts'

/** Policies that can refuse a request for data, by the codes of their causes. */
export type PolicyGap =
  | 'oss.ram.missing'
  | 'oss.ram.explicit'
  | 'oss.bp.deny'
  | 'oss.vpc'
  | 'oss.sts.session_policy'
  | 'oss.kms'
  | 'oss.acl.anonymous'
  | 'oss.bpa'
  | 'oss.bucket_foreign'
  | 'oss.control_policy'

export type Gaps = { readonly [gap in PolicyGap]?: Explanation }
