import type { Answer } from '../http/answer.ts'
import type { CloudCall } from '../http/cloud.ts'
import type { AwsError } from './error.ts'
import type { AwsState } from './state/types.ts'

/** One request on its way through a service. */
export interface Call extends CloudCall {
  readonly state: AwsState
}

/** A request whose operation is known. */
export interface Identified {
  /** `s3.GetObject` */
  readonly operation: string
  readonly bucket?: string
  readonly key?: string
  run(call: Call): Promise<Answer>
  /** Words an error the way this service does. */
  refuse(error: AwsError): Answer
}
