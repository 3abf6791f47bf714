import type { CloudCall, Identified as OfService } from '../http/cloud.ts'
import type { AwsError } from './error.ts'
import type { AwsState } from './state/types.ts'

/** One request on its way through a service. */
export interface Call extends CloudCall {
  readonly state: AwsState
}

/** A request whose operation is known. */
export type Identified = OfService<AwsError, Call>
