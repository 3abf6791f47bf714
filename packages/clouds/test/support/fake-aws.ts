import { readFileSync } from 'node:fs'
import { fakeCommand, type Outcome } from './fake-command.ts'

export interface FakeHolder {
  path: string
  trust?: unknown
  tags: Record<string, string>
  boundary?: string
  attached: string[]
  inline: Record<string, unknown>
  keys: string[]
}

export interface FakePolicy {
  tags: Record<string, string>
  /** Newest first; the one in force is named. */
  versions: { id: string; document: unknown }[]
  inForce: string
}

export interface FakeState {
  account: string
  /** `iam get-role` … to answer AccessDenied to. */
  denied: string[]
  role: Record<string, FakeHolder>
  user: Record<string, FakeHolder>
  policy: Record<string, FakePolicy>
  /** OpenID Connect providers by ARN. */
  providers: Record<string, { clients: string[]; tags: Record<string, string> }>
  buckets: Record<string, string[]>
  calls: string[]
}

export function emptyFakeState(account: string): FakeState {
  return { account, denied: [], role: {}, user: {}, policy: {}, providers: {}, buckets: {}, calls: [] }
}

class Refusal extends Error {}

function refuse(code: string, what: string): never {
  throw new Refusal(`An error occurred (${code}) when calling the operation: ${what}`)
}

/** The command's words, and its options by name. */
function parse(words: readonly string[]) {
  const options = new Map<string, string[]>()
  const command: string[] = []
  let last: string[] = command
  for (const word of words) {
    if (word.startsWith('--')) {
      last = []
      options.set(word.slice(2), last)
    } else last.push(word)
  }
  return { command: command.join(' '), options }
}

function run(state: FakeState, words: readonly string[]): string {
  const { command, options } = parse(words)
  const given = (name: string): string => options.get(name)?.join(' ') ?? refuse('ValidationError', `${command} needs --${name}`)
  const json = (name: string): unknown => {
    const file = given(name)
    if (!file.startsWith('file://')) refuse('ValidationError', `--${name} is not a file`)
    return JSON.parse(readFileSync(file.slice('file://'.length), 'utf8'))
  }
  const tags = (): Record<string, string> => {
    const list = json('tags')
    if (!Array.isArray(list)) return refuse('ValidationError', 'tags are a list')
    return Object.fromEntries(list.map((tag: { Key: string; Value: string }) => [tag.Key, tag.Value]))
  }
  const query = options.get('query')?.join(' ') ?? ''
  const found = <Value>(values: Record<string, Value>, name: string): Value =>
    values[name] ?? refuse('NoSuchEntity', `${name} cannot be found.`)

  state.calls.push(command)
  if (state.denied.includes(command)) refuse('AccessDenied', command)
  if (command === 'sts get-caller-identity') return state.account
  if (command.includes('open-id-connect-provider')) return provider()
  if (command === 'iam list-roles') return trusting(query)
  if (command.startsWith('s3api ')) return s3(state, command, given('bucket'), query)

  const [, verb = '', kind = '', rest = ''] =
    /^iam (\w+)-((?:attach-)?role|user|policy)?(.*)$/.exec(
      command.replace(/^iam (attach|detach|delete|put)-(role|user)-policy$/, 'iam $1-$2 of-policy'),
    ) ?? []
  if (kind === 'role' || kind === 'user') return holder(verb, kind, rest.trim())
  return policies()

  function provider(): string {
    if (command === 'iam create-open-id-connect-provider') {
      const arn = `arn:aws:iam::${state.account}:oidc-provider/${given('url').replace('https://', '')}`
      if (state.providers[arn]) refuse('EntityAlreadyExists', arn)
      const [, key = '', value = ''] = /^Key=([^,]*),Value=(.*)$/.exec(given('tags')) ?? []
      state.providers[arn] = { clients: [given('client-id-list')], tags: { [key]: value } }
      return ''
    }
    const arn = given('open-id-connect-provider-arn')
    const one = found(state.providers, arn)
    if (command === 'iam get-open-id-connect-provider') return query.includes('Tags') ? (one.tags['sluice:issuer'] ?? 'None') : '{}'
    if (command === 'iam add-client-id-to-open-id-connect-provider') one.clients = [...new Set([...one.clients, given('client-id')])]
    else if (command === 'iam delete-open-id-connect-provider') delete state.providers[arn]
    else return refuse('InvalidAction', command)
    return ''
  }

  function trusting(asked: string): string {
    const text = /contains\(to_string\(AssumeRolePolicyDocument\), '(.*)'\)/.exec(asked)?.[1] ?? refuse('ValidationError', asked)
    const roles = Object.entries(state.role).filter(([, role]) => JSON.stringify(role.trust).includes(text))
    return roles.map(([name]) => name).join('\t')
  }

  function holder(action: string, type: 'role' | 'user', more: string): string {
    const name = given(`${type}-name`)
    const all = state[type]
    if (action === 'create' && more === '') {
      if (all[name]) refuse('EntityAlreadyExists', name)
      all[name] = {
        path: given('path'),
        ...(type === 'role' ? { trust: json('assume-role-policy-document') } : {}),
        tags: tags(),
        ...(options.has('permissions-boundary') ? { boundary: given('permissions-boundary') } : {}),
        attached: [],
        inline: {},
        keys: [],
      }
      return ''
    }
    const one = found(all, name)
    switch (`${action} ${more}`.trim()) {
      case 'get':
        if (query.includes('Tags')) return one.tags['sluice:connection'] ?? 'None'
        return query === 'Role.Arn' ? `arn:aws:iam::${state.account}:role${one.path}${name}` : '{}'
      case 'tag':
        Object.assign(one.tags, tags())
        return ''
      case 'put -permissions-boundary':
        one.boundary = given('permissions-boundary')
        return ''
      case 'attach of-policy':
        found(state.policy, given('policy-arn'))
        one.attached = [...new Set([...one.attached, given('policy-arn')])]
        return ''
      case 'detach of-policy':
        if (!one.attached.includes(given('policy-arn'))) refuse('NoSuchEntity', 'not attached')
        one.attached = one.attached.filter((arn) => arn !== given('policy-arn'))
        return ''
      case 'put of-policy':
        one.inline[given('policy-name')] = json('policy-document')
        return ''
      case 'delete of-policy':
        found(one.inline, given('policy-name'))
        delete one.inline[given('policy-name')]
        return ''
      case 'delete':
        if (one.attached.length + Object.keys(one.inline).length + one.keys.length > 0) refuse('DeleteConflict', name)
        delete all[name]
        return ''
      default:
        return refuse('InvalidAction', command)
    }
  }

  function policies(): string {
    if (command === 'iam update-assume-role-policy') {
      found(state.role, given('role-name')).trust = json('policy-document')
      return ''
    }
    if (command.endsWith('-access-key') || command === 'iam list-access-keys') return accessKeys()
    if (command === 'iam create-policy') {
      const arn = `arn:aws:iam::${state.account}:policy/${given('policy-name')}`
      if (state.policy[arn]) refuse('EntityAlreadyExists', arn)
      state.policy[arn] = { tags: tags(), versions: [{ id: 'v1', document: json('policy-document') }], inForce: 'v1' }
      return ''
    }
    const arn = given('policy-arn')
    const one = found(state.policy, arn)
    const others = one.versions.filter((version) => version.id !== one.inForce)
    switch (command) {
      case 'iam get-policy':
        return query.includes('Tags') ? (one.tags['sluice:connection'] ?? 'None') : '{}'
      case 'iam list-policy-versions':
        return query.startsWith('reverse') ? (others[3]?.id ?? 'None') : others.map((version) => version.id).join('\t')
      case 'iam delete-policy-version':
        if (given('version-id') === one.inForce) refuse('DeleteConflict', 'in force')
        one.versions = one.versions.filter((version) => version.id !== given('version-id'))
        return ''
      case 'iam create-policy-version': {
        if (one.versions.length >= 5) refuse('LimitExceeded', 'five versions')
        const id = `v${Math.max(...one.versions.map((version) => Number(version.id.slice(1)))) + 1}`
        one.versions.unshift({ id, document: json('policy-document') })
        if (options.has('set-as-default')) one.inForce = id
        return ''
      }
      case 'iam delete-policy':
        if (others.length > 0) refuse('DeleteConflict', 'versions')
        if ([...Object.values(state.role), ...Object.values(state.user)].some((each) => each.attached.includes(arn)))
          refuse('DeleteConflict', 'attached')
        delete state.policy[arn]
        return ''
      default:
        return refuse('InvalidAction', command)
    }
  }

  function accessKeys(): string {
    const one = found(state.user, given('user-name'))
    if (command === 'iam list-access-keys') return query.startsWith('length') ? String(one.keys.length) : one.keys.join('\t')
    if (command === 'iam create-access-key') {
      one.keys.push(`AKIA${one.keys.length}`)
      return `AKIA${one.keys.length - 1}\tsecret`
    }
    one.keys = one.keys.filter((key) => key !== given('access-key-id'))
    return ''
  }
}

function s3(state: FakeState, command: string, bucket: string, _query: string): string {
  if (command === 's3api create-bucket') {
    if (state.buckets[bucket]) refuse('BucketAlreadyOwnedByYou', bucket)
    state.buckets[bucket] = []
  }
  const made = state.buckets[bucket] ?? refuse('404', 'Not Found')
  if (command !== 's3api head-bucket') made.push(command.slice('s3api '.length))
  return ''
}

/** The stand-in as scripts meet it: a command `aws` in a folder. */
export interface FakeAws {
  state: FakeState
  close(): Promise<void>
}

/**
 * Puts a command `aws` into `folder` that stands in for the AWS CLI: IAM and S3 in memory, with IAM's own refusals. What it does not know it
 * refuses, so a script that asks for something else fails.
 */
export async function fakeAws(folder: string, state: FakeState): Promise<FakeAws> {
  const fake = { state }
  const command = await fakeCommand(folder, 'aws', (words) => Promise.resolve(answer(fake.state, words)))
  return Object.assign(fake, command)
}

function answer(state: FakeState, words: readonly string[]): Outcome {
  try {
    const text = run(state, words)
    return { status: 0, text: text === '' ? '' : `${text}\n` }
  } catch (error) {
    return error instanceof Refusal ? { status: 254, text: `\n${error.message}\n` } : { status: 99, text: `${String(error)}\n` }
  }
}
