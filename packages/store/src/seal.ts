import { createCipheriv, createDecipheriv } from 'node:crypto'
import type { Random } from '@sluice/core'

declare const content: unique symbol

/** An envelope around a `Text`, base64. */
export type Sealed<Text extends string> = string & { readonly [content]: Text }

const VERSION = 1
const NONCE = 12
const KEY = 32
const TAG = 16

/**
 * Encrypts under a data key of its own, which is itself encrypted under the master key (AES-256-GCM both times).
 * `bound` is authenticated with both: an envelope moved to another record does not open.
 *
 * Layout: version 1, nonce 12, wrapped key 32, tag 16, nonce 12, ciphertext, tag 16; in base64.
 */
export function seal<Text extends string>(plaintext: Text, bound: readonly string[], masterKey: Uint8Array, random: Random): Sealed<Text> {
  const dataKey = random.bytes(KEY)
  const aad = boundData(bound)
  const wrapped = encrypt(masterKey, random.bytes(NONCE), dataKey, aad)
  const body = encrypt(dataKey, random.bytes(NONCE), new TextEncoder().encode(plaintext), aad)
  // The brand exists in types only; this is the one place that gives it.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
  return Buffer.concat([Uint8Array.of(VERSION), wrapped, body]).toString('base64') as Sealed<Text>
}

/** Decrypts what `seal` made; undefined when the key, the binding or the envelope is another one. */
export function unseal<Text extends string>(sealed: Sealed<Text>, bound: readonly string[], masterKey: Uint8Array): Text | undefined {
  const bytes = Buffer.from(sealed, 'base64')
  const wrappedEnd = 1 + NONCE + KEY + TAG
  if (bytes[0] !== VERSION || bytes.length < wrappedEnd + NONCE + TAG) return undefined
  const aad = boundData(bound)
  const dataKey = decrypt(masterKey, bytes.subarray(1, wrappedEnd), aad)
  const plaintext = dataKey && decrypt(dataKey, bytes.subarray(wrappedEnd), aad)
  // An envelope that authenticates holds just what `seal` was given.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
  return plaintext?.toString('utf8') as Text | undefined
}

// JSON keeps the parts apart: ['ab', 'c'] and ['a', 'bc'] bind differently.
function boundData(bound: readonly string[]): Buffer {
  return Buffer.from(JSON.stringify(['sluice', VERSION, ...bound]), 'utf8')
}

function encrypt(key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array, aad: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG })
  cipher.setAAD(aad)
  return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
}

function decrypt(key: Uint8Array, bytes: Uint8Array, aad: Uint8Array): Buffer | undefined {
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE), { authTagLength: TAG })
  decipher.setAAD(aad)
  decipher.setAuthTag(bytes.subarray(-TAG))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(NONCE, -TAG)), decipher.final()])
  } catch {
    return undefined
  }
}
