/** Who we are to each cloud. A cloud that is absent has no identity of ours: its role method is refused. */
export interface Platform {
  readonly aws?: AwsPlatform
  /** Regions in which the platform's own servers run, for `sameRegion`. */
  readonly regions: readonly string[]
  /** Public addresses our requests come from, for network conditions: CIDR blocks. */
  readonly egressAddresses: readonly string[]
}

export interface AwsPlatform {
  /** The principal a customer trusts: a role or user ARN of ours. */
  readonly principalArn: string
  readonly accountId: string
  /** `account` trusts the account root, narrowed by aws:PrincipalArn; `principal` names the exact role. */
  readonly trust: 'account' | 'principal'
  readonly partition: 'aws' | 'aws-cn' | 'aws-us-gov'
  /** Region whose STS endpoint we call. */
  readonly stsRegion: string
  /** Bucket the setup templates are published to, and its region; absent: quick-create links are not offered. */
  readonly templateBucket?: { readonly name: string; readonly region: string }
}
