import type { XmlNode } from '../../http/xml.ts'
import { AwsError } from '../error.ts'
import type { QueryCall, QueryOperation } from '../query/service.ts'
import { makeOidcProvider, oidcProviderArn } from '../state/oidc-providers.ts'
import type { OidcProvider } from '../state/types.ts'
import { accountOf, demandIam, noSuchEntity, tagNodes } from './context.ts'
import { isoSeconds } from '../../state/iso-seconds.ts'

/** OpenID Connect identity providers, whose tokens the account's roles may trust. */
export const oidcProviderOperations: { readonly [action: string]: QueryOperation } = {
  CreateOpenIDConnectProvider(call) {
    const { parameters, state } = call
    const account = accountOf(call)
    const url = parameters.required('Url')
    demandIam(call, oidcProviderArn(account.id, url))
    if (!/^https:\/\/[^?#\s]{1,247}$/.test(url)) throw new AwsError(400, 'InvalidInput', `Invalid Open ID Connect Provider URL: ${url}`)
    if (account.oidcProviders.has(oidcProviderArn(account.id, url)))
      throw new AwsError(409, 'EntityAlreadyExists', `Provider with url ${url} already exists.`)
    const provider = makeOidcProvider(state, account, {
      url,
      clientIds: parameters.list('ClientIDList'),
      thumbprints: readThumbprints(call),
      tags: parameters.tags('Tags'),
    })
    return [['OpenIDConnectProviderArn', provider.arn]]
  },
  GetOpenIDConnectProvider(call) {
    const provider = providerOf(call)
    return [
      ['Url', provider.url],
      ['ClientIDList', provider.clientIds.map((id): XmlNode => ['member', id])],
      ['ThumbprintList', provider.thumbprints.map((thumbprint): XmlNode => ['member', thumbprint])],
      ['CreateDate', isoSeconds(provider.createdAt)],
      ...tagNodes(provider.tags),
    ]
  },
  ListOpenIDConnectProviders(call) {
    const account = accountOf(call)
    demandIam(call, `arn:aws:iam::${account.id}:oidc-provider/*`)
    const providers = [...account.oidcProviders.values()]
    return [['OpenIDConnectProviderList', providers.map(({ arn }): XmlNode => ['member', [['Arn', arn]]])]]
  },
  AddClientIDToOpenIDConnectProvider(call) {
    const clientId = call.parameters.required('ClientID')
    return change(call, ({ clientIds }) => ({ clientIds: [...new Set([...clientIds, clientId])] }))
  },
  RemoveClientIDFromOpenIDConnectProvider(call) {
    const clientId = call.parameters.required('ClientID')
    return change(call, ({ clientIds }) => ({ clientIds: clientIds.filter((id) => id !== clientId) }))
  },
  UpdateOpenIDConnectProviderThumbprint: (call) => change(call, () => ({ thumbprints: readThumbprints(call) })),
  TagOpenIDConnectProvider: (call) => change(call, ({ tags }) => ({ tags: { ...tags, ...call.parameters.tags('Tags') } })),
  DeleteOpenIDConnectProvider(call) {
    accountOf(call).oidcProviders.delete(providerOf(call).arn)
    return undefined
  },
}

function providerOf(call: QueryCall): OidcProvider {
  const arn = call.parameters.required('OpenIDConnectProviderArn')
  demandIam(call, arn)
  const provider = accountOf(call).oidcProviders.get(arn)
  if (!provider) throw noSuchEntity(`OpenIDConnect Provider not found for arn ${arn}`)
  return provider
}

function change(call: QueryCall, how: (provider: OidcProvider) => Partial<OidcProvider>): undefined {
  const provider = providerOf(call)
  accountOf(call).oidcProviders.set(provider.arn, { ...provider, ...how(provider) })
  return undefined
}

// Thumbprints are optional: AWS trusts well-known certificate authorities without them, and then ignores those it is given.
function readThumbprints({ parameters }: QueryCall): readonly string[] {
  const thumbprints = parameters.list('ThumbprintList')
  const wrong = thumbprints.find((thumbprint) => !/^[0-9a-fA-F]{40}$/.test(thumbprint))
  if (wrong !== undefined) throw new AwsError(400, 'InvalidInput', `Thumbprint must be 40 hexadecimal digits: ${wrong}`)
  return thumbprints
}
