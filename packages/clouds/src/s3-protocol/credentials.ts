/** A key pair of AWS, with the session token when it is temporary. */
export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  /** Milliseconds since the epoch; absent where no end is known. */
  readonly expiresAt?: number
}
