/** Who asks something of Google Cloud. */
export type GoogleIdentity =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'service-account'; readonly email: string }
  | { readonly kind: 'user'; readonly email: string }
  | {
      /** Who came with the token of another issuer, through a workload identity pool. */
      readonly kind: 'federated'
      /** `projects/123/locations/global/workloadIdentityPools/sluice` */
      readonly pool: string
      /** What the provider maps to google.subject. */
      readonly subject: string
      /** What it maps to google.groups. */
      readonly groups?: readonly string[]
      /** What it maps to `attribute.NAME`, by NAME. */
      readonly attributes?: { readonly [name: string]: string }
    }

/** The identity as a policy names it: `serviceAccount:…`, `principal://…`. undefined for nobody. */
export function googleMember(identity: GoogleIdentity): string | undefined {
  switch (identity.kind) {
    case 'anonymous':
      return undefined
    case 'service-account':
      return `serviceAccount:${identity.email}`
    case 'user':
      return `user:${identity.email}`
    default:
      return `principal://iam.googleapis.com/${identity.pool}/subject/${identity.subject}`
  }
}
