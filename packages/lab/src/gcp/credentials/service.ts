import { createSign } from 'node:crypto'
import { jsonAnswer, type Answer } from '../../http/answer.ts'
import { percentDecode, type LabRequest } from '../../http/request.ts'
import { may, policyName } from '../auth/authorize.ts'
import { demandApiCaller, permissionDenied } from '../auth/api-caller.ts'
import type { Caller } from '../auth/caller.ts'
import { homeOf } from '../auth/guards.ts'
import { issueToken, TOKEN_SECONDS } from '../auth/tokens.ts'
import { readJson, textField, textList } from '../body.ts'
import type { Call, Identified } from '../call.ts'
import { GoogleError, notImplemented } from '../error.ts'
import { refuseApi } from '../refuse.ts'
import { serviceAccountResource, signerOf } from '../state/service-accounts.ts'
import { findProject } from '../state/state.ts'
import type { GcpState, ServiceAccount } from '../state/types.ts'
import { isoSeconds } from '../../state/iso-seconds.ts'

const METHODS = { generateAccessToken, signBlob } as const

/** The Service Account Credentials API: impersonation. https://cloud.google.com/iam/docs/reference/credentials/rest */
export function identifyCredentials(request: LabRequest): Identified {
  const match = /^\/v1\/projects\/-\/serviceAccounts\/([^/:]+):([A-Za-z]+)$/.exec(percentDecode(request.rawPath) ?? '')
  const [, account = '', method = 'unknown'] = match ?? []
  const run = method === 'generateAccessToken' || method === 'signBlob' ? METHODS[method] : undefined
  return {
    operation: `iamcredentials.${method}`,
    refuse: refuseApi,
    run: async (call) => {
      if (!run || request.method !== 'POST') throw notImplemented(`${request.method} ${request.rawPath}`)
      return run(call, account)
    },
  }
}

async function generateAccessToken(call: Call, account: string): Promise<Answer> {
  const { state } = call
  const target = demandOn(call, account, 'iam.serviceAccounts.getAccessToken')
  const body = await readJson(call, 'INVALID_ARGUMENT')
  if (textList(body['delegates']).length > 0) throw notImplemented('delegates')
  const scopes = textList(body['scope'])
  if (scopes.length === 0) throw new GoogleError(400, 'INVALID_ARGUMENT', 'Scope required.')
  const seconds = lifetimeOf(textField(body, 'lifetime'))
  const expiresAt = state.clock.now() + seconds * 1000
  const text = issueToken(state, { identity: { kind: 'service-account', email: target.email }, scopes, expiresAt })
  return jsonAnswer({ accessToken: text, expireTime: isoSeconds(expiresAt) })
}

function lifetimeOf(text: string | undefined): number {
  if (text === undefined) return TOKEN_SECONDS
  const seconds = /^(\d{1,9})(?:\.\d+)?s$/.exec(text)?.[1]
  if (seconds === undefined) throw new GoogleError(400, 'INVALID_ARGUMENT', `Invalid value at 'lifetime': ${text}`)
  if (Number(seconds) === 0) throw new GoogleError(400, 'INVALID_ARGUMENT', 'Lifetime of access token must be larger then zero.')
  if (Number(seconds) > TOKEN_SECONDS)
    throw new GoogleError(
      400,
      'INVALID_ARGUMENT',
      'The access token can not have lifetimes of more than 1 hour. Use the Org Policy Constraint constraints/iam.allowServiceAccountCredentialLifetimeExtension to allow up to 12 hours.',
    )
  return Number(seconds)
}

async function signBlob(call: Call, account: string): Promise<Answer> {
  const target = demandOn(call, account, 'iam.serviceAccounts.signBlob')
  const body = await readJson(call, 'INVALID_ARGUMENT')
  const { id, privateKey } = signerOf(call.state, target)
  const signature = createSign('RSA-SHA256')
    .update(Buffer.from(textField(body, 'payload') ?? '', 'base64'))
    .sign(privateKey)
  return jsonAnswer({ keyId: id, signedBlob: signature.toString('base64') })
}

function demandOn(call: Call, account: string, permission: string): ServiceAccount {
  const { state } = call
  const caller = demandApiCaller(call)
  checkEnabled(state, caller)
  const target = findAccount(state, account)
  if (!target) throw new GoogleError(404, 'NOT_FOUND', `Not found; Gaia id not found for email ${account}`)
  const allowed = may(state, caller, {
    permission,
    resource: serviceAccountResource(target),
    carriers: [policyName.serviceAccount(target), policyName.project(target.projectId)],
  })
  if (!allowed) throw permissionDenied(permission)
  if (target.disabled) throw new GoogleError(403, 'PERMISSION_DENIED', `Service account ${target.email} is disabled.`)
  return target
}

const API = 'iamcredentials.googleapis.com'

/** The API counts as used by the project that the caller belongs to. https://cloud.google.com/service-usage/docs/enable-disable */
function checkEnabled(state: GcpState, { identity }: Caller): void {
  const project = findProject(state, homeOf(state, identity) ?? '')
  if (!project?.guards.disabledServices.includes(API)) return
  const url = `https://console.developers.google.com/apis/api/${API}/overview?project=${project.number}`
  throw new GoogleError(
    403,
    'PERMISSION_DENIED',
    `IAM Service Account Credentials API has not been used in project ${project.number} before or it is disabled. Enable it by visiting ${url} then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.`,
    {
      details: [
        { '@type': 'type.googleapis.com/google.rpc.Help', links: [{ description: 'Google developers console API activation', url }] },
        {
          '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
          reason: 'SERVICE_DISABLED',
          domain: 'googleapis.com',
          metadata: { service: API, consumer: `projects/${project.number}` },
        },
      ],
    },
  )
}

function findAccount(state: GcpState, emailOrId: string): ServiceAccount | undefined {
  return state.serviceAccounts.get(emailOrId) ?? [...state.serviceAccounts.values()].find((account) => account.uniqueId === emailOrId)
}
