import type { Failure } from '../failure.ts'
import { speechOf } from '../speech.ts'

/** Entra ID's numbers for what is wrong, by the causes they come to. https://learn.microsoft.com/entra/identity-platform/reference-error-codes */
const NUMBERS: { readonly [cause: string]: readonly string[] } = {
  'azure.federation': ['70021', '700211', '700212', '700213', '700214', '7002138', '700030'],
  'azure.issuer': ['50166', '501661', '90061', '50013', '50027', '700027', '7000272', '5000224'],
  'azure.clock': ['700024', '500133', '50089'],
  'azure.tenant': ['90002', '900023', '50020', '500212', '500213', '5000811'],
  'azure.app': ['700016', '7000229', '7000112', '50105', '65001', '650052', '650057'],
  'azure.token_audience': ['500011', '500014', '70011', '1002012'],
  'azure.secret': ['7000215', '7000222', '7000216', '50012'],
  'azure.conditional_access': ['53000', '53001', '53003', '530031', '530032', '53004', '50158', '50076', '50079'],
}

const CAUSE_OF = new Map(Object.entries(NUMBERS).flatMap(([cause, numbers]) => numbers.map((number) => [number, cause] as const)))

/** The cause that Entra's number names; undefined for other answers, and for numbers without a cause of their own. */
export function entraCause({ clue }: Failure): string | undefined {
  const number = /^AADSTS(\d+)$/.exec(clue.code ?? '')?.[1]
  return number === undefined ? undefined : CAUSE_OF.get(number)
}

/** Which part of the token no federated credential fits. */
export function mismatchedPart({ clue }: Failure): string | undefined {
  const parts: { readonly [code: string]: string } = {
    AADSTS700211: 'Issuer',
    AADSTS700212: 'Audience',
    AADSTS700213: 'Subject',
    AADSTS7002138: 'Subject',
  }
  return parts[clue.code ?? '']
}

/** Whether the machine's own identity service had no token to give. */
export function isManagedIdentityRefusal(failure: Failure): boolean {
  const speech = speechOf(failure)
  return (
    /managed identit(y|ies)|169\.254\.169\.254|\bIMDS\b|identity not found/i.test(speech) &&
    failure.clue.code?.startsWith('AADSTS') !== true
  )
}
