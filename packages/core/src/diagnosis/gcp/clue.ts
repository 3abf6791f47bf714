import type { Observation } from '../case.ts'
import type { Clue } from '../clue.ts'
import { readPrintedError } from '../message/printed-error.ts'

/** How Google names the permission that is missing. https://cloud.google.com/iam/docs/permission-error-messages */
const PERMISSION = [
  /does not have (?:permission )?["']?(?<permission>[a-z]\w*(?:\.\w+){2,3})["']? (?:access|permission)/i,
  /Permission ["']?(?<permission>[a-z]\w*(?:\.\w+){2,3})["']? (?:is )?(?:denied|missing|required)/i,
  /(?:lacks?|missing|requires?|required)(?: the| IAM| following)*(?: permissions?:?)? ["']?(?<permission>[a-z]\w*(?:\.\w+){2,3})\b/i,
  /"permission":\s*"(?<permission>[a-z]\w*(?:\.\w+){2,3})"/,
]

const PRINCIPAL = /(?:^|[\s"'[:(])(?<principal>[\w.+%-]+@[\w.-]+\w|Anonymous caller|Caller)\]? does not have/

/** Words that SDKs put where a code stands. */
const NO_CODE =
  /^(api|gaxios|http|storage|forbidden|permissiondenied|refresh|client|uncaught|error|exception|accessdenied|40[0-9]|undefined)$/i

/** Reads an answer of Google's, or of what prints one. */
export function gcpClue(observation: Observation): Clue {
  const message = observation.message ?? ''
  const printed = readPrintedError(message)
  const status = observation.status ?? printed.status
  const code = [observation.code, printed.code, printed.fields['reason'], printed.fields['status']].find(isCode)
  const details = printed.fields['Details']
  const text = [printed.message, details].filter((one) => one !== undefined).join(' ')
  const words = `${text} ${message}`.replaceAll(/\\+(?=["'])/g, '')
  const permission = PERMISSION.map((pattern) => pattern.exec(words)?.groups?.['permission']).find((found) => found !== undefined)
  const principal = PRINCIPAL.exec(words)?.groups?.['principal']
  const requestId = observation.headers['x-guploader-uploadid'] ?? printed.requestId
  return {
    ...(status === undefined ? {} : { status }),
    ...(code === undefined ? {} : { code }),
    ...(text === '' ? {} : { text }),
    ...(printed.operation === undefined ? {} : { operation: printed.operation }),
    ...(permission === undefined ? {} : { action: permission }),
    ...(principal === undefined ? {} : { principal }),
    ...(requestId === undefined ? {} : { requestId }),
    fields: printed.fields,
  }
}

function isCode(code: string | undefined): boolean {
  return code !== undefined && !NO_CODE.test(code)
}
