import type { Json } from '../json.ts'
import { isList, isObject } from '../policy/shapes.ts'
import type { DiagnosisCase } from './case.ts'
import type { DiagnosisReport } from './report.ts'

/** What never belongs into a report, and how it is written in the texts that people paste. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  // Signatures, tokens and keys in the parameters of a URL or SAS.
  [
    /([?&;]|\b)(sig|x-amz-signature|x-amz-security-token|x-amz-credential|x-goog-signature|signature|security-token|x-oss-signature|x-oss-security-token)=[^&\s"'<>]+/gi,
    '$1$2=***',
  ],
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, '$1 ***'],
  [/\beyJ[\w-]{6,}\.[\w-]+\.[\w-]*/g, '***'],
  [/\bya29\.[\w.-]+/g, '***'],
  // "externalId[…]" is how one vendor prints it; "sts:ExternalId": "…" stands in policies.
  [/(external[_ -]?id)(["']?\s*[:=[]\s*["']?)(?!var\.)([^\s"'\],}<>]+)/gi, '$1$2***'],
  [
    /(secret[_ -]?access[_ -]?key|account[_ -]?key|access[_ -]?key[_ -]?secret|private[_ -]?key|session[_ -]?token|password|client[_ -]?secret)(["']?\s*[:=]\s*["']?)([^\s"',}<>]+)/gi,
    '$1$2***',
  ],
  // What a signature that did not fit was computed from holds tokens: it is no evidence.
  [/(<(?:StringToSign|CanonicalRequest|SignatureProvided|StringToSignBytes|CanonicalRequestBytes|Token-0)>)[^<]*/g, '$1***'],
  // Azure quotes the signature of a request that an account key did not sign.
  [/(signature found in the HTTP request ['"])[^'"]+/gi, '$1***'],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, '***'],
]

/** A text without the secrets, signatures and external ids that it may quote. */
export function redacted(text: string): string {
  return SECRETS.reduce((shown, [pattern, replacement]) => shown.replaceAll(pattern, replacement), text)
}

/** Shorter ones would take ordinary words out of the texts. */
const SHORTEST_ID = 4

/**
 * A report without secrets, whatever wrote its texts: what looks like one, and the external ids that the case holds, wherever they are quoted.
 * The patch of a trust policy alone holds the connection's own id: it is what has to be written there.
 */
export function scrubbed(report: DiagnosisReport, { connection, documents }: DiagnosisCase): DiagnosisReport {
  const ids = [connection.externalId, ...externalIdsIn(documents.trustPolicy ?? null)]
    .filter((id) => id !== undefined)
    .filter((id) => id.length >= SHORTEST_ID && !/^[*?]+$/.test(id))
    .toSorted((a, b) => b.length - a.length)
  const clean = (text: string): string => ids.reduce((shown, id) => shown.replaceAll(id, '***'), redacted(text))
  return cleaned(report, clean)
}

/** A report without these secrets, in whatever text they were quoted. */
export function withoutSecrets(report: DiagnosisReport, secrets: readonly string[]): DiagnosisReport {
  const longestFirst = secrets.filter((one) => one !== '').toSorted((a, b) => b.length - a.length)
  return cleaned(report, (text) => longestFirst.reduce((shown, secret) => shown.replaceAll(secret, '***'), text))
}

/** The same value with every text in it cleaned, patches aside. */
function cleaned<Value>(value: Value, clean: (text: string) => string): Value
function cleaned(value: unknown, clean: (text: string) => string): unknown {
  if (typeof value === 'string') return clean(value)
  if (Array.isArray(value)) return value.map((one: unknown) => cleaned(one, clean))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, one]: [string, unknown]) => [name, name === 'patch' ? one : cleaned(one, clean)]),
  )
}

/** The values that a policy asks of sts:ExternalId. */
function externalIdsIn(value: Json): readonly string[] {
  if (isList(value)) return value.flatMap(externalIdsIn)
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([name, one]) => (/^sts:ExternalId$/i.test(name) ? textsIn(one) : externalIdsIn(one)))
}

function textsIn(value: Json): readonly string[] {
  if (typeof value === 'string') return [value]
  return isList(value) ? value.flatMap(textsIn) : []
}
