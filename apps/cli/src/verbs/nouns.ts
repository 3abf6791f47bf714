/** What each noun of `sluice NOUN VERB` is, for the help. */
export const NOUNS: { readonly [noun: string]: string } = {
  server: 'Run a server',
  platform: 'Who Sluice is to each cloud',
  issuer: 'Sluice as OpenID Connect issuer, which clouds can trust',
  cloud: 'The clouds, and how to authenticate with each',
  connection: "Access to a customer's bucket",
  diagnose: 'An access denied, explained offline',
  setup: 'Put the setup template where a link can open it',
  lease: 'Short-lived credentials',
  stage: 'Folders with a name, to query',
  audit: 'Who did what',
  policy: 'Policies, judged before they are applied',
  lab: 'A cloud on loopback to try things out',
  openapi: 'The API as a document',
}
