import { type KeyObject, createPrivateKey } from 'node:crypto'
import { type JsonObject, accessError } from '@sluice/core'
import { parseJsonObject, jsonText } from '../http/json.ts'
import { isServiceAccount } from './names.ts'

/** The parts of a key file that are used. Whatever else it says, its token_uri above all, comes from who wrote the file. */
export interface ServiceAccountKey {
  readonly clientEmail: string
  readonly privateKeyId: string
  readonly projectId: string | undefined
  readonly privateKey: KeyObject
  /** ISO time at which it ends, where the file says so. */
  readonly validBefore: string | undefined
}

/** Reads a key file, as JSON or as base64 of it. Nothing of what is refused is repeated. */
export function parseServiceAccountKey(text: string): ServiceAccountKey {
  const file = parseJsonObject(text) ?? parseJsonObject(Buffer.from(text, 'base64').toString('utf8'))
  if (file === undefined) throw malformed('it is neither JSON nor base64 of JSON')
  checkKind(file)
  const clientEmail = jsonText(file['client_email'])
  const privateKeyId = jsonText(file['private_key_id'])
  if (clientEmail === undefined || !isServiceAccount(clientEmail))
    throw malformed('its client_email is missing or not that of a service account')
  if (privateKeyId === undefined || !/^[0-9a-f]{1,64}$/.test(privateKeyId)) throw malformed('its private_key_id is missing or malformed')
  return {
    clientEmail,
    privateKeyId,
    projectId: jsonText(file['project_id']),
    privateKey: privateKeyIn(file),
    validBefore: endOf(file),
  }
}

function checkKind(file: JsonObject): void {
  const type = jsonText(file['type'])
  if (type === 'service_account') return
  const neighbour: { readonly [type: string]: string } = {
    authorized_user: 'it is the login of a person, not the key of a service account',
    external_account: 'it is a credential configuration for workload identity federation: use the method federation',
    impersonated_service_account: 'it is a credential that impersonates: use the method grant or federation',
  }
  throw malformed((type === undefined ? undefined : neighbour[type]) ?? 'its type is not service_account')
}

function privateKeyIn(file: JsonObject): KeyObject {
  const pem = jsonText(file['private_key'])
  if (pem === undefined) throw malformed('its private_key is missing')
  let key: KeyObject
  try {
    // Pasted through a shell, line breaks often come as the two characters \n.
    key = createPrivateKey(pem.replaceAll('\\n', '\n'))
  } catch {
    // Not kept as the cause: it may quote the key.
    throw malformed('its private_key cannot be read: something was cut off or changed when it was copied')
  }
  if (key.asymmetricKeyType !== 'rsa') throw malformed('its private_key is not one of RSA')
  // RFC 7518 lets nobody sign with less; Google makes such keys only where it is asked to.
  if ((key.asymmetricKeyDetails?.modulusLength ?? 0) < 2_048) throw malformed('its private_key has fewer than the 2,048 bits it needs')
  return key
}

/** Google writes no end into the file; tools that make short-lived keys do. */
function endOf(file: JsonObject): string | undefined {
  const told = jsonText(file['valid_before']) ?? jsonText(file['valid_before_time']) ?? jsonText(file['validBeforeTime'])
  const time = told === undefined ? Number.NaN : Date.parse(told)
  return Number.isNaN(time) || time > Date.UTC(9999, 0) ? undefined : new Date(time).toISOString()
}

function malformed(because: string): Error {
  return accessError('gcp.key.malformed', { message: `This is not the key of a service account: ${because}.` })
}
