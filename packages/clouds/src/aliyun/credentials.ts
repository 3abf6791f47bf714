/** An AccessKey of Alibaba Cloud, with the security token when it is temporary. */
export interface AliyunCredentials {
  readonly accessKeyId: string
  readonly accessKeySecret: string
  readonly securityToken?: string
  /** Milliseconds since the epoch; absent where no end is known. */
  readonly expiresAt?: number
}

/** The parts of a credential that nothing may repeat. */
export function secretsOf(credentials: AliyunCredentials | undefined): readonly string[] {
  return [credentials?.accessKeySecret, credentials?.securityToken].filter((secret) => secret !== undefined)
}
