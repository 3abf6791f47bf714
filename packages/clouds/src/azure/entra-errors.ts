import { type AccessError, type ReasonName, accessError } from '@sluice/core'
import { retryAfter, shownText } from '../store/vendor-answer.ts'

/** Entra's numbers for what is wrong. https://learn.microsoft.com/entra/identity-platform/reference-error-codes */
const REASONS: { readonly [code: string]: ReasonName } = {
  // No federated credential fits: of the issuer, the audience, the subject, or it does not say.
  '70021': 'azure.trust.refused',
  '700211': 'azure.trust.refused',
  '700212': 'azure.trust.refused',
  '700213': 'azure.trust.refused',
  '7002138': 'azure.trust.refused',
  '700016': 'azure.trust.application',
  '7000229': 'azure.trust.application',
  '7000112': 'azure.trust.disabled',
  '90002': 'azure.trust.tenant',
  '900023': 'azure.trust.tenant',
  '53003': 'azure.trust.conditional_access',
  '530031': 'azure.trust.conditional_access',
  // Entra could not read our discovery document or keys.
  '50166': 'azure.trust.issuer_unreachable',
  '501661': 'azure.trust.issuer_unreachable',
  '90061': 'azure.trust.issuer_unreachable',
  // The token's times, or its signature, do not hold.
  '700024': 'azure.trust.token_invalid',
  '700027': 'azure.trust.token_invalid',
  '7000272': 'azure.trust.token_invalid',
  '50013': 'azure.trust.token_invalid',
  '50027': 'azure.trust.token_invalid',
  '90033': 'azure.unavailable',
  '90055': 'azure.throttled',
}

/** What Entra answered instead of a token. */
export interface EntraRefusal {
  readonly status: number
  readonly headers: { readonly [name: string]: string }
  readonly text: string
  /** What the request was made with. */
  readonly secrets: readonly string[]
}

/** Makes the one AccessError of a refusal by Entra, its own words kept apart from ours. */
export function entraError(refusal: EntraRefusal, subject: string): AccessError {
  const { status, headers, text, secrets } = refusal
  const body = readBody(text)
  const description = shownText(body['error_description'] ?? '', 1_000, secrets)
  const number = /^AADSTS(\d{4,8})\b/.exec(description)?.[1]
  const known = number !== undefined && Object.hasOwn(REASONS, number) ? REASONS[number] : undefined
  const code = number === undefined ? shownText(body['error'] ?? '', 64, secrets) : `AADSTS${number}`
  // What follows are ids and the time, one a line.
  const message = description.split(/\s+Trace ID:/)[0] ?? ''
  const requestId = shownText(body['trace_id'] ?? headers['x-ms-request-id'] ?? '', 64, secrets)
  return accessError(known ?? byStatus(status), {
    message: `Entra issued no token for ${subject} (${code === '' ? '' : `${code}, `}status ${status})${message === '' ? '.' : `: ${message}`}`,
    provider: {
      operation: 'GetToken',
      status,
      ...(code === '' ? {} : { code }),
      ...(message === '' ? {} : { message }),
      ...(requestId === '' ? {} : { requestId }),
    },
    context: retryAfter(headers['retry-after']),
  })
}

function byStatus(status: number): ReasonName {
  if (status === 429) return 'azure.throttled'
  return status >= 500 ? 'azure.unavailable' : 'azure.rejected'
}

/** The texts of a JSON object; nothing for anything else, such as a proxy's page. */
export function readBody(text: string): { readonly [name: string]: string } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return {}
  }
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, part]): [string, string][] =>
      typeof part === 'string' ? [[name, part]] : typeof part === 'number' ? [[name, String(part)]] : [],
    ),
  )
}
