import type { Sas } from '@sluice/core'

/** Who asks, as far as their credential says. `name` is for the request log. */
export type BlobCaller =
  | { readonly kind: 'anonymous'; readonly name: string }
  | { readonly kind: 'shared-key'; readonly name: string }
  /** `permissions` are those of the token or of its stored access policy. */
  | { readonly kind: 'sas'; readonly name: string; readonly sas: Sas; readonly permissions: string }
  | { readonly kind: 'identity'; readonly name: string; readonly objectId: string }
