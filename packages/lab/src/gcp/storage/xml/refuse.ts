import { xmlAnswer, type Answer } from '../../../http/answer.ts'
import type { GoogleError } from '../../error.ts'

/** How the XML API calls what the JSON API gives as a reason, with its general words; the particular ones become details. */
const CODES: { readonly [reason: string]: readonly [code: string, message: string] } = {
  authError: ['AuthenticationRequired', 'Authentication required.'],
  forbidden: ['AccessDenied', 'Access denied.'],
  conditionNotMet: ['PreconditionFailed', 'At least one of the pre-conditions you specified did not hold.'],
  invalid: ['InvalidArgument', 'Invalid argument.'],
  requestedRangeNotSatisfiable: ['InvalidRange', 'The requested range cannot be satisfied.'],
  retentionPolicyNotMet: ['RetentionPolicyNotMet', 'Object is subject to a retention policy.'],
  vpcServiceControls: ['SecurityPolicyViolated', 'Request violates VPC Service Controls.'],
  accountDisabled: ['UserProjectAccountProblem', 'The project to be billed is associated with an absent billing account.'],
  UNIMPLEMENTED: ['NotImplemented', 'The lab does not implement this.'],
}

/** An error as the XML API words it. https://cloud.google.com/storage/docs/xml-api/reference-status */
export function refuseXml(error: GoogleError): Answer {
  const { code, message, details } = wordsOf(error)
  // Without a credential the XML API says 403, where the JSON API says 401.
  const status = error.code === 'required' && error.status === 401 ? 403 : error.status
  const answer = xmlAnswer(
    ['Error', [['Code', code], ['Message', message], ...(details === undefined ? [] : [['Details', details] as const])]],
    { 'content-type': 'application/xml; charset=UTF-8', ...error.headers },
    status,
  )
  return { ...answer, code }
}

function wordsOf({ status, code, message }: GoogleError): { readonly code: string; readonly message: string; readonly details?: string } {
  if (code === 'notFound' && message.startsWith('No such object'))
    return { code: 'NoSuchKey', message: 'The specified key does not exist.', details: message }
  if (code === 'notFound') return { code: 'NoSuchBucket', message: 'The specified bucket does not exist.' }
  if (code === 'required' && status === 400) return { code: 'UserProjectMissing', message }
  if (code === 'required') return { code: 'AccessDenied', message: 'Access denied.', details: message }
  const known = CODES[code]
  return known ? { code: known[0], message: known[1], details: message } : { code, message }
}
