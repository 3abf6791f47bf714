import type { Answer } from './answer.ts'
import type { LabRequest } from './request.ts'

/** An error as any cloud can word it. */
export interface Refusal {
  readonly status: number
  readonly code: string
  readonly message: string
}

/** What a request gets to know and to tell while it is answered. */
export interface CloudCall {
  readonly request: LabRequest
  /** Waits for as long as a slow link would take over that many bytes. */
  readonly pace: (bytes: number) => Promise<void>
  /** Tells the request log who asked. */
  readonly identified: (principal: string) => void
}

/** A request whose operation is known. */
export interface CloudOperation {
  /** `s3.GetObject`, `gcs.objects.get` */
  readonly operation: string
  readonly bucket?: string
  readonly key?: string
  /** Answers it. What it throws as this cloud's own error is worded by it too; anything else is a defect of the lab. */
  run(call: CloudCall): Promise<Answer>
  /** Words an error the way this service does. */
  refuse(error: Refusal): Answer
  /** Headers that every answer of the cloud carries. */
  headers(requestId: string): { readonly [name: string]: string }
}

/** One cloud of the lab, as its front desk knows it. */
export interface LabCloud {
  /** Finds what a request asks for; undefined for one that is another cloud's. */
  identify(request: LabRequest): Promise<CloudOperation | undefined>
}

/** A request as a service of a cloud knows it: it words its cloud's own errors alone. */
export interface Identified<CloudError extends Error, Call extends CloudCall = CloudCall> {
  /** `s3.GetObject`, `gcs.objects.get` */
  readonly operation: string
  readonly bucket?: string
  readonly key?: string
  run(call: Call): Promise<Answer>
  /** Words an error the way this service does. */
  refuse(error: CloudError): Answer
}

/** The request as the front desk takes it: whatever is thrown as the cloud's own error is worded by the service. */
export function cloudOperation<CloudError extends Error>(
  found: Identified<CloudError>,
  ownError: new (status: number, code: string, message: string) => CloudError,
  headers: CloudOperation['headers'],
): CloudOperation {
  return {
    ...found,
    headers,
    refuse: ({ status, code, message }) => found.refuse(new ownError(status, code, message)),
    run: async (call) => {
      try {
        return await found.run(call)
      } catch (error) {
        if (error instanceof ownError) return found.refuse(error)
        throw error
      }
    },
  }
}
