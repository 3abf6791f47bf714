import type { Answer } from '../http/answer.ts'
import type { CloudCall } from '../http/cloud.ts'
import type { GoogleError } from './error.ts'
import type { GcpState } from './state/types.ts'

/** One request on its way through a service. */
export interface Call extends CloudCall {
  readonly state: GcpState
}

/** A request whose operation is known. */
export interface Identified {
  /** `gcs.objects.get` */
  readonly operation: string
  readonly bucket?: string
  readonly key?: string
  run(call: Call): Promise<Answer>
  /** Words an error the way this service does. */
  refuse(error: GoogleError): Answer
}
