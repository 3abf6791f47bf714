import type { Observation } from './case.ts'

/** The name of an operation without its service, in one case. */
export function operationWord(given: string): string {
  // What stands behind the name says how it was tried: "AssumeRole without external id".
  const name = given.trim().split(/[\s(,]/)[0] ?? ''
  return name
    .slice(Math.max(name.lastIndexOf('.'), name.lastIndexOf(':')) + 1)
    .replaceAll(/[^A-Za-z0-9]/g, '')
    .toLowerCase()
}

/** Whether a request says of itself that it was sent without the external id that was agreed, or with a wrong one. */
export function saysWithoutId({ operation = '', target = '', message = '' }: Observation): boolean {
  return /(without|no|wrong|random|another|invalid)[ _-]*(an?[ _-]*)?external[ _-]*id/i.test(`${operation} ${target} ${message}`)
}
