/** The policy layers, of any cloud, that an answer can name. */
export type ClueLayer =
  | 'identity'
  | 'resource'
  | 'session'
  | 'boundary'
  | 'scp'
  | 'rcp'
  | 'vpc-endpoint'
  | 'key'
  | 'trust'
  | 'acl'
  | 'network'
  | 'credential'

/** What one answer of a cloud tells, whatever printed it. Absent: it does not say. Never holds a secret. */
export interface Clue {
  readonly status?: number
  readonly code?: string
  /** The cloud's own words, out of whatever wrapped them. */
  readonly text?: string
  /** The operation that the wrapping names. */
  readonly operation?: string
  readonly layer?: ClueLayer
  readonly effect?: 'implicit' | 'explicit'
  /** The permission that the text names; not always the one asked for. */
  readonly action?: string
  readonly resource?: string
  readonly principal?: string
  /** The policy that the text names. */
  readonly policy?: string
  /** The region or endpoint that would have been right, where the answer says. */
  readonly region?: string
  readonly endpoint?: string
  readonly requestId?: string
  /** Further fields by name, as the body had them: EC, MaxAllowedSkewMilliseconds, AuthenticationErrorDetail … */
  readonly fields: { readonly [name: string]: string }
}
