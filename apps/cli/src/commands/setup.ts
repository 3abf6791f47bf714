import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Setup, SetupOptions } from '@sluice/core'
import { argument, isoTime, pairs, usage, type Command, type Invocation } from '../invocation.ts'
import { facts } from '../output/facts.ts'
import { describeSetup } from '../output/setup.ts'
import { setupGuide } from '../output/setup-guide.ts'
import { printable } from '../output/text.ts'

/** `sluice connection setup NAME` */
export const showSetup: Command = async (invocation) => {
  const { options, terminal } = invocation
  const setup = await (await invocation.client()).setup.show(argument(invocation, 0), setupOptionsOf(invocation), terminal.signal)
  const wanted = options.text('artifact')
  const folder = options.text('output')
  if (wanted !== undefined) {
    const artifact = setup.artifacts.find((one) => one.id === wanted)
    if (artifact === undefined) throw usage(`There is no artifact ${wanted}; there are ${setup.artifacts.map((one) => one.id).join(', ')}.`)
    if (invocation.json) invocation.printJson(artifact)
    else terminal.stdout.write(artifact.text.endsWith('\n') ? artifact.text : `${artifact.text}\n`)
    return 0
  }
  if (folder !== undefined) return await writeArtifacts(invocation, setup, folder)
  if (invocation.json) invocation.printJson(setup)
  else invocation.print(describeSetup(argument(invocation, 0), setup, invocation.paint, terminal.stdout.columns))
  return 0
}

/** `sluice setup publish NAME` */
export const publishSetup: Command = async (invocation) => {
  const client = await invocation.client()
  const published = await client.setup.publish(argument(invocation, 0), setupOptionsOf(invocation), invocation.terminal.signal)
  if (invocation.json) invocation.printJson(published)
  else {
    invocation.note('Send this link to the cloud admin; it opens the template, filled in:\n')
    invocation.print(`${published.quickCreateUrl}\n`)
  }
  return 0
}

/** Writes the README last: it names the other files, so it is there only when they are. */
async function writeArtifacts(invocation: Invocation, setup: Setup, folder: string): Promise<number> {
  const { artifacts } = setup
  if (artifacts.length === 0) throw usage('This connection needs no setup, so there is nothing to write.', 'Validate it at once.')
  await mkdir(folder, { recursive: true })
  const guide = { filename: 'README.md', title: 'For the cloud admin: begin here', text: setupGuide(argument(invocation, 0), setup) }
  const files: { readonly path: string; readonly title: string }[] = []
  for (const { filename, title, text } of [...artifacts, guide]) {
    // The server names the files; it does not choose where on this machine they go.
    const path = join(folder, basename(filename))
    await writeFile(path, text.endsWith('\n') ? text : `${text}\n`)
    files.push({ path, title })
  }
  if (invocation.json) invocation.printJson({ files: files.map(({ path }) => path) })
  else {
    const { columns } = invocation.terminal.stdout
    const rows = files.map(({ path, title }) => [basename(path), title] as const).toReversed()
    invocation.print(`${invocation.paint('bold', printable(folder))}\n${facts(rows, columns)}`)
    const name = printable(argument(invocation, 0))
    invocation.note(`\nSend the folder to the cloud admin. Once it is applied: sluice connection validate ${name} --wait 600\n`)
  }
  return 0
}

/** The options that are what they are called: a text each. */
const TEXTS = [
  'roleName',
  'rolePath',
  'policyName',
  'userName',
  'accountId',
  'permissionsBoundary',
  'projectId',
  'poolId',
  'providerId',
  'serviceAccountId',
  'customRoleId',
  'subscriptionId',
  'resourceGroup',
  'applicationName',
] as const satisfies readonly (keyof SetupOptions)[]

function setupOptionsOf({ options }: Invocation): SetupOptions {
  const tags = options.list('tag')
  const region = options.text('createBucket')
  const kmsKeyArn = options.text('bucketKmsKey')
  const bucketAccountId = options.text('bucketAccount')
  const expiresAt = options.text('expiresAt')
  if (kmsKeyArn !== undefined && region === undefined) throw usage('--bucket-kms-key goes together with --create-bucket.')
  return {
    ...Object.fromEntries(TEXTS.map((name) => [name, options.text(name)] as const).filter(([, value]) => value !== undefined)),
    ...(tags.length === 0 ? {} : { tags: pairs(tags, '--tag') }),
    ...(region === undefined ? {} : { createBucket: { region, ...(kmsKeyArn === undefined ? {} : { kmsKeyArn }) } }),
    ...(bucketAccountId === undefined ? {} : { bucketAccountId }),
    ...(expiresAt === undefined ? {} : { expiresAt: isoTime(expiresAt, '--expires-at') }),
  }
}
