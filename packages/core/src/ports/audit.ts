/** Who did what, where, with which result. Never holds a secret, an external id or a signed URL. */
export interface AuditEvent {
  readonly at: string
  readonly organization: string
  readonly project: string
  /** `token:<id>`, `system`. */
  readonly actor: string
  /** Noun and verb: `connection.create`, `lease.mint`, `check.run`, `sql.query`. */
  readonly action: string
  readonly target: string
  readonly result: 'ok' | 'refused' | 'failed'
  readonly reason?: string
  readonly details: { readonly [key: string]: string | number | boolean }
  readonly requestId?: string
}
