/** Randomness as an argument. */
export interface Random {
  /** `length` cryptographically random bytes. */
  bytes(length: number): Uint8Array
  /** Uniform in [0, 1); for jitter, never for secrets. */
  fraction(): number
}
