import { z } from 'zod'
import { route } from '../route.ts'
import { discoverySchema, issuerSchema, keySetSchema } from '../schemas/issuer.ts'

export const discoveryRoute = route({
  id: 'issuer.discover',
  summary: 'What clouds read of Sluice as OpenID Connect issuer first',
  description: 'Answered below the path of the issuer URL too, where it has one.',
  method: 'get',
  path: '/.well-known/openid-configuration',
  answer: discoverySchema,
  open: true,
})

export const issuerKeysRoute = route({
  id: 'issuer.jwks',
  summary: 'The public keys of the tokens that Sluice issues, as a JSON Web Key Set',
  description: 'Answered below the path of the issuer URL too, where it has one.',
  method: 'get',
  path: '/.well-known/jwks.json',
  answer: keySetSchema,
  open: true,
})

export const issuerRoute = route({
  id: 'issuer.show',
  summary: 'Sluice as OpenID Connect issuer: its URL and its keys, with when each signs',
  method: 'get',
  path: '/v1/issuer',
  answer: issuerSchema,
})

export const rotateIssuerRoute = route({
  id: 'issuer.rotate',
  summary: 'Make the next signing key',
  description:
    'It is published at once and signs later, so that nobody is refused. Does nothing while a key waits already. ' +
    'With withdraw, the new key signs at once and all others are taken back: for a key that somebody else may have.',
  method: 'post',
  path: '/v1/issuer/rotate',
  body: z.strictObject({ withdraw: z.boolean().exactOptional() }),
  answer: issuerSchema,
})
