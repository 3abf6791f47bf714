import { type PastedUrl, SAS_PARAMETERS } from '@sluice/core'

interface Parameter {
  readonly name: string
  /** As it stands in the URL, name included. */
  readonly raw: string
  readonly value: string
}

const SAS = new Set<string>(SAS_PARAMETERS)

/**
 * Takes a SAS out of a URL, be it appended as Azure's tools do it or the parameter `sas-token` of TiDB, and an account key out of `account-key`.
 * Anything else is left as it is.
 */
export function splitAzureCredential(text: string): PastedUrl {
  const [before = '', ...rest] = text.trim().split('?')
  if (rest.length === 0 || before.includes('#')) return { url: text }
  // A SAS pasted behind its own question mark: `…?sas-token=?sv=…`.
  const parameters = readParameters(rest.join('?'))
  const key = valueOf(parameters, 'account-key')
  const sas = sasIn(parameters)
  if (key === undefined && sas === undefined) return { url: text }
  const account =
    valueOf(parameters, 'account-name') ??
    /^[a-z]+:\/\/(?:[^/@]+@)?([a-z0-9]{3,24})\.(?:blob|dfs)\.core\.windows\.net(?:[:/]|$)/i.exec(before)?.[1]
  const kept = parameters.filter(({ name }) => !['account-key', 'sas-token'].includes(name) && (sas === undefined || !SAS.has(name)))
  const url = kept.length === 0 ? before : `${before}?${kept.map(({ raw }) => raw).join('&')}`
  const owner = account === undefined ? {} : { accountName: account.toLowerCase() }
  return {
    url,
    credential:
      sas === undefined
        ? { method: 'account-key', fields: { ...owner, accountKey: key ?? '' } }
        : { method: 'sas', fields: { sasToken: sas, ...owner } },
  }
}

function readParameters(query: string): readonly Parameter[] {
  return query.split('&').map((raw) => {
    const cut = raw.indexOf('=')
    const name = cut < 0 ? raw : raw.slice(0, cut)
    return { name: name.toLowerCase().replaceAll('_', '-'), raw, value: cut < 0 ? '' : raw.slice(cut + 1) }
  })
}

function valueOf(parameters: readonly Parameter[], name: string): string | undefined {
  const value = parameters.find((parameter) => parameter.name === name)?.value
  return value === undefined || value === '' ? undefined : decoded(value)
}

/** The SAS as it was pasted: its values are not touched, for a signature decoded once too often is lost. */
function sasIn(parameters: readonly Parameter[]): string | undefined {
  const own = parameters.filter(({ name }) => SAS.has(name)).map(({ raw }) => raw)
  const wrapped = parameters.find(({ name }) => name === 'sas-token')?.value.replace(/^\?|^%3F/i, '')
  if (wrapped === undefined) return own.some((raw) => /^sig=/i.test(raw)) ? own.join('&') : undefined
  // Not encoded, so that its first field stands behind the parameter's own equals sign and the others behind it.
  if (wrapped.includes('=') || own.length > 0) return [wrapped, ...own].join('&')
  return decoded(wrapped)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
