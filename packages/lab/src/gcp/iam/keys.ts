import type { JsonObject } from '@sluice/core'
import { jsonAnswer, type Answer } from '../../http/answer.ts'
import type { ApiRoute, PathParts } from '../api-route.ts'
import type { Call } from '../call.ts'
import { keyFile, makeKey } from '../state/service-accounts.ts'
import type { ServiceAccount, ServiceAccountKey } from '../state/types.ts'
import { demandAccount, notFound } from './context.ts'

const ALL = '/v1/projects/{project}/serviceAccounts/{account}/keys'
const ONE = `${ALL}/{key}`

export const KEY_ROUTES: readonly ApiRoute[] = [
  { operation: 'iam.serviceAccountKeys.create', method: 'POST', path: ALL, run: create },
  { operation: 'iam.serviceAccountKeys.list', method: 'GET', path: ALL, run: list },
  { operation: 'iam.serviceAccountKeys.get', method: 'GET', path: ONE, run: get },
  { operation: 'iam.serviceAccountKeys.delete', method: 'DELETE', path: ONE, run: remove },
  { operation: 'iam.serviceAccountKeys.disable', method: 'POST', path: `${ONE}:disable`, run: switchTo(true) },
  { operation: 'iam.serviceAccountKeys.enable', method: 'POST', path: `${ONE}:enable`, run: switchTo(false) },
]

/** Its private half is in this answer and nowhere else. */
async function create(call: Call, parts: PathParts): Promise<Answer> {
  const account = demandAccount(call, parts, 'iam.serviceAccountKeys.create')
  const { key, privateKey } = makeKey(call.state, account)
  const file = `${JSON.stringify(keyFile(account, key, privateKey), null, 2)}\n`
  return jsonAnswer({
    ...resourceOf(account, key),
    privateKeyType: 'TYPE_GOOGLE_CREDENTIALS_FILE',
    privateKeyData: Buffer.from(file).toString('base64'),
  })
}

async function list(call: Call, parts: PathParts): Promise<Answer> {
  const account = demandAccount(call, parts, 'iam.serviceAccountKeys.list')
  const types = call.request.query.filter(([name]) => name === 'keyTypes').map(([, value]) => value)
  const keys = [...account.keys.values()].filter((key) => types.length === 0 || types.includes(key.manager))
  return jsonAnswer(keys.length === 0 ? {} : { keys: keys.map((key) => resourceOf(account, key)) })
}

async function get(call: Call, parts: PathParts): Promise<Answer> {
  const account = demandAccount(call, parts, 'iam.serviceAccountKeys.get')
  return jsonAnswer(resourceOf(account, keyOf(account, parts)))
}

async function remove(call: Call, parts: PathParts): Promise<Answer> {
  const account = demandAccount(call, parts, 'iam.serviceAccountKeys.delete')
  account.keys.delete(keyOf(account, parts).id)
  return jsonAnswer({})
}

function switchTo(disabled: boolean): ApiRoute['run'] {
  return async (call, parts) => {
    const account = demandAccount(call, parts, `iam.serviceAccountKeys.${disabled ? 'disable' : 'enable'}`)
    keyOf(account, parts).disabled = disabled
    return jsonAnswer({})
  }
}

function keyOf(account: ServiceAccount, { key: id = '' }: PathParts): ServiceAccountKey {
  const key = account.keys.get(id)
  if (!key) throw notFound(`Service account key ${id} does not exist.`)
  return key
}

function resourceOf(account: ServiceAccount, key: ServiceAccountKey): JsonObject {
  return {
    name: `projects/${account.projectId}/serviceAccounts/${account.email}/keys/${key.id}`,
    keyAlgorithm: 'KEY_ALG_RSA_2048',
    keyOrigin: 'GOOGLE_PROVIDED',
    keyType: key.manager,
    validAfterTime: new Date(key.createdAt).toISOString(),
    validBeforeTime: new Date(key.validBefore).toISOString(),
    ...(key.disabled ? { disabled: true } : {}),
  }
}
