import type { Reason } from './reason.ts'

/** Reasons of Sluice as OpenID Connect issuer. */
export const ISSUER_REASONS = {
  'issuer.not_configured': {
    code: 'unsupported',
    meaning: 'Sluice is no OpenID Connect issuer: the operator has named no URL for it.',
    remedy:
      'The operator sets SLUICE_ISSUER_URL to the https address at which the clouds reach this server, and starts it again; docs/issuer.md shows how.',
  },
  'issuer.unknown_subject': {
    code: 'forbidden',
    meaning: 'A token was asked for a connection that does not exist, or not in that project.',
    remedy: 'Check that the connection was not deleted meanwhile.',
  },
  'issuer.shared': {
    code: 'forbidden',
    meaning: 'Several organizations share the installation and its signing keys, and one of them asked to withdraw the keys at once.',
    remedy:
      'Rotate without withdrawing: no token of anybody is refused then. To withdraw a key, the operator starts the server once with SLUICE_MULTI_ORGANIZATION=false and rotates.',
  },
} as const satisfies { readonly [reason: string]: Reason }
