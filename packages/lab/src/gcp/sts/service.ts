import type { GoogleIdentity } from '@sluice/core'
import { jsonAnswer, type Answer } from '../../http/answer.ts'
import type { LabRequest } from '../../http/request.ts'
import { nameOf } from '../auth/caller.ts'
import { findToken, issueToken, TOKEN_SECONDS } from '../auth/tokens.ts'
import { readForm } from '../body.ts'
import type { Call, Identified } from '../call.ts'
import { GoogleError, notImplemented } from '../error.ts'
import { refuseOAuth } from '../refuse.ts'
import { readBoundary } from './boundary.ts'
import { federate } from './federate.ts'

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token'
const FOREIGN_TOKENS = ['urn:ietf:params:oauth:token-type:jwt', 'urn:ietf:params:oauth:token-type:id_token']

type Form = ReadonlyMap<string, string>

/** The Security Token Service: foreign tokens against Google's, and Google's against narrower ones. https://cloud.google.com/iam/docs/reference/sts/rest */
export function identifySts(request: LabRequest): Identified {
  const isToken = request.method === 'POST' && /^\/v1(beta)?\/token$/.test(request.rawPath)
  return {
    operation: isToken ? 'sts.token' : 'sts.unknown',
    refuse: refuseOAuth,
    run: isToken
      ? exchange
      : async () => {
          throw notImplemented(`${request.method} ${request.rawPath}`)
        },
  }
}

async function exchange(call: Call): Promise<Answer> {
  const form = await readForm(call)
  if (form.get('grant_type') !== EXCHANGE) throw invalid('grant_type', EXCHANGE)
  if (form.get('requested_token_type') !== ACCESS_TOKEN) throw invalid('requested_token_type', ACCESS_TOKEN)
  const type = form.get('subject_token_type') ?? ''
  if (type === ACCESS_TOKEN) return downscope(call, form)
  if (FOREIGN_TOKENS.includes(type)) return federated(call, form)
  throw invalid('subject_token_type', [...FOREIGN_TOKENS, ACCESS_TOKEN].join(', '))
}

function invalid(name: string, wanted: string): GoogleError {
  return new GoogleError(400, 'invalid_request', `Invalid value for "${name}". The lab takes: ${wanted}.`)
}

async function federated(call: Call, form: Form): Promise<Answer> {
  const { state } = call
  const scopes = scopesOf(form)
  if (scopes.length === 0) throw new GoogleError(400, 'invalid_scope', 'The OAuth scope is missing.')
  const { identity, assertionExpiresAt } = await federate(state, form.get('audience') ?? '', form.get('subject_token') ?? '')
  call.identified(nameOf(identity))
  // As long as the foreign token, at most an hour; in the minute of grace after its end another minute.
  const left = Math.floor((assertionExpiresAt - state.clock.now()) / 1000)
  const seconds = left > 0 ? Math.min(TOKEN_SECONDS, left) : 60
  return answer(call, identity, scopes, seconds)
}

/** A token that can do no more than its source, and only what the boundary leaves. */
function downscope(call: Call, form: Form): Answer {
  const { state } = call
  const source = findToken(state, form.get('subject_token') ?? '')
  if (!source) throw new GoogleError(400, 'invalid_grant', 'The subject token is invalid or has expired.')
  call.identified(nameOf(source.identity))
  if (source.boundary) throw new GoogleError(400, 'invalid_request', 'The subject token is restricted by an access boundary already.')
  const boundary = readBoundary(form.get('options') ?? '')
  const text = issueToken(state, { identity: source.identity, scopes: source.scopes, expiresAt: source.expiresAt, boundary })
  return jsonAnswer({
    access_token: text,
    issued_token_type: ACCESS_TOKEN,
    token_type: 'Bearer',
    // It ends with its source, and Google says when for service accounts only.
    ...(source.identity.kind === 'service-account'
      ? { expires_in: Math.max(0, Math.floor((source.expiresAt - state.clock.now()) / 1000) - 1) }
      : {}),
  })
}

function answer({ state }: Call, identity: GoogleIdentity, scopes: readonly string[], seconds: number): Answer {
  const text = issueToken(state, { identity, scopes, expiresAt: state.clock.now() + seconds * 1000 })
  return jsonAnswer({
    access_token: text,
    issued_token_type: ACCESS_TOKEN,
    token_type: 'Bearer',
    expires_in: Math.max(1, seconds - 1),
  })
}

function scopesOf(form: Form): readonly string[] {
  return (form.get('scope') ?? '').split(' ').filter((scope) => scope !== '')
}
