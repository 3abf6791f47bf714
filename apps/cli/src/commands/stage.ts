import type { StageView } from '@sluice/api'
import { FILE_FORMATS } from '@sluice/core'
import { argument, usage, type Command } from '../invocation.ts'
import { facts } from '../output/facts.ts'
import { drawTable } from '../output/table.ts'
import { bytes, printable, toSeconds } from '../output/text.ts'

/** `sluice stage create NAME` */
export const createStage: Command = async (invocation) => {
  const { options, terminal } = invocation
  const connection = options.text('connection')
  const url = options.text('url')
  if (connection === undefined || url === undefined) throw usage('A stage needs --connection and --url.')
  const type = FILE_FORMATS.find((one) => one === options.text('format'))
  const skipHeader = options.number('skipHeader')
  const fieldDelimiter = options.text('fieldDelimiter')
  const comment = options.text('comment')
  const format = {
    ...(type === undefined ? {} : { type }),
    ...(skipHeader === undefined ? {} : { skipHeader }),
    ...(fieldDelimiter === undefined ? {} : { fieldDelimiter }),
  }
  if (options.flag('replace') && options.flag('ifNotExists')) throw usage('--replace and --if-not-exists contradict each other.')
  const mode = options.flag('replace') ? 'replace' : options.flag('ifNotExists') ? 'if-not-exists' : 'create'
  const client = await invocation.client()
  const { stage } = await client.stages.create(
    {
      name: argument(invocation, 0),
      connection,
      url,
      ...(Object.keys(format).length === 0 ? {} : { format }),
      ...(comment === undefined ? {} : { comment }),
    },
    { mode },
    terminal.signal,
  )
  if (invocation.json) invocation.printJson({ stage })
  else {
    invocation.print(describeStage(stage, terminal.stdout.columns))
    invocation.note(`\nNext: sluice stage files ${printable(stage.name)}\n`)
  }
  return 0
}

/** `sluice stage list` */
export const listStages: Command = async (invocation) => {
  const client = await invocation.client()
  const stages: StageView[] = []
  for (let after: string | undefined, more = true; more;) {
    const page = await client.stages.list({ limit: 1000, ...(after === undefined ? {} : { after }) }, invocation.terminal.signal)
    stages.push(...page.stages)
    after = page.next
    more = after !== undefined
  }
  if (invocation.json) invocation.printJson({ stages })
  else if (stages.length === 0)
    invocation.print('There are no stages yet. Create one: sluice stage create NAME --connection NAME --url s3://BUCKET/PREFIX/\n')
  else {
    const columns = ['name', 'connection', 'format', 'url', 'comment'].map((title) => ({ title }))
    const rows = stages.map((stage) => [stage.name, stage.connection, stage.format.type, stage.location.url, stage.comment])
    invocation.print(drawTable(columns, rows, { width: invocation.terminal.stdout.columns, paint: invocation.paint }))
  }
  return 0
}

/** `sluice stage show NAME` */
export const showStage: Command = async (invocation) => {
  const { stage } = await (await invocation.client()).stages.show(argument(invocation, 0), invocation.terminal.signal)
  if (invocation.json) invocation.printJson({ stage })
  else invocation.print(describeStage(stage, invocation.terminal.stdout.columns))
  return 0
}

/** `sluice stage files NAME [PATH]` */
export const listStageFiles: Command = async (invocation) => {
  const name = argument(invocation, 0)
  const path = invocation.arguments[1]
  const most = invocation.options.number('limit') ?? 1000
  const client = await invocation.client()
  const objects = []
  let continuation: string | undefined
  do {
    const page = await client.stages.files(
      name,
      {
        limit: Math.min(1000, most - objects.length),
        ...(path === undefined ? {} : { path }),
        ...(continuation === undefined ? {} : { continuation }),
      },
      invocation.terminal.signal,
    )
    objects.push(...page.objects)
    continuation = page.continuation
  } while (continuation !== undefined && objects.length < most)
  const more = continuation !== undefined
  if (invocation.json) invocation.printJson({ files: objects, more })
  else {
    const columns = [{ title: 'file' }, { title: 'size', align: 'right' as const, whole: true }, { title: 'modified', whole: true }]
    const rows = objects.map((one) => [one.key, bytes(one.size), toSeconds(one.lastModified)])
    invocation.print(drawTable(columns, rows, { width: invocation.terminal.stdout.columns, paint: invocation.paint }))
    invocation.note(`${objects.length} file${objects.length === 1 ? '' : 's'}${more ? '; there are more, see --limit' : ''}\n`)
  }
  return 0
}

/** `sluice stage delete NAME` */
export const deleteStage: Command = async (invocation) => {
  const name = argument(invocation, 0)
  const ifExists = invocation.options.flag('ifExists') ? { ifExists: 'true' as const } : {}
  await (await invocation.client()).stages.delete(name, ifExists, invocation.terminal.signal)
  if (invocation.json) invocation.printJson({ deleted: name })
  else invocation.print(`Stage ${printable(name)} is deleted; its files stay.\n`)
  return 0
}

function describeStage(stage: StageView, width: number | undefined): string {
  const { type, compression, ...options } = stage.format
  const rows = [
    ['name', stage.name],
    ['id', stage.id],
    ['url', stage.location.url],
    ['connection', stage.connection ?? stage.connectionId],
    ['format', `${type}, compression ${compression}`],
    ...Object.entries(options).map(([name, value]) => [`format ${name}`, JSON.stringify(value)] as const),
    ...(stage.comment === '' ? [] : [['comment', stage.comment] as const]),
  ] as const
  return facts(rows, width)
}
