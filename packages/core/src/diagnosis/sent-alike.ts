import type { Observation } from './case.ts'

/** Headers of a case that were sent, whatever was answered: with another of them it is another request. */
const SENT = ['x-amz-acl', 'x-amz-request-payer', 'x-amz-expected-bucket-owner', 'x-amz-create-session-mode']

/** Whether two requests were sent alike, as far as a case shows what was sent. */
export function isSentAlike(a: Observation, b: Observation): boolean {
  return SENT.every((name) => a.headers[name] === b.headers[name])
}
