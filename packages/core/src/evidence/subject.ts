import type { Access } from '../access.ts'

/** Whose configuration is to be read: what a connection, or somebody on the command line, says of it. */
export interface EvidenceSubject {
  readonly cloud: 'aws' | 'gcp' | 'azure' | 'aliyun'
  readonly method?: string
  readonly principal?: string
  readonly roleArn?: string
  /** The id of a key pair, which is no secret. */
  readonly accessKeyId?: string
  /** The id of an application of the customer's tenant, as which Sluice comes in. */
  readonly clientId?: string
  readonly location?: string
  readonly access?: readonly Access[]
  /** Where the bucket is, as far as it is known. */
  readonly region?: string
  /** Keys that encrypt it, by their full names, beside those that the bucket itself names. */
  readonly keys?: readonly string[]
}
