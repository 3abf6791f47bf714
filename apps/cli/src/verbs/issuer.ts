import type { Verb } from '../verb.ts'

/** The verbs of Sluice as OpenID Connect issuer. */
export const ISSUER_VERBS: readonly Verb[] = [
  {
    noun: 'issuer',
    verb: 'show',
    summary: 'Show the issuer and its signing keys, with when each signs',
    load: async () => (await import('../commands/issuer.ts')).showIssuer,
  },
  {
    noun: 'issuer',
    verb: 'jwks',
    summary: 'Print the public keys as a JSON Web Key Set, for clouds that take an uploaded one',
    options: [{ flags: '--output <file>', about: 'Write them to this file instead' }],
    examples: ['sluice issuer jwks --output jwks.json'],
    load: async () => (await import('../commands/issuer.ts')).printKeys,
  },
  {
    noun: 'issuer',
    verb: 'rotate',
    summary: 'Make the next signing key: published now, signing a week later',
    options: [
      { flags: '--withdraw', about: 'Let it sign at once and take every other key back: for a key that somebody else may have' },
      { flags: '--yes', about: 'Do not ask' },
    ],
    load: async () => (await import('../commands/issuer.ts')).rotateIssuer,
  },
]
