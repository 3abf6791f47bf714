import type { Answer } from '../http/answer.ts'
import type { LabRequest } from '../http/request.ts'
import type { AwsError } from './error.ts'
import type { AwsState } from './state/types.ts'

/** One request on its way through a service. */
export interface Call {
  readonly state: AwsState
  readonly request: LabRequest
  /** Waits for as long as a slow link would take over that many bytes. */
  readonly pace: (bytes: number) => Promise<void>
  /** Tells the request log who asked. */
  readonly identified: (principalArn: string) => void
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
