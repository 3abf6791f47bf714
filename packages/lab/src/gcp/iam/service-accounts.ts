import type { JsonObject } from '@sluice/core'
import { jsonAnswer, type Answer } from '../../http/answer.ts'
import type { ApiRoute, PathParts } from '../api-route.ts'
import { may, policyName } from '../auth/authorize.ts'
import { readJson, textField } from '../body.ts'
import type { Call } from '../call.ts'
import { GoogleError } from '../error.ts'
import { policyMethods } from '../policy-methods.ts'
import { makeServiceAccount, serviceAccountResource } from '../state/service-accounts.ts'
import type { ServiceAccount } from '../state/types.ts'
import { alreadyExists, demandAccount, demandInProject, findAccount } from './context.ts'
import { isObject } from '../../state/json.ts'

const ALL = '/v1/projects/{project}/serviceAccounts'
const ONE = `${ALL}/{account}`

export const ACCOUNT_ROUTES: readonly ApiRoute[] = [
  { operation: 'iam.serviceAccounts.create', method: 'POST', path: ALL, run: create },
  { operation: 'iam.serviceAccounts.list', method: 'GET', path: ALL, run: list },
  {
    operation: 'iam.serviceAccounts.get',
    method: 'GET',
    path: ONE,
    run: async (call, parts) => jsonAnswer(resourceOf(call, demandAccount(call, parts, 'iam.serviceAccounts.get'))),
  },
  { operation: 'iam.serviceAccounts.delete', method: 'DELETE', path: ONE, run: remove },
  { operation: 'iam.serviceAccounts.disable', method: 'POST', path: `${ONE}:disable`, run: switchTo(true) },
  { operation: 'iam.serviceAccounts.enable', method: 'POST', path: `${ONE}:enable`, run: switchTo(false) },
  ...policyMethods('iam.serviceAccounts', 'iam.serviceAccounts', ONE, (call, parts) => {
    const account = findAccount(call, parts)
    return {
      carrier: policyName.serviceAccount(account),
      may: (caller, permission) =>
        may(call.state, caller, {
          permission,
          resource: serviceAccountResource(account),
          carriers: [policyName.serviceAccount(account), policyName.project(account.projectId)],
        }),
      shownAs: `projects/${account.projectId}/serviceAccounts/${account.email}`,
    }
  }),
]

async function create(call: Call, parts: PathParts): Promise<Answer> {
  const project = demandInProject(call, parts, 'iam.serviceAccounts.create')
  const body = await readJson(call, 'INVALID_ARGUMENT')
  const id = textField(body, 'accountId') ?? ''
  if (!/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(id))
    throw new GoogleError(
      400,
      'INVALID_ARGUMENT',
      `The account ID "${id}" does not have a length between 6 and 30 or is not of lower-case letters, digits and hyphens.`,
    )
  if (call.state.serviceAccounts.has(`${id}@${project.id}.iam.gserviceaccount.com`))
    throw alreadyExists(`Service account ${id} already exists within project projects/${project.id}.`)
  const described = isObject(body['serviceAccount']) ? body['serviceAccount'] : {}
  const account = makeServiceAccount(call.state, project.id, {
    id,
    displayName: textField(described, 'displayName') ?? '',
    description: textField(described, 'description') ?? '',
  })
  return jsonAnswer(resourceOf(call, account))
}

async function list(call: Call, parts: PathParts): Promise<Answer> {
  const project = demandInProject(call, parts, 'iam.serviceAccounts.list')
  const accounts = [...call.state.serviceAccounts.values()].filter(({ projectId }) => projectId === project.id)
  return jsonAnswer(accounts.length === 0 ? {} : { accounts: accounts.map((account) => resourceOf(call, account)) })
}

async function remove(call: Call, parts: PathParts): Promise<Answer> {
  const { email } = demandAccount(call, parts, 'iam.serviceAccounts.delete')
  call.state.serviceAccounts.delete(email)
  return jsonAnswer({})
}

function switchTo(disabled: boolean): ApiRoute['run'] {
  return async (call, parts) => {
    demandAccount(call, parts, `iam.serviceAccounts.${disabled ? 'disable' : 'enable'}`).disabled = disabled
    return jsonAnswer({})
  }
}

function resourceOf({ state }: Call, account: ServiceAccount): JsonObject {
  return {
    name: `projects/${account.projectId}/serviceAccounts/${account.email}`,
    projectId: account.projectId,
    uniqueId: account.uniqueId,
    email: account.email,
    oauth2ClientId: account.uniqueId,
    etag: Buffer.from(`${account.uniqueId}/${state.projects.get(account.projectId)?.number ?? ''}`).toString('base64'),
    ...(account.displayName === '' ? {} : { displayName: account.displayName }),
    ...(account.description === '' ? {} : { description: account.description }),
    ...(account.disabled ? { disabled: true } : {}),
  }
}
