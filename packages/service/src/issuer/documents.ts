import type { SigningKey } from '@sluice/core'
import type { DiscoveryDocument, KeySet } from '../contract.ts'
import { ALGORITHM } from './key-pair.ts'

/** Where the keys lie below the issuer's URL. */
const KEYS_PATH = '/.well-known/jwks.json'
const DISCOVERY_PATH = '/.well-known/openid-configuration'

/** Where an issuer's two documents are. */
export function documentUrls(url: string): { readonly discoveryUrl: string; readonly keysUrl: string } {
  return { discoveryUrl: `${url}${DISCOVERY_PATH}`, keysUrl: `${url}${KEYS_PATH}` }
}

/**
 * What clouds read of an issuer first. Nobody signs in here, so that there are no endpoints to sign in at.
 * https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata
 */
export function discoveryDocument(url: string): DiscoveryDocument {
  return {
    issuer: url,
    jwks_uri: documentUrls(url).keysUrl,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [ALGORITHM],
    scopes_supported: ['openid'],
    claims_supported: ['iss', 'sub', 'aud', 'iat', 'nbf', 'exp', 'jti', 'organization', 'project', 'connection'],
  }
}

/** The public keys as clouds take them (RFC 7517). */
export function keySet(keys: readonly SigningKey[]): KeySet {
  return { keys: keys.map(({ id, publicKey: { n, e } }) => ({ kty: 'RSA', kid: id, use: 'sig', alg: ALGORITHM, n, e })) }
}
