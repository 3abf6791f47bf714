/** What others wrote, without the secrets a request was made with: a store that repeats what it was told must not make us repeat it. */
export function withhold(text: string, secrets: readonly string[]): string {
  let clean = text.replaceAll(/(Signature=)[0-9a-f]{16,}/gi, '$1***')
  for (const secret of secrets.filter((one) => one !== ''))
    for (const form of [secret, encodeURIComponent(secret.toWellFormed()), JSON.stringify(secret).slice(1, -1)])
      clean = clean.replaceAll(form, '***')
  return clean
}
