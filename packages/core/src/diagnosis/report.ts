import type { Finding } from '../finding.ts'

/** The things a connection does, in the order in which they are tried. */
export const CAPABILITIES = ['assume', 'list', 'read', 'write', 'delete'] as const
export type Capability = (typeof CAPABILITIES)[number]

/** What was seen of a capability. `skipped`: the connection is not for it. */
export type CapabilityState = 'ok' | 'denied' | 'unknown' | 'skipped'

/** One request of a diagnosis, as it is shown: no secret, no external id, no signature. */
export interface ShownProbe {
  readonly operation: string
  readonly target?: string
  readonly outcome: 'ok' | 'refused' | 'failed' | 'unknown'
  readonly status?: number
  readonly code?: string
  readonly message?: string
  readonly requestId?: string
}

/** What stays open, and what would settle it. */
export interface OpenQuestion {
  /** Codes of causes that cannot be told apart, or one whose presence cannot be seen. */
  readonly causes: readonly string[]
  readonly because: string
  readonly settle?: {
    readonly read: string
    readonly by: 'platform' | 'cloud-admin' | 'data-owner' | 'organization'
    readonly command: string
  }
}

/** What a diagnosis tells as it goes: what it asks for, side by side, in words; the report is last. */
export type DiagnosisEvent =
  | { readonly type: 'probes-started'; readonly asks: readonly string[] }
  | { readonly type: 'report'; readonly report: DiagnosisReport }

/**
 * What is wrong with a connection. `degraded`: part of what it is for works. `inconclusive`: something failed, and nothing seen says why,
 * or nothing was seen at all.
 */
export interface DiagnosisReport {
  readonly verdict: 'ok' | 'degraded' | 'blocked' | 'inconclusive'
  readonly capabilities: { readonly [capability in Capability]: CapabilityState }
  /** The first blocker first; what may still block behind it follows. */
  readonly findings: readonly Finding[]
  /** What works and should not: an open trust, for example. */
  readonly security: readonly Finding[]
  readonly cannotTell: readonly OpenQuestion[]
  readonly probes: readonly ShownProbe[]
  readonly notes: readonly string[]
}
