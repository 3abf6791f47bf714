import { jsonAnswer, type Answer } from '../http/answer.ts'
import type { GoogleError } from './error.ts'

/** An error as the Storage JSON API words it. https://cloud.google.com/storage/docs/json_api/v1/status-codes */
export function refuseStorage(error: GoogleError): Answer {
  const { status, code, message, location } = error
  const first = { message, domain: 'global', reason: code, ...(location ? { locationType: location[0], location: location[1] } : {}) }
  return { ...jsonAnswer({ error: { code: status, message, errors: [first] } }, { ...JSON_HEADERS, ...error.headers }, status), code }
}

/** An error as Google's other APIs word it. https://cloud.google.com/apis/design/errors */
export function refuseApi(error: GoogleError): Answer {
  const { status, code, message, details } = error
  const body = { code: status, message, status: code, ...(details.length === 0 ? {} : { details }) }
  return { ...jsonAnswer({ error: body }, { ...JSON_HEADERS, ...error.headers }, status), code }
}

/** An error as OAuth words it. https://www.rfc-editor.org/rfc/rfc6749#section-5.2 */
export function refuseOAuth(error: GoogleError): Answer {
  const { status, code, message } = error
  return { ...jsonAnswer({ error: code, error_description: message }, { ...JSON_HEADERS, ...error.headers }, status), code }
}

const JSON_HEADERS = { 'content-type': 'application/json; charset=UTF-8' }
