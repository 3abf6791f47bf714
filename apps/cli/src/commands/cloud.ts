import type { CloudView } from '@sluice/api'
import { argument, dashed, usage, type Command } from '../invocation.ts'
import { facts } from '../output/facts.ts'
import type { Paint } from '../output/paint.ts'
import { drawTable } from '../output/table.ts'
import { hang, printable, wrap } from '../output/text.ts'

type Method = CloudView['methods'][number]

/** `sluice cloud list` */
export const listClouds: Command = async (invocation) => {
  const { clouds } = await (await invocation.client()).clouds(invocation.terminal.signal)
  if (invocation.json) {
    invocation.printJson({ clouds })
    return 0
  }
  const columns = ['cloud', 'method', 'secret', 'leases', 'may', 'setup'].map((title, index) => ({ title, whole: index < 2 }))
  const rows = clouds.flatMap(({ id, methods }) =>
    methods.map((method) => [id, method.id, secretWord(method), leaseWord(method), method.access.join(' '), setupWords(method)]),
  )
  invocation.print(drawTable(columns, rows, { width: invocation.terminal.stdout.columns, paint: invocation.paint }))
  invocation.note('\nThe fields of each method: sluice cloud show CLOUD\n')
  return 0
}

/** `sluice cloud show CLOUD` */
export const showCloud: Command = async (invocation) => {
  const id = argument(invocation, 0)
  const { clouds } = await (await invocation.client()).clouds(invocation.terminal.signal)
  const cloud = clouds.find((one) => one.id === id)
  if (cloud === undefined) throw usage(`There is no cloud ${JSON.stringify(id)}.`, `There are ${clouds.map((one) => one.id).join(', ')}.`)
  if (invocation.json) {
    invocation.printJson({ cloud })
    return 0
  }
  const width = invocation.terminal.stdout.columns
  const methods = cloud.methods.map((method) => describeMethod(cloud.id, method, invocation.paint, width))
  invocation.print([facts(cloudFacts(cloud), width), ...methods].join('\n'))
  return 0
}

function cloudFacts({
  id,
  label,
  schemes,
  storageTypes,
  takesEndpoint,
  presets,
  capabilities,
}: CloudView): readonly (readonly [string, string])[] {
  const can = [
    ...(capabilities.presign ? ['presigned URLs'] : []),
    ...(capabilities.conditionalPut ? ['writes that never overwrite'] : []),
    ...(capabilities.multipart ? ['uploads in parts'] : []),
    ...(capabilities.versions ? ['versions of objects'] : []),
    ...(capabilities.listStartAfter ? ['listing from the middle'] : []),
  ]
  return [
    ['cloud', id],
    ['store', label],
    ['URLs', schemes.join(' ')],
    ['in SQL', storageTypes.map((type) => `STORAGE_TYPE = '${type}'`).join(' or ')],
    ['endpoint', takesEndpoint ? 'one of its own for each connection: --endpoint' : "the vendor's own"],
    ...presets.map((preset, index): readonly [string, string] => [
      index === 0 ? 'presets' : '',
      `--preset ${preset.id}: ${preset.label}${preset.endpoint === undefined ? '' : `, ${preset.endpoint}`}`,
    ]),
    ['can', can.join(', ') || 'list, read, write and delete'],
  ]
}

/** A method with a flag a line, what it means behind it: never cut, since this is where one looks it up. */
function describeMethod(cloud: string, method: Method, paint: Paint, width: number | undefined): string {
  const flags = method.fields.map((field) => ({
    name: `--${dashed(field.name)}`,
    text: [
      printable(field.help),
      field.required ? 'Required.' : '',
      field.secret ? 'A secret.' : '',
      field.example === '' ? '' : `For example ${field.example}`,
    ],
  }))
  const lines = [
    ...flags,
    { name: 'may', text: [method.access.join(', ')] },
    { name: 'leases', text: [leaseWord(method)] },
    { name: 'setup', text: [setupWords(method)] },
  ]
  const side = Math.max(...lines.map(({ name }) => name.length)) + 4
  return [
    `${paint('bold', `--cloud ${cloud} --method ${method.id}`)}\n`,
    `${wrap(printable(method.summary), width).join('\n')}\n`,
    ...lines.map(({ name, text }) => hang(`  ${name}`.padEnd(side), side, text.filter((part) => part !== '').join(' '), width)),
  ].join('')
}

function secretWord({ keyless }: Method): string {
  return keyless ? 'none' : 'stored'
}

function leaseWord({ narrows, fields }: Method): string {
  // Without an identity there is nothing to narrow, and nothing to hand out.
  if (fields.length === 0 && !narrows) return 'anonymous'
  return narrows ? 'narrowed' : 'not narrowed'
}

function setupWords({ setups }: Method): string {
  return setups.join(' ') || 'none needed'
}
