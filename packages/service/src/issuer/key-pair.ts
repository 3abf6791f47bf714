import { accessError, type SigningKey } from '@sluice/core'
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'

/** A fresh pair, its private part as the fields of a JSON Web Key. */
export interface KeyPair extends Pick<SigningKey, 'id' | 'publicKey'> {
  readonly privateKey: { readonly [field: string]: string }
}

/** Every cloud takes RS256; 2048 bits are its least, and what all of them are known to take. */
export const ALGORITHM = 'RS256'

/** Makes a key pair from the platform's own randomness. */
export async function makeKeyPair(): Promise<KeyPair> {
  const { publicKey, privateKey } = await generateKeyPair(ALGORITHM, { modulusLength: 2048, extractable: true })
  const open = await exportJWK(publicKey)
  if (open.n === undefined || open.e === undefined) throw accessError('internal.defect', { message: 'A key pair has no public part.' })
  const fields = Object.entries(await exportJWK(privateKey)).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  return {
    id: await calculateJwkThumbprint(open),
    publicKey: { n: open.n, e: open.e },
    privateKey: Object.fromEntries(fields),
  }
}
