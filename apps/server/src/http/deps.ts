import type { Clock, Location } from '@sluice/core'
import type { Services } from '@sluice/service'
import type { Log } from '../log.ts'

/** Who a token speaks for. */
export interface Identity {
  readonly organization: string
  readonly project: string
  /** `token:<id>` */
  readonly actor: string
}

/** The use cases, and how their locations are written. */
export interface Parts {
  readonly services: Services
  /** The canonical URL of a location, as its cloud writes it. */
  readonly locationUrl: (location: Location) => string
  /** The name of a connection that something of the same project refers to. */
  readonly connectionName: (id: string) => Promise<string | undefined>
}

/** What the HTTP application needs: the use cases, and a way to tell who asks. */
export interface AppDeps {
  /** Loaded on first use: a server is healthy before it has read all of its code. */
  readonly parts: () => Promise<Parts>
  /** Undefined: a token nobody issued. */
  readonly authenticate: (token: string) => Promise<Identity | undefined>
  readonly newRequestId: () => string
  readonly version: string
  /** Sluice's URL as OpenID Connect issuer. */
  readonly issuerUrl: string | undefined
  readonly log: Log
  readonly clock: Clock
  readonly limits: {
    readonly bodyBytes: number
    /** How long a request that does not stream may take. */
    readonly requestMs: number
    /** How often a silent stream says that it is alive. */
    readonly heartbeatMs: number
  }
  /** Aborted when the server stops waiting for what still runs. */
  readonly stopping: AbortSignal
}
