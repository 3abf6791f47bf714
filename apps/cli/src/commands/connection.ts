import type { ConnectionView } from '@sluice/api'
import { argument, dashed, usage, type Command, type Invocation } from '../invocation.ts'
import { expiryWords } from '../output/expiry.ts'
import { facts } from '../output/facts.ts'
import { drawTable } from '../output/table.ts'
import { hang, printable, toSeconds } from '../output/text.ts'

/** `sluice connection list` */
export const listConnections: Command = async (invocation) => {
  const client = await invocation.client()
  const connections = []
  for (let after: string | undefined, more = true; more;) {
    const page = await client.connections.list({ limit: 1000, ...(after === undefined ? {} : { after }) }, invocation.terminal.signal)
    connections.push(...page.connections)
    after = page.next
    more = after !== undefined
  }
  if (invocation.json) invocation.printJson({ connections })
  else if (connections.length === 0)
    invocation.print(
      'There are no connections yet. Create one: sluice connection create NAME --location s3://BUCKET/PREFIX/ --purpose import\n',
    )
  else {
    // Few secrets say when they end: without any, the column would be empty.
    const ends = connections.some((one) => one.expiry !== undefined)
    const titles = ['name', 'state', ...(ends ? ['secret'] : []), 'cloud', 'method', 'access', 'locations']
    const rows = connections.map((one) => [
      one.name,
      one.state,
      ...(ends ? [one.expiry === undefined ? '' : expiryWords(one.expiry)] : []),
      one.cloud,
      one.method,
      one.access.join(' '),
      one.locations.join(' '),
    ])
    const columns = titles.map((title) => ({ title }))
    invocation.print(drawTable(columns, rows, { width: invocation.terminal.stdout.columns, paint: invocation.paint }))
  }
  return 0
}

/** `sluice connection show NAME` */
export const showConnection: Command = async (invocation) => {
  const { connection } = await (await invocation.client()).connections.show(argument(invocation, 0), invocation.terminal.signal)
  if (invocation.json) invocation.printJson({ connection })
  else printConnection(invocation, connection)
  return 0
}

/** `sluice connection disable NAME` */
export const disableConnection: Command = async (invocation) => {
  const { connection } = await (await invocation.client()).connections.disable(argument(invocation, 0), invocation.terminal.signal)
  if (invocation.json) invocation.printJson({ connection })
  else invocation.print(`Connection ${printable(connection.name)} is disabled; its leases are ended.\n`)
  return 0
}

/** `sluice connection enable NAME` */
export const enableConnection: Command = async (invocation) => {
  const { connection } = await (await invocation.client()).connections.enable(argument(invocation, 0), invocation.terminal.signal)
  if (invocation.json) invocation.printJson({ connection })
  else
    invocation.print(
      `Connection ${printable(connection.name)} is enabled. Validate it: sluice connection validate ${printable(connection.name)}\n`,
    )
  return 0
}

/** `sluice connection delete NAME` */
export const deleteConnection: Command = async (invocation) => {
  const name = argument(invocation, 0)
  const client = await invocation.client()
  const { signal } = invocation.terminal
  if (!invocation.options.flag('yes')) {
    const plan = await client.connections.deletionPlan(name, signal)
    if (plan.stages.length > 0)
      invocation.note(`Stages that use it and must be deleted first: ${plan.stages.map((stage) => printable(stage)).join(', ')}\n`)
    invocation.note(removable(plan.customerMayRemove, invocation.terminal.stderr.columns))
    if (!invocation.mayAsk) throw usage(`Deleting ${name} was not confirmed.`, 'Give --yes to delete without being asked.')
    const typed = (await invocation.terminal.stdin.readLine(`Type the name to delete ${printable(name)}`)).trim()
    if (typed !== name) throw usage(`Connection ${name} was not deleted: the name typed is another.`)
  }
  const plan = await client.connections.delete(name, signal)
  if (invocation.json) invocation.printJson({ deleted: name, ...plan })
  else {
    // Whoever was asked has read it already.
    const rest = invocation.options.flag('yes') ? removable(plan.customerMayRemove, invocation.terminal.stdout.columns) : ''
    invocation.print(`Connection ${printable(name)} is deleted.\n${rest}`)
  }
  return 0
}

function removable(sentences: readonly string[], width: number | undefined): string {
  if (sentences.length === 0) return ''
  return `The customer may remove in their cloud:\n${sentences.map((sentence) => hang('  - ', 4, printable(sentence), width)).join('')}`
}

/** `accessKeyId` as people read it: access key id; an ARN is that of the thing it names. */
function labelOf(field: string): string {
  return dashed(field).replaceAll('-', ' ').replace(/ arn$/, '')
}

/** A connection as `name  value` lines. */
export function printConnection(invocation: Invocation, connection: ConnectionView): void {
  const { auth } = connection
  const rows: [string, string][] = [
    ['name', connection.name],
    ['id', connection.id],
    ['state', connection.state],
    ['cloud', connection.cloud],
    ['method', auth.method],
  ]
  const { method, externalId, secret, secretExpiresAt, ...fields } = auth
  if ((method === 'role' || method === 'oidc') && fields['roleArn'] === undefined) rows.push(['role', 'not known yet'])
  for (const [name, value] of Object.entries(fields)) if (typeof value === 'string') rows.push([labelOf(name), value])
  if (externalId !== undefined)
    rows.push(['external id', externalId.kind === 'none' ? 'none: project-wide' : `${externalId.value} (${externalId.kind})`])
  if (secret !== undefined) rows.push(['secret', secret])
  if (secretExpiresAt !== undefined) rows.push(['secret ends', toSeconds(secretExpiresAt)])
  if (connection.next !== undefined) rows.push(['new secret', nextWords(connection.next)])
  rows.push(['locations', connection.locations.map((location) => location.url).join(' ') || 'wherever its stages point'])
  rows.push(['purposes', connection.purposes.join(', ') || 'none named'], ['access', connection.access.join(', ') || 'none'])
  if (connection.description !== '') rows.push(['description', connection.description])
  for (const [key, value] of Object.entries(connection.labels)) rows.push([`label ${key}`, value])
  for (const [key, value] of Object.entries(connection.settings))
    rows.push([`setting ${key}`, typeof value === 'string' ? value : JSON.stringify(value)])
  if (connection.pinned?.bucketOwner !== undefined) rows.push(['bucket owner', `${connection.pinned.bucketOwner} (pinned)`])
  rows.push(['changed', connection.updatedAt])
  invocation.print(facts(rows, invocation.terminal.stdout.columns))
  const { expiry } = connection
  if (expiry?.warning === undefined) return
  const { text, colour = 'yellow' } = expiryWords(expiry)
  invocation.note(
    `${invocation.paint(colour, '!')} The secret ${text}. Give a new one: sluice connection rotate ${printable(connection.name)}\n`,
  )
}

/** A secret that waits to take over, and how it did when it was last tried. */
function nextWords({ addedAt, checked }: NonNullable<ConnectionView['next']>): string {
  const tried = checked === undefined ? 'not tried yet' : `${checked.verdict} on ${toSeconds(checked.at)}`
  return `added ${toSeconds(addedAt)}, ${tried}; sluice connection rotate tries it again, --abandon drops it`
}
