import type { CloudCall, Identified as OfService } from '../http/cloud.ts'
import type { GoogleError } from './error.ts'
import type { GcpState } from './state/types.ts'

/** One request on its way through a service. */
export interface Call extends CloudCall {
  readonly state: GcpState
}

/** A request whose operation is known. */
export type Identified = OfService<GoogleError, Call>
