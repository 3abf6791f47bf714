import type { Account, AwsState, OidcProvider } from './types.ts'

/** How an identity provider is described to the lab. */
export interface OidcProviderInput {
  /** With its scheme: `https://sluice.example`. */
  readonly url: string
  readonly clientIds: readonly string[]
  readonly thumbprints?: readonly string[]
  readonly tags?: { readonly [key: string]: string }
}

export function oidcProviderArn(accountId: string, url: string): string {
  return `arn:aws:iam::${accountId}:oidc-provider/${withoutScheme(url)}`
}

export function makeOidcProvider(state: AwsState, account: Account, input: OidcProviderInput): OidcProvider {
  const provider: OidcProvider = {
    arn: oidcProviderArn(account.id, input.url),
    url: withoutScheme(input.url),
    clientIds: input.clientIds,
    thumbprints: input.thumbprints ?? [],
    createdAt: state.clock.now(),
    tags: input.tags ?? {},
  }
  account.oidcProviders.set(provider.arn, provider)
  return provider
}

function withoutScheme(url: string): string {
  return url.replace(/^https:\/\//, '')
}
