/** An access token of Google's. */
export interface GoogleToken {
  readonly token: string
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}
