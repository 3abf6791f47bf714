import { AccessError, asAccessError, ERROR_CODES, REASONS, type ErrorCode, type ProviderError } from '@sluice/core'
import { z } from 'zod'

const codes = Object.keys(ERROR_CODES)

const providerSchema: z.ZodType<ProviderError> = z.object({
  operation: z.string(),
  status: z.number().exactOptional(),
  code: z.string().exactOptional(),
  message: z.string().exactOptional(),
  requestId: z.string().exactOptional(),
  region: z.string().exactOptional(),
})

/** What the cloud itself said. */
export const providerErrorSchema = providerSchema.meta({ id: 'ProviderError', description: 'What the cloud itself said.' })

/** An error on the wire: RFC 9457, with what a program and a person do about it. */
export const problemSchema = z
  .object({
    type: z.string().meta({ description: 'urn:sluice:error: and the reason.' }),
    title: z.string().meta({ description: 'What is always true of this reason.' }),
    status: z.number().int(),
    detail: z.string().meta({ description: 'What happened this time.' }),
    code: z
      .custom<ErrorCode>((value) => typeof value === 'string' && codes.includes(value))
      .meta({ type: 'string', enum: codes, description: 'What a program does about it.' }),
    reason: z.string().meta({ description: 'Stable and documented, for example aws.trust.refused.' }),
    remedy: z.string().meta({ description: 'What a person does about it.' }),
    retry: z.enum(['never', 'later', 'exhausted']),
    context: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    provider: providerErrorSchema.exactOptional(),
    requestId: z.string(),
  })
  .meta({ id: 'Problem' })

export type Problem = z.output<typeof problemSchema>

/** The wire form of anything thrown. A defect's own words stay in the log: the caller gets the request id to quote. */
export function toProblem(thrown: unknown, requestId: string): Problem {
  const error = asAccessError(thrown)
  const table: { readonly [reason: string]: { readonly meaning: string } } = REASONS
  const internal = error.code === 'internal'
  return {
    type: `urn:sluice:error:${error.reason}`,
    title: table[error.reason]?.meaning ?? ERROR_CODES[error.code].meaning,
    status: ERROR_CODES[error.code].status,
    detail: internal ? 'Sluice met a condition it does not handle.' : error.message,
    code: error.code,
    reason: error.reason,
    remedy: error.remedy,
    retry: error.retry,
    context: internal ? {} : error.context,
    ...(error.provider === undefined || internal ? {} : { provider: error.provider }),
    requestId,
  }
}

/** The error a problem tells of; its context has the request id. */
export function fromProblem(problem: Problem): AccessError {
  return new AccessError(problem.code, {
    reason: problem.reason,
    message: problem.detail,
    remedy: problem.remedy,
    retry: problem.retry,
    context: { ...problem.context, requestId: problem.requestId },
    ...(problem.provider === undefined ? {} : { provider: problem.provider }),
  })
}
