import { dashed, type Command } from '../invocation.ts'
import { drawTable } from '../output/table.ts'
import { printable } from '../output/text.ts'

/** `sluice platform show` */
export const showPlatform: Command = async (invocation) => {
  const platform = await (await invocation.client()).platform(invocation.terminal.signal)
  if (invocation.json) {
    invocation.printJson(platform)
    return 0
  }
  const { aws } = platform
  const rows: [string, string][] =
    aws === undefined
      ? [['AWS identity', 'none: the role method is refused; keys and public buckets work (set SLUICE_AWS_PRINCIPAL_ARN)']]
      : [
          ['AWS principal', aws.principalArn],
          ['AWS account', aws.accountId],
          ['trust names', aws.trust === 'account' ? 'the account root, narrowed to the principal' : 'the principal itself'],
          ['STS region', aws.stsRegion],
          ['template bucket', aws.templateBucket === undefined ? 'none' : `${aws.templateBucket.name} (${aws.templateBucket.region})`],
        ]
  rows.push(['regions', platform.regions.join(', ') || 'none named'])
  rows.push(['egress addresses', platform.egressAddresses.join(', ') || 'none named'])
  invocation.print(facts(rows))
  return 0
}

/** `sluice cloud list` */
export const listClouds: Command = async (invocation) => {
  const { clouds } = await (await invocation.client()).clouds(invocation.terminal.signal)
  if (invocation.json) {
    invocation.printJson({ clouds })
    return 0
  }
  const { paint } = invocation
  for (const cloud of clouds)
    for (const method of cloud.methods) {
      invocation.print(`${paint('bold', `${cloud.id} · ${method.id}`)}  ${printable(method.summary)}\n`)
      if (method.fields.length === 0) continue
      const rows = method.fields.map((field) => [
        `--${dashed(field.name)}`,
        [field.required ? 'required' : 'optional', ...(field.secret ? ['secret'] : [])].join(', '),
        field.help,
      ])
      const columns = [{ title: 'flag' }, { title: '' }, { title: 'meaning' }]
      invocation.print(`${drawTable(columns, rows, { width: invocation.terminal.stdout.columns, paint })}\n`)
    }
  return 0
}

/** `name  value` lines, the names in one column. */
export function facts(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${printable(value)}\n`).join('')
}
