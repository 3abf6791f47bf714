/** The client id under which RAM's identity provider knows us, and the audience of our tokens: RAM takes no token without one of its client ids. */
export const AUDIENCE = 'sts.aliyuncs.com'

/**
 * The name of the identity provider that stands for our issuer in a customer's account. It follows from the issuer, since RAM knows
 * one provider for each: connections of one Sluice share it, two installations do not.
 */
export function defaultProviderName(issuerUrl: string): string {
  const { host } = new URL(issuerUrl)
  return `sluice-${host.replaceAll(/[^A-Za-z0-9.-]+/g, '-')}`.slice(0, 128).replace(/[.-]+$/, '')
}
