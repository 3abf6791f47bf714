/** Who we are to each cloud. A cloud that is absent has no identity of ours: its role method is refused. */
export interface Platform {
  readonly aws?: AwsPlatform
  readonly gcp?: GcpPlatform
  readonly azure?: AzurePlatform
  readonly aliyun?: AliyunPlatform
  /** Sluice as OpenID Connect issuer, which customers of every cloud can trust instead of an identity of ours. */
  readonly issuer?: IssuerPlatform
  /** Regions in which the platform's own servers run, for `sameRegion`. */
  readonly regions: readonly string[]
  /** Public addresses our requests come from, for network conditions: CIDR blocks. */
  readonly egressAddresses: readonly string[]
}

export interface IssuerPlatform {
  /** `https://sluice.example.com`, without a slash at its end: the `iss` of every token, below which the discovery document lies. */
  readonly url: string
}

export interface GcpPlatform {
  /**
   * The service account of ours that customers grant. `{project}` in it stands for the project, where each has one of its own;
   * without it every project shares one, which an installation of several organizations refuses.
   */
  readonly serviceAccount: string
}

export interface AzurePlatform {
  /** The managed identity we run as. */
  readonly clientId: string
  /** Object id of its service principal: what role assignments name. */
  readonly objectId: string
  readonly tenantId: string
}

export interface AliyunPlatform {
  /** The RAM user or role of ours that customers trust: `acs:ram::1234567890123456:role/sluice`. */
  readonly principalArn: string
  readonly accountId: string
  /** Region whose STS endpoint we call: `cn-hangzhou`. */
  readonly stsRegion: string
  /** Bucket of OSS that setup templates are published to, and its region. */
  readonly templateBucket?: { readonly name: string; readonly region: string }
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
