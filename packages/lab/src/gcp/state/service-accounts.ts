import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { GoogleResource } from '@sluice/core'
import { digits, keyId } from './ids.ts'
import { ensureProject } from './state.ts'
import type { GcpState, ServiceAccount, ServiceAccountKey } from './types.ts'

export interface ServiceAccountInput {
  /** The name before the @. */
  readonly id: string
  readonly displayName?: string
  readonly description?: string
}

/** Makes an account, or another one under the same name. */
export function makeServiceAccount(state: GcpState, projectId: string, input: ServiceAccountInput): ServiceAccount {
  ensureProject(state, projectId)
  if (!/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(input.id))
    throw new TypeError(`A service account id has 6 to 30 lower-case letters, digits and hyphens: ${input.id}`)
  const account: ServiceAccount = {
    email: `${input.id}@${projectId}.iam.gserviceaccount.com`,
    projectId,
    uniqueId: digits(state.random, 21),
    createdAt: state.clock.now(),
    displayName: input.displayName ?? '',
    description: input.description ?? '',
    disabled: false,
    keys: new Map(),
    signer: undefined,
  }
  state.serviceAccounts.set(account.email, account)
  return account
}

/** As conditions see it. */
export function serviceAccountResource({ projectId, uniqueId }: ServiceAccount): GoogleResource {
  return {
    name: `projects/${projectId}/serviceAccounts/${uniqueId}`,
    type: 'iam.googleapis.com/ServiceAccount',
    service: 'iam.googleapis.com',
  }
}

/** Google says that a key of a user never ends by writing this time. */
const NEVER = Date.parse('9999-12-31T23:59:59Z')
const MANAGED_KEY_MS = 16 * 86_400_000

/** Makes a key; its private half is for who asked, and kept nowhere. */
export function makeKey(
  state: GcpState,
  account: ServiceAccount,
  options: { readonly validBefore?: number; readonly privateKey?: string } = {},
): { readonly key: ServiceAccountKey; readonly privateKey: KeyObject } {
  const privateKey = options.privateKey === undefined ? newPrivateKey() : createPrivateKey(options.privateKey)
  const key = addKey(state, account, privateKey, 'USER_MANAGED', options.validBefore ?? NEVER)
  return { key, privateKey }
}

/** The key that Google signs with for the account. */
export function signerOf(state: GcpState, account: ServiceAccount): NonNullable<ServiceAccount['signer']> {
  if (account.signer) return account.signer
  const privateKey = newPrivateKey()
  const { id } = addKey(state, account, privateKey, 'SYSTEM_MANAGED', state.clock.now() + MANAGED_KEY_MS)
  account.signer = { id, privateKey }
  return account.signer
}

function newPrivateKey(): KeyObject {
  return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
}

function addKey(
  state: GcpState,
  account: ServiceAccount,
  privateKey: KeyObject,
  manager: ServiceAccountKey['manager'],
  validBefore: number,
): ServiceAccountKey {
  const key: ServiceAccountKey = {
    id: keyId(state.random),
    publicKey: createPublicKey(privateKey),
    createdAt: state.clock.now(),
    validBefore,
    manager,
    disabled: false,
  }
  account.keys.set(key.id, key)
  return key
}

/** A key file as Google hands it out. */
export interface ServiceAccountKeyFile {
  readonly type: 'service_account'
  readonly project_id: string
  readonly private_key_id: string
  readonly private_key: string
  readonly client_email: string
  readonly client_id: string
  readonly auth_uri: string
  readonly token_uri: string
  readonly auth_provider_x509_cert_url: string
  readonly client_x509_cert_url: string
  readonly universe_domain: string
}

export function keyFile(account: ServiceAccount, key: ServiceAccountKey, privateKey: KeyObject): ServiceAccountKeyFile {
  return {
    type: 'service_account',
    project_id: account.projectId,
    private_key_id: key.id,
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    client_email: account.email,
    client_id: account.uniqueId,
    auth_uri: 'https://accounts.google.com/o/oauth2/auth',
    token_uri: 'https://oauth2.googleapis.com/token',
    auth_provider_x509_cert_url: 'https://www.googleapis.com/oauth2/v1/certs',
    client_x509_cert_url: `https://www.googleapis.com/robot/v1/metadata/x509/${encodeURIComponent(account.email)}`,
    universe_domain: 'googleapis.com',
  }
}
