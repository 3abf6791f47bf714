const HIDDEN: readonly (readonly [RegExp, string])[] = [
  // Query parts of signed URLs, on every cloud we know.
  [
    /([?&](?:X-Amz-(?:Signature|Security-Token|Credential)|X-Goog-Signature|Signature|sig|sv|se|OSSAccessKeyId|security-token)=)[^&\s"']+/gi,
    '$1***',
  ],
  // A JSON Web Token: two parts of JSON in base64url, and a signature.
  [/\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*/g, 'eyJ***'],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, '$1 ***'],
  [/\bSignature=[0-9a-f]{16,}/gi, 'Signature=***'],
  // Anything said to be a secret, in JSON, SQL, environment or property form.
  [/((?:secret|password|token|private|session)[\w-]*["']?\s*[:=]\s*)(?!tok_)("[^"]*"|'[^']*'|[^\s,;&)}\]]+)/gi, '$1***'],
  [/\bsluice_[a-z2-7]{20,}/g, 'sluice_***'],
  [/\bsluice-[0-9a-f]{32}\b/g, 'sluice-***'],
  [/(external[_-]?id["']?\s*[:=]\s*)("[^"]*"|'[^']*'|[^\s,;&)}\]]+)/gi, '$1***'],
  [/\b(AKIA|ASIA)[A-Z0-9]{12,}/g, '$1***'],
  // The shape of an AWS secret access key standing alone.
  [/(?<![\w/+=.-])[\w/+]{40}(?![\w/+=.-])/g, '***'],
  [/-----BEGIN [A-Z ]+-----[\s\S]*?(?:-----END [A-Z ]+-----|$)/g, '***'],
]

/** Text that others wrote, without what looks like a secret, a token, an external id or a signed URL. Hides too much rather than too little. */
export function scrub(text: string): string {
  let clean = text
  for (const [pattern, replacement] of HIDDEN) clean = clean.replaceAll(pattern, replacement)
  return clean
}
