import type { S3Call } from '@sluice/core'
import type { AwsCredentials } from '@sluice/clouds'
import { signRequest } from '../../../packages/clouds/src/s3-protocol/sign.ts'
import { type Rgw, startRgw } from '../../../packages/clouds/test/support/rgw.ts'
import { httpOf } from './http.ts'
import { BUCKET, type Caller, NEIGHBOUR, OTHER, OWNER, type Scenario, SESSION, type Statement, USER_AGENT, documentOf } from './question.ts'

/** The objects that both buckets have. */
export const KEYS = ['data/a.csv', 'data/sub/b.csv', 'data-2/c.csv', 'other/d.csv', 'data/ü e:f+g.csv'] as const

/** The objects of which both buckets have an upload under way. */
export const UPLOADS = ['data/part.csv', 'other/part.csv'] as const

/** A RADOS gateway with two tenants that stand for accounts, their users, roles and buckets. */
export interface GatewayWorld {
  /** Puts the policies of a scenario in force and gives the way to ask under them; those of the scenario before are gone. */
  enter(scenario: Scenario): Promise<(call: S3Call) => Promise<boolean>>
  close(): Promise<void>
}

/** Overrides every policy: it can repair a bucket whose policy shuts everybody out. */
const SYSTEM: AwsCredentials = { accessKeyId: 'SYSTEMKEY', secretAccessKey: 'systemsecret' }

const USERS = { owner: OWNER, alice: OWNER, bob: OWNER, broker: OWNER, carol: OTHER, agent: OTHER } as const
/** Roles, with who assumes them: users that no policy names and that have no policy. */
const ROLES = { reader: 'broker', visitor: 'agent' } as const
const SETUP: { readonly [tenant: string]: keyof typeof USERS } = { [OWNER]: 'broker', [OTHER]: 'agent' }

interface Sent {
  readonly service: 's3' | 'iam' | 'sts'
  readonly method: 'GET' | 'PUT' | 'POST' | 'HEAD' | 'DELETE'
  readonly path: string
  readonly query?: { readonly [name: string]: string }
  readonly headers?: { readonly [name: string]: string }
  readonly body?: string
}
interface Answer {
  readonly status: number
  readonly text: string
}

export async function startGatewayWorld(): Promise<GatewayWorld> {
  const rgw = await startRgw()
  try {
    return await furnish(rgw)
  } catch (error) {
    await rgw.stop()
    throw error
  }
}

async function furnish(rgw: Rgw): Promise<GatewayWorld> {
  const as = (user: keyof typeof USERS): AwsCredentials => ({ accessKeyId: `KEY${user}`, secretAccessKey: `secret-of-${user}` })

  async function send(request: Sent, credentials: AwsCredentials | undefined): Promise<Answer> {
    const { service, method, path, query = {}, body } = request
    const headers = { 'user-agent': USER_AGENT, ...request.headers }
    const bytes = body === undefined ? {} : { body: new TextEncoder().encode(body) }
    const unsigned = { method, origin: rgw.url, path, query, headers, ...bytes }
    const signed =
      credentials === undefined
        ? { url: `${rgw.url}${path}?${new URLSearchParams(query).toString().replaceAll('+', '%20')}`, headers }
        : await signRequest(unsigned, { service, region: 'us-east-1', credentials, now: Date.now() })
    const { host: _host, ...sent } = { host: '', ...signed.headers }
    const response = await fetch(signed.url, { method, headers: sent, ...(body === undefined ? {} : { body }) })
    return { status: response.status, text: await response.text() }
  }
  const must = async (request: Sent, credentials: AwsCredentials): Promise<string> => {
    const { status, text } = await send(request, credentials)
    if (status >= 300)
      throw new Error(`${request.method} ${request.path} of the set-up was answered ${status}: ${text} to ${request.body ?? ''}`)
    return text
  }
  const form = (service: 'iam' | 'sts', parameters: { readonly [name: string]: string }): Sent => ({
    service,
    method: 'POST',
    path: '/',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    // It takes a plus for a plus, not for a space.
    body: new URLSearchParams(parameters).toString().replaceAll('+', '%20'),
  })

  for (const [uid, tenant] of Object.entries(USERS)) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.entries forgets the names of a record's keys
    const { accessKeyId, secretAccessKey } = as(uid as keyof typeof USERS)
    const query = {
      uid,
      tenant,
      'display-name': uid,
      'access-key': accessKeyId,
      'secret-key': secretAccessKey,
      'user-caps': 'roles=*;user-policy=*',
    }
    await must({ service: 's3', method: 'PUT', path: '/admin/user', query }, rgw.credentials)
  }
  for (const [role, assumer] of Object.entries(ROLES)) {
    const principal = { AWS: [`arn:aws:iam::${USERS[assumer]}:user/${assumer}`] }
    const trust = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: principal, Action: ['sts:AssumeRole'] }],
    })
    await must(form('iam', { Action: 'CreateRole', RoleName: role, Path: '/', AssumeRolePolicyDocument: trust }), as(assumer))
  }
  const uploads = new Map<string, string>()
  for (const bucket of [BUCKET, NEIGHBOUR]) {
    await must({ service: 's3', method: 'PUT', path: `/${bucket}` }, as('owner'))
    for (const key of KEYS) await must({ service: 's3', ...httpOf({ operation: 'PutObject', bucket, key }) }, as('owner'))
    for (const key of UPLOADS) {
      const text = await must({ service: 's3', ...httpOf({ operation: 'CreateMultipartUpload', bucket, key }) }, as('owner'))
      uploads.set(`${bucket}/${key}`, textOf(text, 'UploadId'))
    }
  }

  /** Puts or removes the policy of a user or role. */
  async function setIdentity(who: keyof typeof USERS | keyof typeof ROLES, statements: readonly Statement[] | undefined): Promise<void> {
    const assumer = who === 'reader' || who === 'visitor' ? ROLES[who] : undefined
    const tenant = assumer === undefined ? USERS[who as keyof typeof USERS] : USERS[assumer]
    const [noun, name] = assumer === undefined ? ['User', `${tenant}$${who}`] : ['Role', who]
    const named = { [`${noun}Name`]: name, PolicyName: 'policy' }
    const credentials = as(SETUP[tenant] ?? 'broker')
    if (statements !== undefined) {
      await must(form('iam', { Action: `Put${noun}Policy`, ...named, PolicyDocument: documentOf(statements) }), credentials)
      return
    }
    const { status, text } = await send(form('iam', { Action: `Delete${noun}Policy`, ...named }), credentials)
    if (status >= 300 && status !== 404) throw new Error(`a policy could not be removed: ${status} ${text}`)
  }

  async function credentialsOf(caller: Caller, session: readonly Statement[] | undefined): Promise<AwsCredentials | undefined> {
    if (caller === 'anonymous') return undefined
    if (caller !== 'reader' && caller !== 'visitor') return as(caller)
    const assumer = ROLES[caller]
    const parameters = { Action: 'AssumeRole', RoleArn: `arn:aws:iam::${USERS[assumer]}:role/${caller}`, RoleSessionName: SESSION }
    const text = await must(form('sts', { ...parameters, ...(session === undefined ? {} : { Policy: documentOf(session) }) }), as(assumer))
    const field = (name: string): string => textOf(text, name)
    return { accessKeyId: field('AccessKeyId'), secretAccessKey: field('SecretAccessKey'), sessionToken: field('SessionToken') }
  }

  return {
    async enter({ caller, identity, session, bucket }) {
      for (const name of [BUCKET, NEIGHBOUR]) {
        const target = { service: 's3', path: `/${OWNER}%3A${name}`, query: { policy: '' } } as const
        if (name === BUCKET && bucket !== undefined) await must({ ...target, method: 'PUT', body: documentOf(bucket) }, SYSTEM)
        else await must({ ...target, method: 'DELETE' }, SYSTEM)
      }
      if (caller !== 'anonymous' && caller !== 'owner') await setIdentity(caller, identity)
      const credentials = await credentialsOf(caller, session)
      return async (call) => {
        const request = httpOf(call, uploads.get(`${call.bucket}/${call.key}`))
        const { status, text } = await send({ service: 's3', ...request }, credentials)
        // Only a refusal by policy is an answer; what is missing is told to those who may know.
        if (status === 403 && (text.includes('<Code>AccessDenied</Code>') || request.method === 'HEAD')) return false
        if (status < 300 || /<Code>NoSuch(BucketPolicy|Upload)</.test(text)) return true
        throw new Error(`${caller}'s ${call.operation} was answered ${status}: ${text}`)
      }
    },
    close: () => rgw.stop(),
  }
}

/** The text of the first XML element of that name. */
function textOf(xml: string, element: string): string {
  return new RegExp(`<${element}>([^<]+)<`).exec(xml)?.[1] ?? ''
}
