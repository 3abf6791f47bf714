import type { CloudView, ConnectionView } from '@sluice/api'
import { PURPOSES, type ConnectionSettings } from '@sluice/core'
import { argument, dashed, isoTime, pairs, usage, type Command, type Invocation } from '../invocation.ts'
import { printable } from '../output/text.ts'
import { chooseMethod, readFields } from './auth-fields.ts'
import { chooseCloud, cloudOf } from './choose-cloud.ts'
import { printConnection } from './connection.ts'

/** `sluice connection create NAME` */
export const createConnection: Command = async (invocation) => {
  const { options, terminal } = invocation
  const client = await invocation.client()
  const { clouds } = await client.clouds(terminal.signal)
  const locations = await readLocations(invocation)
  const storesCredential = options.text('credentialInUrl') === 'store'
  const said = { cloud: options.text('cloud'), locations, endpoint: options.text('endpoint') ?? options.text('preset'), storesCredential }
  const { cloud, method: methodInUrl } = await chooseCloud(client, clouds, said, terminal.signal)
  const chosen = chooseMethod(cloud, options.text('method') ?? methodInUrl, invocation.arguments)
  const { operands, method, given, alternatives } = chosen
  const name = oneOperand(operands)
  // What stands in the URL is not asked for again.
  const auth = await readFields(invocation, method, given, methodInUrl === undefined ? 'all' : 'given')
  const singleFile = (['object', 'folder'] as const).find((one) => one === options.text('singleFile'))
  const body = {
    name,
    cloud: cloud.id,
    method: method.id,
    auth,
    ...(singleFile === undefined ? {} : { singleFile }),
    ...secretEnd(invocation),
    ...described(invocation),
    ...(locations.length === 0 ? {} : { locations: [...locations] }),
    ...(storesCredential ? { credentialInUrl: 'store' as const } : {}),
  }
  const { connection, warnings } = await client.connections.create(
    body,
    options.flag('replace') ? { replace: 'true' } : {},
    terminal.signal,
  )
  if (invocation.json) {
    invocation.printJson({ connection, warnings })
    return 0
  }
  printConnection(invocation, connection)
  warn(invocation, warnings)
  if (alternatives.length > 0)
    warn(invocation, [
      `The method is ${method.id}; ${alternatives.join(' and ')} would take the same fields: name the one meant with --method.`,
    ])
  warn(invocation, stillAwaited(name, method, connection))
  const next = ['validate', ...(method.setups.length === 0 ? [] : ['setup'])].toReversed()
  invocation.note(`\nNext: ${next.map((verb) => `sluice connection ${verb} ${printable(name)}`).join('\nThen: ')}\n`)
  return 0
}

/** `sluice connection update NAME` */
export const updateConnection: Command = async (invocation) => {
  const { options, terminal } = invocation
  const client = await invocation.client()
  // Fields depend on the connection's cloud and method, so the name has to be known first: it comes first.
  const current = (await client.connections.show(argument(invocation, 0), terminal.signal)).connection
  const { clouds } = await client.clouds(terminal.signal)
  const cloud = cloudOf(clouds, current.cloud)
  const { operands, method, given } = chooseMethod(cloud, current.auth.method, invocation.arguments)
  const name = oneOperand(operands)
  const auth = await readFields(invocation, method, given, 'given')
  const rename = options.text('name')
  const body = {
    ...(rename === undefined ? {} : { name: rename }),
    ...(Object.keys(auth).length === 0 ? {} : { auth }),
    ...secretEnd(invocation),
    ...described(invocation, current.settings),
  }
  if (Object.keys(body).length === 0) throw usage('Nothing to change was given.')
  const { connection, warnings } = await client.connections.update(name, body, { version: current.version }, terminal.signal)
  if (invocation.json) invocation.printJson({ connection, warnings })
  else {
    printConnection(invocation, connection)
    warn(invocation, warnings)
  }
  return 0
}

/** What is known only after the setup was applied, and how to say it then. */
function stillAwaited(name: string, method: CloudView['methods'][number], { auth }: ConnectionView): readonly string[] {
  const isBare = !method.keyless && auth.secret === undefined
  const missing = isBare
    ? method.fields.filter((field) => field.required).map((field) => field.name)
    : method.awaits.filter((field) => auth[field] === undefined)
  if (missing.length === 0) return []
  if (missing.includes('roleArn') && method.fields.some((field) => field.name === 'accountId'))
    return [`The role is not known yet. Name its account: sluice connection update ${name} --account-id ID, or --role-arn ARN`]
  const flags = missing.map((field) => `--${dashed(field)} …`).join(' ')
  return [`Known only once the setup is applied: sluice connection update ${name} ${flags}`]
}

/** The name of the connection, and nothing else. */
export function oneOperand(operands: readonly string[]): string {
  const [name, ...more] = operands
  if (name === undefined) throw usage('The name of the connection is missing.')
  if (more.length > 0) throw usage(`One name is enough; ${more.map((text) => JSON.stringify(text)).join(', ')} came too.`)
  return name
}

/** Says what somebody should know, each on a line. */
export function warn(invocation: Invocation, warnings: readonly string[]): void {
  for (const warning of warnings) invocation.note(`${invocation.paint('yellow', '!')} ${printable(warning)}\n`)
}

/** The locations as given; `-` reads them from standard input, one a line: a URL with a credential has no place on a command line. */
async function readLocations({ options, terminal }: Invocation): Promise<readonly string[]> {
  const given = options.list('location')
  if (!given.includes('-')) return given
  const lines = (await terminal.stdin.read()).split('\n').map((line) => line.trim())
  return [...given.filter((url) => url !== '-'), ...lines.filter((line) => line !== '')]
}

/** When the secret ends, as its owner said. */
export function secretEnd({ options }: Invocation): { readonly secretExpiresAt?: string } {
  const text = options.text('secretExpiresAt')
  return text === undefined ? {} : { secretExpiresAt: isoTime(text, '--secret-expires-at') }
}

function described(invocation: Invocation, current: ConnectionSettings = {}) {
  const { options } = invocation
  const description = options.text('description')
  const labels = options.list('label')
  const locations = options.list('location')
  const purposes = PURPOSES.filter((purpose) => options.list('purpose').includes(purpose))
  const settings = settingsOf(invocation)
  return {
    ...(description === undefined ? {} : { description }),
    ...(labels.length === 0 ? {} : { labels: pairs(labels, '--label') }),
    ...(locations.length === 0 ? {} : { locations: [...locations] }),
    ...(purposes.length === 0 ? {} : { purposes }),
    ...(Object.keys(settings).length === 0 ? {} : { settings: { ...current, ...settings } }),
  }
}

function settingsOf({ options }: Invocation): ConnectionSettings {
  const texts = ['region', 'expectedBucketOwner', 'storageClass', 'acl', 'endpoint', 'preset'] as const
  const algorithm = options.text('encryption')
  const keyId = options.text('encryptionKey')
  if (keyId !== undefined && algorithm === undefined) throw usage('--encryption-key goes together with --encryption aws:kms.')
  const sameRegion = options.text('sameRegion')
  const addressing = options.text('addressing')
  const readKeys = options.list('kmsReadKey')
  const writeKeys = options.list('kmsWriteKey')
  return {
    ...Object.fromEntries(texts.map((name) => [name, options.text(name)] as const).filter(([, value]) => value !== undefined)),
    ...(sameRegion === 'required' || sameRegion === 'advisory' ? { sameRegion } : {}),
    ...(options.flag('requesterPays') ? { requesterPays: true } : {}),
    ...(algorithm === 'AES256' || algorithm === 'aws:kms' || algorithm === 'aws:kms:dsse'
      ? { encryption: { algorithm, ...(keyId === undefined ? {} : { keyId }) } }
      : {}),
    ...(readKeys.length === 0 ? {} : { kmsReadKeys: readKeys }),
    ...(writeKeys.length === 0 ? {} : { kmsWriteKeys: writeKeys }),
    ...(addressing === 'virtual-host' || addressing === 'path' ? { addressing } : {}),
  }
}
