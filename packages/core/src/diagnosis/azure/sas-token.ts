import { parseSas, type Sas } from '../../azure/sas.ts'
import type { Facts } from '../facts.ts'
import type { Slot } from '../memo.ts'
import { percentDecoded } from '../percent-decoded.ts'
import { placeIn, type Place } from './place.ts'

/** A SAS as a case shows it: its fields, and what can be said of its signature without showing it. */
export interface ShownSas {
  readonly fields: ReadonlyMap<string, string>
  /** Undefined where it is not a SAS that Azure would take: `problem` says why. */
  readonly sas?: Sas
  readonly problem?: string
  /** `decoded`: it has blanks where plus signs were; `encoded`: it was percent-encoded twice. `plain`: nothing in it needs encoding. */
  readonly signature: 'shown' | 'plain' | 'decoded' | 'encoded' | 'blanked'
  /** What the URL is of that it stands in. */
  readonly place?: Place
}

const SLOT: Slot<ShownSas | undefined> = { name: 'azure.sas' }

/** The SAS of a case, from its documents or out of a URL; undefined where none is shown. */
export function shownSas(facts: Facts): ShownSas | undefined {
  return facts.memo(SLOT, facts.subject, () => {
    const urls = [facts.connection.location, ...facts.subject.observations.map(({ target }) => target)]
    const text = facts.documents.sasToken ?? urls.find((url) => /[?&]sv=/.test(url ?? '') && /[?&]s(ig|r|rt)=/.test(url ?? ''))
    return text === undefined ? undefined : readSas(text)
  })
}

/** Stands for a signature that is not shown: of the right form, and no secret. */
const NO_SIGNATURE = `${'A'.repeat(43)}=`

/** Reads a SAS that may be blanked, stand in a URL or connection string, or have been spoiled on its way. */
export function readSas(text: string): ShownSas | undefined {
  const query = queryIn(text)
  const fields = new Map<string, string>()
  for (const part of query.split('&')) {
    const cut = part.indexOf('=')
    if (cut > 0) fields.set(part.slice(0, cut).trim().toLowerCase(), percentDecoded(part.slice(cut + 1)))
  }
  if (fields.size === 0) return undefined
  const signature = signatureOf(fields.get('sig'))
  const rest = [...fields].filter(([name]) => name !== 'sig').map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
  const parsed = parseSas([...rest, `sig=${encodeURIComponent(NO_SIGNATURE)}`].join('&'))
  const place = placeIn(text.trim().replaceAll(/^["']|["']$/g, ''))
  return {
    fields,
    signature,
    ...(place === undefined ? {} : { place }),
    ...(parsed.ok ? { sas: parsed.sas } : { problem: parsed.problem }),
  }
}

function queryIn(text: string): string {
  const inString = /SharedAccessSignature=([^;]+)/i.exec(text)?.[1]
  const trimmed = (inString ?? text).trim().replaceAll(/^["']|["']$/g, '')
  return trimmed.slice(trimmed.indexOf('?') + 1)
}

function signatureOf(signature: string | undefined): ShownSas['signature'] {
  if (signature === undefined || signature === '') return 'blanked'
  if (/^[\w+/%-]{20,}%[0-9a-f]{2}/i.test(signature)) return 'encoded'
  if (/^[A-Za-z0-9+/ ]{20,}=?$/.test(signature) && signature.includes(' ')) return 'decoded'
  if (!/^[A-Za-z0-9+/]{43}=$/.test(signature)) return 'blanked'
  return /[+/]/.test(signature) ? 'shown' : 'plain'
}

/** Versions from which on a field or letter is known. https://learn.microsoft.com/rest/api/storageservices/versioning-for-the-azure-storage-services */
const SINCE: readonly (readonly [field: string, test: RegExp, version: string])[] = [
  ['skoid', /./, '2018-11-09'],
  ['sr', /^d$/, '2020-02-10'],
  ['sr', /^b[sv]$/, '2018-11-09'],
  ['ses', /./, '2020-12-06'],
  ['saoid', /./, '2020-02-10'],
  ['suoid', /./, '2020-02-10'],
  ['scid', /./, '2020-02-10'],
  ['spr', /./, '2015-04-05'],
  ['sip', /./, '2015-04-05'],
  ['srt', /./, '2015-04-05'],
  ['sp', /[tx]/, '2019-12-12'],
  ['sp', /[me]/, '2020-02-10'],
  ['sp', /i/, '2020-06-12'],
]

/** A field that is newer than the version the SAS says it is of. */
export function fieldBeforeItsVersion({ fields }: ShownSas): { readonly field: string; readonly version: string } | undefined {
  const version = fields.get('sv') ?? ''
  if (!/^\d{4}-\d{2}-\d{2}$/.test(version)) return undefined
  const found = SINCE.find(([field, test, since]) => version < since && test.test(fields.get(field) ?? ''))
  return found === undefined ? undefined : { field: found[0], version: found[2] }
}
