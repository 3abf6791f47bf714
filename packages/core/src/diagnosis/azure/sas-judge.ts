import type { Access } from '../../access.ts'
import type { BlobOperation } from '../../azure/blob-operations.ts'
import { sasAllows } from '../../azure/sas-allows.ts'
import { reviewSas } from '../../azure/sas-review.ts'
import type { Text } from '../cause.ts'
import type { Facts } from '../facts.ts'
import { said } from '../said.ts'
import { isFolder, locationOf } from './place.ts'
import { fieldBeforeItsVersion, type ShownSas } from './sas-token.ts'

/** What of a SAS keeps a request out, by the codes of the causes. */
export type SasGap =
  | 'azure.sas.time'
  | 'azure.sas.perm'
  | 'azure.sas.srt'
  | 'azure.sas.ss'
  | 'azure.sas.sr'
  | 'azure.sas.sig_encoding'
  | 'azure.sas.sig_key'
  | 'azure.sas.version'

export interface SasFault {
  readonly gap: SasGap
  readonly evidence: Text
  readonly values?: { readonly [name: string]: string }
}

const MISSING = { service: 'azure.sas.ss', 'resource-type': 'azure.sas.srt', permission: 'azure.sas.perm', scope: 'azure.sas.sr' } as const

/** What the fields of a SAS say against an operation, in the order in which Azure looks at them. */
export function faultOfOperation({ sas, fields }: ShownSas, operation: BlobOperation): SasFault | undefined {
  // Letters that stand in a stored access policy are not in the token.
  if (sas === undefined || (sas.permissions === undefined && fields.has('si'))) return undefined
  const verdict = sasAllows(sas, operation)
  if (verdict.allowed) return undefined
  return { gap: MISSING[verdict.missing], ...wordsOf(MISSING[verdict.missing], fields, verdict.letters) }
}

/** What a SAS says against whatever it is used for: its times, its form, where it is for. */
export function generalFault(shown: ShownSas, facts: Facts): SasFault | undefined {
  return faultOfFields(shown, facts.now) ?? faultOfPlace(shown, facts)
}

/** The URL that a SAS stands in says what it was signed for, if not for the whole account. */
function faultOfPlace({ place, fields }: ShownSas, facts: Facts): SasFault | undefined {
  const location = locationOf(facts)
  if (!fields.has('sr') || !place?.container || !location?.container) return undefined
  if (place.container === location.container) return undefined
  return {
    gap: 'azure.sas.sr',
    evidence: said(
      `The SAS stands in a URL of ${place.container}; the connection is for ${location.container}.`,
      `SAS 所在的 URL 属于 ${place.container};连接的位置是 ${location.container}。`,
    ),
    values: { sr: fields.get('sr') ?? '-' },
  }
}

function faultOfFields(shown: ShownSas, now: number | undefined): SasFault | undefined {
  const { sas, fields, problem, signature } = shown
  if (signature === 'decoded')
    return { gap: 'azure.sas.sig_encoding', evidence: said('sig has blanks where plus signs were.', 'sig 中的加号变成了空格。') }
  if (signature === 'encoded')
    return { gap: 'azure.sas.sig_encoding', evidence: said('sig is percent-encoded twice.', 'sig 被百分号编码了两次。') }
  const early = fieldBeforeItsVersion(shown)
  if (early !== undefined)
    return {
      gap: 'azure.sas.version',
      evidence: said(
        `${early.field} is known since ${early.version}; sv is ${fields.get('sv') ?? ''}.`,
        `${early.field} 自 ${early.version} 起支持;sv 为 ${fields.get('sv') ?? ''}。`,
      ),
    }
  if (sas === undefined)
    return problem === undefined
      ? undefined
      : { gap: 'azure.sas.sig_encoding', evidence: said(`The SAS was changed on its way: ${problem}.`, `SAS 在传递中被改动:${problem}。`) }
  const { startsAt, expiresAt } = sas
  const values = { start: fields.get('st') ?? '-', expiry: fields.get('se') ?? '-' }
  if (startsAt !== undefined && expiresAt !== undefined && startsAt >= expiresAt)
    return { gap: 'azure.sas.time', evidence: said('st is not before se.', 'st 不早于 se。'), values }
  if (now === undefined) return undefined
  const at = new Date(now).toISOString()
  if (expiresAt !== undefined && expiresAt <= now)
    return {
      gap: 'azure.sas.time',
      evidence: said(`se is ${values.expiry}; it was ${at}.`, `se 为 ${values.expiry};当时为 ${at}。`),
      values,
    }
  if (startsAt !== undefined && startsAt > now)
    return { gap: 'azure.sas.time', evidence: said(`st is ${values.start}; it was ${at}.`, `st 为 ${values.start};当时为 ${at}。`), values }
  if (sas.kind === 'user-delegation' && sas.key.expiresAt <= now)
    return {
      gap: 'azure.sas.sig_key',
      evidence: said(`ske is ${fields.get('ske') ?? ''}; it was ${at}.`, `ske 为 ${fields.get('ske') ?? ''};当时为 ${at}。`),
    }
  return undefined
}

/** What the fields of a SAS say against an access of the connection, before anything is asked of Azure. */
export function faultOfAccess({ sas, fields }: ShownSas, access: Access, facts: Facts): SasFault | undefined {
  const location = locationOf(facts)
  if (sas === undefined) return undefined
  const oneBlob = location !== undefined && !isFolder(location)
  for (const finding of reviewSas(sas, { accesses: [access], oneBlob, now: facts.now ?? 0 }))
    switch (finding.kind) {
      case 'letters-missing':
        return { gap: 'azure.sas.perm', ...wordsOf('azure.sas.perm', fields, finding.letters) }
      case 'service-missing':
        return { gap: 'azure.sas.ss', ...wordsOf('azure.sas.ss', fields, 'b') }
      case 'resource-types-missing':
        return { gap: 'azure.sas.srt', ...wordsOf('azure.sas.srt', fields, finding.resourceTypes) }
      case 'resource-too-small':
        return { gap: 'azure.sas.sr', ...wordsOf('azure.sas.sr', fields, '') }
      default:
        continue
    }
  return undefined
}

/** How the token says it. */
export function wordsOf(
  gap: 'azure.sas.ss' | 'azure.sas.srt' | 'azure.sas.perm' | 'azure.sas.sr',
  fields: ReadonlyMap<string, string>,
  letters: string,
): { readonly evidence: Text; readonly values: { readonly [name: string]: string } } {
  const field = { 'azure.sas.ss': 'ss', 'azure.sas.srt': 'srt', 'azure.sas.perm': 'sp', 'azure.sas.sr': 'sr' }[gap]
  const value = fields.get(field) ?? '-'
  const evidence =
    gap === 'azure.sas.sr'
      ? said(`${field} is ${value}: it is for less than this.`, `${field} 为 ${value}:其范围小于此次请求。`)
      : said(
          `${field} is ${value}; this takes ${Array.from(letters).join(' or ')}.`,
          `${field} 为 ${value};此操作需要 ${Array.from(letters).join(' 或 ')}。`,
        )
  return { evidence, values: { letters, [field]: value } }
}
