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
  [/(external[_ -]?id)(["']?\s*[:=[]\s*["']?)([^\s"'\],}<>]+)/gi, '$1$2***'],
  [
    /(secret[_ -]?access[_ -]?key|account[_ -]?key|access[_ -]?key[_ -]?secret|private[_ -]?key|session[_ -]?token|password|client[_ -]?secret)(["']?\s*[:=]\s*["']?)([^\s"',}<>]+)/gi,
    '$1$2***',
  ],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, '***'],
]

/** A text without the secrets, signatures and external ids that it may quote. */
export function redacted(text: string): string {
  return SECRETS.reduce((shown, [pattern, replacement]) => shown.replaceAll(pattern, replacement), text)
}
