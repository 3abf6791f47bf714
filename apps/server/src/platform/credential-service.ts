import { type AccessError, accessError, type Clock, type HttpRequest, type Transport } from '@sluice/core'

/**
 * The credential services of the machines that clouds run: link-local, on loopback, or an address of the cloud's own. Only requests of
 * ours go there, never one a user named.
 */
export const CREDENTIAL_SERVICES = [
  '169.254.169.254/32',
  '169.254.170.2/32',
  '169.254.170.23/32',
  'fd00:ec2::23/128',
  '100.100.100.200/32',
  '127.0.0.0/8',
  '::1/128',
]

/** Renewed this long before their end; the clouds themselves replace them at least five minutes before. */
const MARGIN_MS = 5 * 60_000
const LARGEST = 64_000

/** Keeps credentials until they near their end; of any number of callers that need new ones, one asks. */
export function keptFresh<T extends { readonly expiresAt?: number }>(
  clock: Clock,
  fetch: (signal: AbortSignal) => Promise<T>,
): (signal: AbortSignal) => Promise<T> {
  let kept: T | undefined
  let asking: Promise<T> | undefined
  return async (signal) => {
    if (kept?.expiresAt !== undefined && kept.expiresAt - MARGIN_MS > clock.now()) return kept
    // Shared by callers that may leave at any time, so no single caller's signal ends it: the transport's time-outs do.
    asking ??= fetch(new AbortController().signal).finally(() => (asking = undefined))
    kept = await asking
    signal.throwIfAborted()
    return kept
  }
}

/** What a credential service answers, as text. Throws `platform.credentials_missing`, which quotes nothing of it. */
export async function askCredentialService(
  transport: Transport,
  request: { readonly method?: 'GET' | 'PUT'; readonly url: string; readonly headers?: HttpRequest['headers'] },
  signal: AbortSignal,
): Promise<string> {
  const { method = 'GET', url, headers = {} } = request
  const response = await transport({ method, url: new URL(url), headers, operation: 'platform.GetCredentials' }, signal)
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of response.body) {
    length += piece.length
    if (length > LARGEST) throw missingCredentials('answered too much')
    pieces.push(piece)
  }
  if (response.status !== 200) throw missingCredentials(`answered ${response.status}`)
  return Buffer.concat(pieces).toString('utf8')
}

/** The credential service of this machine did what it should not have. */
export function missingCredentials(what: string): AccessError {
  return accessError('platform.credentials_missing', { message: `The credential service of this machine ${what}.` })
}

/** The JSON of an answer; undefined where it is none, which would quote the answer as an error's cause. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
