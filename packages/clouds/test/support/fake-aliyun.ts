import type { Lab } from '@sluice/lab'
import { aliyunError } from '../../src/aliyun/errors.ts'
import { signRpc } from '../../src/aliyun/sign-rpc.ts'
import { readText } from '../../src/http/body.ts'
import { parseJsonObject } from '../../src/http/json.ts'
import { type PooledTransport, createTransport } from '../../src/index.ts'
import { never, random } from './aws-world.ts'
import { fakeCommand, type Outcome } from './fake-command.ts'

/** The stand-in as scripts meet it: a command `aliyun` in a folder. */
export interface FakeAliyun {
  /** What it was asked to do, without its parameters: `ram GetRole`. */
  readonly calls: string[]
  /** Commands to answer NoPermission to. */
  readonly denied: Set<string>
  /** What was done to each bucket. */
  readonly buckets: Map<string, string[]>
  close(): Promise<void>
}

const SERVICES: { readonly [product: string]: { readonly origin: string; readonly version: string } } = {
  ram: { origin: 'https://ram.aliyuncs.com', version: '2015-05-01' },
  ims: { origin: 'https://ims.aliyuncs.com', version: '2019-08-15' },
  sts: { origin: 'https://sts.cn-hangzhou.aliyuncs.com', version: '2015-04-01' },
}

/**
 * Puts a command `aliyun` into `folder` that stands in for Alibaba Cloud's CLI: the words of a command are the parameters of a request,
 * which the lab answers to an admin of the account. OSS is no more than a list of what was done.
 */
export async function fakeAliyun(folder: string, lab: Lab, account: string): Promise<FakeAliyun> {
  lab.aliyun.putUser(account, { name: 'admin', attached: ['AdministratorAccess'] })
  const credentials = lab.aliyun.createAccessKey(account, 'admin')
  const transport = createTransport({ routes: lab.routes })
  const fake = { calls: [] as string[], denied: new Set<string>(), buckets: new Map<string, string[]>() }

  const run = async (words: readonly string[]): Promise<Outcome> => {
    const [product = '', operation = '', ...rest] = words
    fake.calls.push(`${product} ${operation}`)
    if (fake.denied.has(`${product} ${operation}`)) return refusal('NoPermission', 'You are not authorized to do this action.')
    if (product === 'oss') return storage(fake.buckets, operation, rest)
    const service = SERVICES[product]
    const parameters = parametersOf(rest)
    if (service === undefined || parameters === undefined) return refusal('InvalidCommand', words.join(' '))
    const { region: _, ...named } = parameters
    const nonce = Buffer.from(random.bytes(16)).toString('hex')
    const request = signRpc({ ...service, operation, parameters: named }, { credentials, now: Date.now(), nonce })
    return answerOf(transport, { ...request, operation: `${product}.${operation}` })
  }
  const command = await fakeCommand(folder, 'aliyun', run)
  return {
    ...fake,
    close: async () => {
      transport.close()
      await command.close()
    },
  }
}

async function answerOf(transport: PooledTransport, request: Parameters<PooledTransport>[0]): Promise<Outcome> {
  const { operation } = request
  const response = await transport(request, never)
  const text = await readText(response, 1_000_000, operation)
  if (response.status === 200) return { status: 0, text: `${JSON.stringify(parseJsonObject(text) ?? {}, null, '\t')}\n` }
  const { provider } = aliyunError({ operation, status: response.status, headers: response.headers, text, subject: 'it', secrets: [] })
  return refusal(provider?.code ?? 'Unknown', provider?.message ?? '')
}

/** As the CLI words what a service refuses. */
function refusal(code: string, message: string): Outcome {
  return { status: 1, text: `ERROR: SDK.ServerError\nErrorCode: ${code}\nRecommend: \nRequestId: 0\nMessage: ${message}\n` }
}

/** `--Name value …`; undefined for words that are something else. */
function parametersOf(words: readonly string[]): { readonly [name: string]: string } | undefined {
  const parameters: { [name: string]: string } = {}
  for (let at = 0; at < words.length; at += 2) {
    const [name = '', value] = words.slice(at, at + 2)
    if (!name.startsWith('--') || value === undefined) return undefined
    parameters[name.slice(2)] = value
  }
  return parameters
}

function storage(buckets: FakeAliyun['buckets'], operation: string, words: readonly string[]): Outcome {
  const name = words.find((word) => word.startsWith('oss://'))?.slice('oss://'.length) ?? ''
  const made = buckets.get(name)
  if (operation === 'mb' && made === undefined) buckets.set(name, ['mb'])
  else if (operation === 'bucket-encryption' && made !== undefined) made.push(words.filter((word) => !word.startsWith('oss://')).join(' '))
  else if (operation !== 'stat' || made === undefined) return refusal('NoSuchBucket', name)
  return { status: 0, text: '' }
}
