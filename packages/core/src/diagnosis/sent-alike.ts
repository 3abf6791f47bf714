import type { Observation } from './case.ts'
import { operationWord } from './operation-word.ts'

/** Headers of a case that were sent, whatever was answered: with another of them it is another request. */
const SENT = ['x-amz-acl', 'x-amz-request-payer', 'x-amz-expected-bucket-owner', 'x-amz-create-session-mode']

/** What was sent with a write; of other requests it is what was answered. */
const SENT_WITH_WRITES = 'x-amz-server-side-encryption'

/** Whether two requests were sent alike, as far as a case shows what was sent. */
export function isSentAlike(a: Observation, b: Observation): boolean {
  const isWrite = /^(put|create|copy|upload)/.test(operationWord(a.operation ?? ''))
  const names = isWrite ? [...SENT, SENT_WITH_WRITES] : SENT
  return names.every((name) => a.headers[name] === b.headers[name])
}
