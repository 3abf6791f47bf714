import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { Json, JsonObject } from '@sluice/core'

/** A refusal in the words of gcloud. */
class Refusal extends Error {}

/** Who the stand-in is, and where Google answers. */
export interface GcloudOptions {
  /** The lab. */
  readonly url: string
  readonly token: string
  /** What `gcloud config get-value project` says. */
  readonly project: string
  /** Where scripts run; by default, where the command lies. Files that they name lie there. */
  readonly folder?: string
}

interface Command {
  readonly words: readonly string[]
  option(name: string): string
  given(name: string): string | undefined
  has(name: string): boolean
}

/** `gcloud a b c --flag=value --switch`: words, and options by name. */
function parse(args: readonly string[]): Command {
  const options = new Map<string, string>()
  const words: string[] = []
  for (const arg of args) {
    const [, name, value = ''] = /^--([a-z-]+)(?:=(.*))?$/s.exec(arg) ?? []
    if (name === undefined) words.push(arg)
    else options.set(name, value)
  }
  return {
    words,
    has: (name) => options.has(name),
    given: (name) => options.get(name),
    option: (name) => {
      const value = options.get(name)
      if (value === undefined || value === '') throw new Refusal(`argument --${name}: Must be specified.`)
      return value
    },
  }
}

const isObject = (value: Json | undefined): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value)

const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '')

/** What the stand-in can do, each by the request that gcloud makes for it. */
function api({ url, token }: GcloudOptions) {
  const target = new URL(url)
  return (method: string, at: string, json?: JsonObject): Promise<JsonObject> => {
    const to = new URL(at)
    const body = json === undefined ? undefined : JSON.stringify(json)
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          host: target.hostname,
          port: target.port,
          method,
          path: to.pathname + to.search,
          headers: {
            host: to.host,
            authorization: `Bearer ${token}`,
            ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
          },
        },
        (answer) => {
          let received = ''
          answer.setEncoding('utf8').on('data', (piece: string) => (received += piece))
          answer.on('end', () => {
            const parsed: Json = received === '' ? {} : JSON.parse(received)
            const object = isObject(parsed) ? parsed : {}
            if (answer.statusCode === 200 || answer.statusCode === 204) return resolve(object)
            const error = isObject(object['error']) ? object['error'] : {}
            const status = answer.statusCode === 404 ? 'NOT_FOUND' : text(error['status']) || String(answer.statusCode)
            return reject(new Refusal(`${status}: ${text(error['message'])}`))
          })
        },
      )
      outgoing.on('error', reject).end(body)
    })
  }
}

const IAM = 'https://iam.googleapis.com/v1'
const STORAGE = 'https://storage.googleapis.com/storage/v1'

async function run(options: GcloudOptions, folder: string, args: readonly string[]): Promise<string> {
  const command = parse(args)
  const call = api(options)
  const [first = '', second = '', third = '', fourth = ''] = command.words
  if (command.words.join(' ') === 'config get-value project') return options.project
  if (`${first} ${second}` === 'projects describe')
    return formatted(command, await call('GET', `https://cloudresourcemanager.googleapis.com/v1/projects/${third}`))
  if (`${first} ${second}` === 'iam roles') return roles(call, command, third, fourth)
  if (`${first} ${second}` === 'iam workload-identity-pools') return pools(call, command)
  if (`${first} ${second}` === 'iam service-accounts') return accounts(call, command, options.project, folder)
  if (`${first} ${second}` === 'storage buckets') return buckets(call, command, third, fourth)
  throw new Refusal(`Invalid choice: '${command.words.join(' ')}'.`)
}

type Call = ReturnType<typeof api>

function formatted(command: Command, resource: JsonObject): string {
  const field = /^value\(([A-Za-z_]+)\)$/.exec(command.given('format') ?? '')?.[1]
  if (field === undefined) return JSON.stringify(resource)
  const value = resource[field]
  // gcloud writes booleans as Python does.
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return typeof value === 'string' ? value : ''
}

const fileOf = (command: Command, name: string): JsonObject => JSON.parse(readFileSync(command.option(name), 'utf8'))

async function roles(call: Call, command: Command, verb: string, id: string): Promise<string> {
  const all = `${IAM}/projects/${command.option('project')}/roles`
  switch (verb) {
    case 'describe':
      return formatted(command, await call('GET', `${all}/${id}`))
    case 'create':
      return JSON.stringify(await call('POST', all, { roleId: id, role: fileOf(command, 'file') }))
    case 'update':
      return JSON.stringify(await call('PATCH', `${all}/${id}`, fileOf(command, 'file')))
    case 'undelete':
      return JSON.stringify(await call('POST', `${all}/${id}:undelete`, {}))
    case 'delete':
      return JSON.stringify(await call('DELETE', `${all}/${id}`))
    default:
      throw new Refusal(`Invalid choice: '${verb}'.`)
  }
}

async function pools(call: Call, command: Command): Promise<string> {
  if (command.option('location') !== 'global') throw new Refusal('location must be global')
  const all = `${IAM}/projects/${command.option('project')}/locations/global/workloadIdentityPools`
  const isProvider = command.words[2] === 'providers'
  const [verb = '', id = ''] = command.words.slice(isProvider ? 3 : 2)
  const base = isProvider ? `${all}/${command.option('workload-identity-pool')}/providers` : all
  const texts = { displayName: command.given('display-name') ?? '', description: command.given('description') ?? '' }
  const idName = isProvider ? 'workloadIdentityPoolProviderId' : 'workloadIdentityPoolId'
  switch (verb) {
    case 'describe':
      return formatted(command, await call('GET', `${base}/${id}`))
    case 'create':
      return JSON.stringify(await call('POST', `${base}?${idName}=${id}`, texts))
    case 'create-oidc':
      return JSON.stringify(await call('POST', `${base}?${idName}=${id}`, { ...texts, ...oidc(command) }))
    case 'update-oidc':
      return JSON.stringify(await call('PATCH', `${base}/${id}`, { ...texts, ...oidc(command) }))
    case 'undelete':
      return JSON.stringify(await call('POST', `${base}/${id}:undelete`, {}))
    case 'delete':
      return JSON.stringify(await call('DELETE', `${base}/${id}`))
    default:
      throw new Refusal(`Invalid choice: '${verb}'.`)
  }
}

function oidc(command: Command): JsonObject {
  const mapping = command.option('attribute-mapping').split(',')
  const audiences = command.given('allowed-audiences')
  return {
    oidc: { issuerUri: command.option('issuer-uri'), ...(audiences ? { allowedAudiences: audiences.split(',') } : {}) },
    attributeMapping: Object.fromEntries(mapping.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)])),
    attributeCondition: command.option('attribute-condition'),
  }
}

async function accounts(call: Call, command: Command, configured: string, folder: string): Promise<string> {
  const [, , verb = '', more = '', last = ''] = command.words
  const project = command.given('project') ?? configured
  const all = `${IAM}/projects/${project}/serviceAccounts`
  const anywhere = `${IAM}/projects/-/serviceAccounts`
  switch (verb) {
    case 'describe':
      return formatted(command, await call('GET', `${anywhere}/${more}`))
    case 'create': {
      const serviceAccount = { displayName: command.given('display-name') ?? '', description: command.given('description') ?? '' }
      return JSON.stringify(await call('POST', all, { accountId: more, serviceAccount }))
    }
    case 'delete':
      return JSON.stringify(await call('DELETE', `${anywhere}/${more}`))
    case 'add-iam-policy-binding':
    case 'remove-iam-policy-binding': {
      const policy = await call('POST', `${anywhere}/${more}:getIamPolicy`, { options: { requestedPolicyVersion: 3 } })
      return JSON.stringify(await call('POST', `${anywhere}/${more}:setIamPolicy`, { policy: changed(policy, command, verb) }))
    }
    case 'keys':
      return keys(call, command, more, join(folder, last), anywhere)
    default:
      throw new Refusal(`Invalid choice: '${verb}'.`)
  }
}

async function keys(call: Call, command: Command, verb: string, file: string, anywhere: string): Promise<string> {
  const all = `${anywhere}/${command.option('iam-account')}/keys`
  if (verb === 'list') {
    if (command.option('managed-by') !== 'user') throw new Refusal('the stand-in lists keys of users')
    const { keys: found } = await call('GET', `${all}?keyTypes=USER_MANAGED`)
    return (Array.isArray(found) ? found : []).map((key: Json) => (isObject(key) ? text(key['name']) : '')).join('\n')
  }
  if (verb !== 'create') throw new Refusal(`Invalid choice: '${verb}'.`)
  const { privateKeyData } = await call('POST', all, {})
  writeFileSync(file, Buffer.from(text(privateKeyData), 'base64'))
  return ''
}

async function buckets(call: Call, command: Command, verb: string, url: string): Promise<string> {
  const at = `${STORAGE}/b/${url.replace(/^gs:\/\//, '')}`
  switch (verb) {
    case 'describe': {
      const bucket = await call('GET', at)
      const access = isObject(bucket['iamConfiguration']) ? bucket['iamConfiguration']['uniformBucketLevelAccess'] : undefined
      return formatted(command, { ...bucket, uniform_bucket_level_access: isObject(access) && access['enabled'] === true })
    }
    case 'add-iam-policy-binding':
    case 'remove-iam-policy-binding': {
      const policy = await call('GET', `${at}/iam?optionsRequestedPolicyVersion=3`)
      return JSON.stringify(await call('PUT', `${at}/iam`, changed(policy, command, verb)))
    }
    default:
      throw new Refusal(`Invalid choice: '${verb}'.`)
  }
}

/** The policy with a binding more, or without those of a role and member, whatever their condition. */
function changed(policy: JsonObject, command: Command, verb: string): JsonObject {
  const [role, member] = [command.option('role'), command.option('member')]
  const bindings = (Array.isArray(policy['bindings']) ? policy['bindings'] : []).filter((one: Json): one is JsonObject => isObject(one))
  const names = (binding: JsonObject): readonly Json[] => (Array.isArray(binding['members']) ? binding['members'] : [])
  if (verb.startsWith('remove')) {
    if (!command.has('all')) throw new Refusal('The policy contains bindings with conditions: give --all or --condition.')
    const isOurs = (binding: JsonObject): boolean => binding['role'] === role && names(binding).includes(member)
    if (!bindings.some(isOurs)) throw new Refusal('Policy bindings with the specified principal and role not found!')
    const rest = bindings.flatMap((binding) => {
      const members = isOurs(binding) ? names(binding).filter((name) => name !== member) : names(binding)
      return members.length === 0 ? [] : [{ ...binding, members }]
    })
    return { ...policy, version: 3, bindings: rest }
  }
  const condition = command.given('condition-from-file') === undefined ? undefined : fileOf(command, 'condition-from-file')
  if (condition === undefined && command.option('condition') !== 'None') throw new Refusal('the stand-in takes conditions from files')
  return { ...policy, version: 3, bindings: [...bindings, { role, members: [member], ...(condition === undefined ? {} : { condition }) }] }
}

/** The stand-in as scripts meet it: a command `gcloud` in a folder. */
export interface FakeGcloud {
  readonly calls: readonly string[]
  close(): Promise<void>
}

/**
 * Puts a command `gcloud` into `folder` that stands in for Google's: it makes the requests that gcloud makes, so that the lab decides
 * what comes of them. What it does not know it refuses, so a script that asks for something else fails.
 */
export async function fakeGcloud(folder: string, options: GcloudOptions): Promise<FakeGcloud> {
  const calls: string[] = []
  const server = createServer((socket) => {
    let received = ''
    let started = false
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      received += chunk
      const [count = '', ...words] = received.split('\0')
      if (started || words.length <= Number(count)) return
      started = true
      const args = words.slice(0, Number(count))
      calls.push(args.filter((word) => !word.startsWith('--')).join(' '))
      void answer(options, options.folder ?? folder, args).then((text) => socket.end(text))
    })
    socket.on('error', () => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const command = join(folder, 'gcloud')
  writeFileSync(command, CLIENT.replace('PORT', String(address.port)))
  chmodSync(command, 0o755)
  return { calls, close: () => new Promise<void>((resolve) => server.close(() => resolve())) }
}

const CLIENT = `#!/usr/bin/env bash
exec 3<>/dev/tcp/127.0.0.1/PORT
{ printf '%d\\0' "$#"; printf '%s\\0' "$@"; } >&3
IFS= read -r status <&3
if [ "$status" = 0 ]; then cat <&3; else cat <&3 >&2; fi
exit "$status"
`

async function answer(options: GcloudOptions, folder: string, args: readonly string[]): Promise<string> {
  try {
    const text = await run(options, folder, args)
    return `0\n${text === '' ? '' : `${text}\n`}`
  } catch (error) {
    if (!(error instanceof Refusal)) return `99\n${String(error)}\n`
    return `1\nERROR: (gcloud.${args.slice(0, 3).join('.')}) ${error.message}\n`
  }
}
