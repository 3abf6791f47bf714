import { ACCESSES, type Access } from '../access.ts'
import type { BlobLevel } from './blob-operations.ts'
import type { Sas } from './sas.ts'

/** What a look at a SAS finds before anything is asked of Azure. `blocks` keeps it from working for what it is wanted for. */
export type SasFinding =
  | { readonly kind: 'expired'; readonly severity: 'blocks'; readonly expiresAt: number }
  | { readonly kind: 'not-yet-valid'; readonly severity: 'blocks'; readonly startsAt: number }
  | { readonly kind: 'never-valid'; readonly severity: 'blocks'; readonly startsAt: number; readonly expiresAt: number }
  /** The key behind a user-delegation SAS ends before it, or has ended. */
  | { readonly kind: 'key-expired'; readonly severity: 'blocks' | 'warns'; readonly expiresAt: number }
  | { readonly kind: 'letters-missing'; readonly severity: 'blocks'; readonly letters: string; readonly for: readonly Access[] }
  | { readonly kind: 'letters-excess'; readonly severity: 'warns'; readonly letters: string }
  | { readonly kind: 'service-missing'; readonly severity: 'blocks'; readonly services: string }
  | { readonly kind: 'services-excess'; readonly severity: 'warns'; readonly services: string }
  | {
      readonly kind: 'resource-types-missing'
      readonly severity: 'blocks'
      readonly resourceTypes: string
      readonly for: readonly Access[]
    }
  | { readonly kind: 'resource-types-excess'; readonly severity: 'warns'; readonly resourceTypes: string }
  /** It is for one blob, a snapshot or a version, and more is wanted. */
  | { readonly kind: 'resource-too-small'; readonly severity: 'blocks'; readonly resource: string }
  | { readonly kind: 'whole-account'; readonly severity: 'warns' }
  | { readonly kind: 'allows-http'; readonly severity: 'warns' }
  /** Where the caller's own addresses are known, none of them being admitted blocks. */
  | { readonly kind: 'addresses'; readonly severity: 'blocks' | 'warns'; readonly first: string; readonly last: string }
  | { readonly kind: 'lives-long'; readonly severity: 'warns'; readonly expiresAt: number }
  /** Letters or times stand in a stored access policy of the container, which cannot be seen. */
  | { readonly kind: 'stored-policy'; readonly severity: 'warns'; readonly policy: string }

/** What a SAS is wanted for. */
export interface SasNeed {
  readonly accesses: readonly Access[]
  /** Whether one blob alone is wanted: a SAS for a blob is enough then. */
  readonly oneBlob: boolean
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Whether all our addresses are admitted, some, or none; absent where ours are not known. */
  readonly admitted?: 'all' | 'some' | 'none'
}

/** The letter an access needs. Creating alone (`c`) is not writing: uploads in blocks and overwriting need `w`. */
const LETTERS: { readonly [access in Access]: string } = { list: 'l', read: 'r', write: 'w', delete: 'd' }

/** Letters that give no more than those of an access: who may write may create and append, who may read may see properties. */
const COVERED: { readonly [access in Access]: string } = { list: 'l', read: 're', write: 'wca', delete: 'd' }

const LEVELS: { readonly [access in Access]: BlobLevel } = { list: 'container', read: 'object', write: 'object', delete: 'object' }

const YEAR = 366 * 24 * 60 * 60 * 1000

/** Holds a SAS against what it is wanted for. No request is made: everything but the signature is there to read. */
export function reviewSas(sas: Sas, need: SasNeed): readonly SasFinding[] {
  return [...timeFindings(sas, need), ...scopeFindings(sas, need), ...letterFindings(sas, need), ...networkFindings(sas, need)]
}

function timeFindings(sas: Sas, { now }: SasNeed): readonly SasFinding[] {
  const findings: SasFinding[] = []
  const { startsAt, expiresAt } = sas
  if (startsAt !== undefined && expiresAt !== undefined && startsAt >= expiresAt)
    return [{ kind: 'never-valid', severity: 'blocks', startsAt, expiresAt }]
  if (expiresAt !== undefined && expiresAt <= now) findings.push({ kind: 'expired', severity: 'blocks', expiresAt })
  if (startsAt !== undefined && startsAt > now) findings.push({ kind: 'not-yet-valid', severity: 'blocks', startsAt })
  if (expiresAt !== undefined && expiresAt - now > YEAR) findings.push({ kind: 'lives-long', severity: 'warns', expiresAt })
  if (sas.kind === 'user-delegation') {
    const end = sas.key.expiresAt
    if (end <= now) findings.push({ kind: 'key-expired', severity: 'blocks', expiresAt: end })
    else if (expiresAt !== undefined && end < expiresAt) findings.push({ kind: 'key-expired', severity: 'warns', expiresAt: end })
  }
  return findings
}

function scopeFindings(sas: Sas, need: SasNeed): readonly SasFinding[] {
  if (sas.kind !== 'account') {
    const isSmall = sas.resource !== 'c' && sas.resource !== 'd'
    const isEnough = sas.resource === 'b' && need.oneBlob && !need.accesses.includes('list')
    return isSmall && !isEnough ? [{ kind: 'resource-too-small', severity: 'blocks', resource: sas.resource }] : []
  }
  const findings: SasFinding[] = [{ kind: 'whole-account', severity: 'warns' }]
  if (!sas.services.includes('b')) findings.push({ kind: 'service-missing', severity: 'blocks', services: sas.services })
  const otherServices = sas.services.replaceAll('b', '')
  if (otherServices !== '') findings.push({ kind: 'services-excess', severity: 'warns', services: otherServices })
  const letterOf = (access: Access): string => (LEVELS[access] === 'container' ? 'c' : 'o')
  const blocked = need.accesses.filter((access) => !sas.resourceTypes.includes(letterOf(access)))
  if (blocked.length > 0)
    findings.push({
      kind: 'resource-types-missing',
      severity: 'blocks',
      resourceTypes: unique(blocked.map(letterOf).join('')),
      for: blocked,
    })
  const wanted = need.accesses.map(letterOf).join('')
  const excess = unique(
    Array.from(sas.resourceTypes)
      .filter((letter) => !wanted.includes(letter))
      .join(''),
  )
  if (excess !== '') findings.push({ kind: 'resource-types-excess', severity: 'warns', resourceTypes: excess })
  return findings
}

function letterFindings(sas: Sas, need: SasNeed): readonly SasFinding[] {
  const findings: SasFinding[] = []
  if (sas.kind === 'service' && sas.policy !== undefined) findings.push({ kind: 'stored-policy', severity: 'warns', policy: sas.policy })
  const { permissions } = sas
  // What a stored policy allows cannot be seen. Where the token has letters, the policy must have none.
  if (permissions === undefined) return findings
  const blocked = need.accesses.filter((access) => !permissions.includes(LETTERS[access]))
  if (blocked.length > 0)
    findings.push({
      kind: 'letters-missing',
      severity: 'blocks',
      letters: blocked.map((access) => LETTERS[access]).join(''),
      for: blocked,
    })
  const covered = ACCESSES.filter((access) => need.accesses.includes(access)).map((access) => COVERED[access])
  const excess = unique(
    Array.from(permissions)
      .filter((letter) => !covered.join('').includes(letter))
      .join(''),
  )
  if (excess !== '') findings.push({ kind: 'letters-excess', severity: 'warns', letters: excess })
  return findings
}

function networkFindings(sas: Sas, { admitted }: SasNeed): readonly SasFinding[] {
  const findings: SasFinding[] = []
  if (sas.protocol !== 'https') findings.push({ kind: 'allows-http', severity: 'warns' })
  if (sas.addresses !== undefined && admitted !== 'all')
    findings.push({ kind: 'addresses', severity: admitted === 'none' ? 'blocks' : 'warns', ...sas.addresses })
  return findings
}

function unique(letters: string): string {
  return [...new Set(letters)].join('')
}
