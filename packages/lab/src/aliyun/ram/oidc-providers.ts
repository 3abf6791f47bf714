import type { JsonObject } from '@sluice/core'
import { invalidParameter } from '../rpc/parameters.ts'
import type { RpcCall, RpcOperation } from '../rpc/service.ts'
import { makeOidcProvider } from '../state/identities.ts'
import type { OidcProvider } from '../state/types.ts'
import { demandRam, entityExists, newRamName, oidcProviderOf, ramAccount } from './context.ts'
import { isoSeconds } from '../../state/iso-seconds.ts'

const MOST_FINGERPRINTS = 5

/** OpenID Connect identity providers. https://help.aliyun.com/en/ram/developer-reference/api-ims-2019-08-15-createoidcprovider */
export const oidcProviderOperations: { readonly [action: string]: RpcOperation } = {
  CreateOIDCProvider(call) {
    const { parameters, state } = call
    const name = newRamName(call, 'OIDCProviderName')
    const account = demandRam(call, 'oidc-provider', name)
    const issuer = parameters.required('IssuerUrl')
    if (!/^https:\/\/[^?#@\s]{1,247}$/.test(issuer)) throw invalidParameter('IssuerUrl')
    if (account.oidcProviders.has(name)) throw entityExists('oidc-provider', name)
    const fingerprints = parameters.list('Fingerprints')
    if (fingerprints.length > MOST_FINGERPRINTS || !fingerprints.every(isFingerprint)) throw invalidParameter('Fingerprints')
    const issuanceLimitHours = parameters.integer('IssuanceLimitTime') ?? 12
    if (issuanceLimitHours < 1 || issuanceLimitHours > 168) throw invalidParameter('IssuanceLimitTime')
    const description = parameters.optional('Description') ?? ''
    const clientIds = parameters.list('ClientIds')
    return answer(makeOidcProvider(state, account, { name, issuer, clientIds, fingerprints, description, issuanceLimitHours }))
  },
  GetOIDCProvider: (call) => answer(oidcProviderOf(call)),
  ListOIDCProviders(call) {
    const { oidcProviders } = demandRam(call, 'oidc-provider', '*')
    return { OIDCProviders: { OIDCProvider: [...oidcProviders.values()].map(providerMembers) }, IsTruncated: false }
  },
  UpdateOIDCProvider(call) {
    const provider = oidcProviderOf(call)
    const { parameters } = call
    return change(call, provider, {
      description: parameters.optional('NewDescription') ?? provider.description,
      clientIds: parameters.optional('ClientIds') === undefined ? provider.clientIds : parameters.list('ClientIds'),
    })
  },
  AddClientIdToOIDCProvider(call) {
    const provider = oidcProviderOf(call)
    return change(call, provider, { clientIds: [...new Set([...provider.clientIds, call.parameters.required('ClientId')])] })
  },
  RemoveClientIdFromOIDCProvider(call) {
    const provider = oidcProviderOf(call)
    const clientId = call.parameters.required('ClientId')
    return change(call, provider, { clientIds: provider.clientIds.filter((id) => id !== clientId) })
  },
  AddFingerprintToOIDCProvider(call) {
    const provider = oidcProviderOf(call)
    const fingerprint = call.parameters.required('Fingerprint')
    if (!isFingerprint(fingerprint)) throw invalidParameter('Fingerprint')
    return change(call, provider, { fingerprints: [...new Set([...provider.fingerprints, fingerprint])] })
  },
  RemoveFingerprintFromOIDCProvider(call) {
    const provider = oidcProviderOf(call)
    const fingerprint = call.parameters.required('Fingerprint')
    return change(call, provider, { fingerprints: provider.fingerprints.filter((known) => known !== fingerprint) })
  },
  DeleteOIDCProvider(call) {
    ramAccount(call).oidcProviders.delete(oidcProviderOf(call).name)
    return {}
  },
}

// The SHA-1 of a certificate, or its SHA-256.
function isFingerprint(text: string): boolean {
  return /^([0-9a-f]{40}|[0-9a-f]{64})$/i.test(text)
}

function change(call: RpcCall, provider: OidcProvider, how: Partial<OidcProvider>): JsonObject {
  const changed = { ...provider, ...how }
  ramAccount(call).oidcProviders.set(provider.name, changed)
  return answer(changed)
}

function answer(provider: OidcProvider): JsonObject {
  return { OIDCProvider: providerMembers(provider) }
}

function providerMembers(provider: OidcProvider): JsonObject {
  return {
    OIDCProviderName: provider.name,
    Arn: provider.arn,
    IssuerUrl: provider.issuer,
    ClientIds: provider.clientIds.join(','),
    Fingerprints: provider.fingerprints.join(','),
    Description: provider.description,
    IssuanceLimitTime: provider.issuanceLimitHours,
    CreateDate: isoSeconds(provider.createdAt),
  }
}
