import type { CloudView } from '@sluice/api'
import { dashed, type Command } from '../invocation.ts'
import { facts } from '../output/facts.ts'
import type { Paint } from '../output/paint.ts'
import { hang, printable, wrap } from '../output/text.ts'

type Method = CloudView['methods'][number]

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
  invocation.print(facts(rows, invocation.terminal.stdout.columns))
  return 0
}

/** `sluice cloud list` */
export const listClouds: Command = async (invocation) => {
  const { clouds } = await (await invocation.client()).clouds(invocation.terminal.signal)
  if (invocation.json) {
    invocation.printJson({ clouds })
    return 0
  }
  const width = invocation.terminal.stdout.columns
  const methods = clouds.flatMap((cloud) => cloud.methods.map((method) => describeMethod(cloud.id, method, invocation.paint, width)))
  invocation.print(methods.join('\n'))
  return 0
}

/** A method with a flag a line, what it means behind it: never cut, since this is where one looks it up. */
function describeMethod(cloud: string, method: Method, paint: Paint, width: number | undefined): string {
  const flags = method.fields.map((field) => ({
    flag: `--${dashed(field.name)}`,
    text: [
      printable(field.help),
      field.required ? 'Required.' : '',
      field.secret ? 'A secret.' : '',
      field.example === '' ? '' : `For example ${field.example}`,
    ],
  }))
  const side = Math.max(0, ...flags.map(({ flag }) => flag.length)) + 4
  return [
    `${paint('bold', `--cloud ${cloud} --method ${method.id}`)}\n`,
    `${wrap(printable(method.summary), width).join('\n')}\n`,
    ...flags.map(({ flag, text }) => hang(`  ${flag}`.padEnd(side), side, text.filter((part) => part !== '').join(' '), width)),
  ].join('')
}
