import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Setup, SetupOptions } from '@sluice/core'
import { argument, pairs, usage, type Command, type Invocation } from '../invocation.ts'
import { printable } from '../output/text.ts'
import { facts } from './platform.ts'

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
  else invocation.print(describeSetup(invocation, setup))
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

async function writeArtifacts(invocation: Invocation, setup: Setup, folder: string): Promise<number> {
  await mkdir(folder, { recursive: true })
  const files: string[] = []
  for (const artifact of setup.artifacts) {
    // The server names the files; it does not choose where on this machine they go.
    const path = join(folder, basename(artifact.filename))
    await writeFile(path, artifact.text.endsWith('\n') ? artifact.text : `${artifact.text}\n`)
    files.push(path)
  }
  if (invocation.json) invocation.printJson({ files })
  else invocation.print(files.map((file) => `${file}\n`).join(''))
  return 0
}

function describeSetup({ paint }: Invocation, setup: Setup): string {
  const parts = [`${paint('bold', printable(setup.promise))}\n`, facts(setup.facts.map(({ label, value }) => [label, value] as const))]
  for (const warning of setup.warnings) parts.push(`${paint('yellow', '!')} ${printable(warning)}\n`)
  for (const artifact of setup.artifacts.filter((one) => one.document !== undefined))
    parts.push(`${paint('bold', printable(artifact.title))}\n${printable(artifact.text.trimEnd(), true)}\n`)
  parts.push(
    `${paint('bold', 'Ways to apply it: pick one')}\n${setup.routes
      .map((route) => `  ${route.title}${route.artifacts.length > 0 ? `  (--artifact ${route.artifacts.join(', ')})` : ''}\n`)
      .join('')}`,
  )
  const byHand = setup.routes.find((route) => route.id === 'console')
  if (byHand !== undefined && byHand.steps.length > 0)
    parts.push(`${paint('bold', printable(byHand.title))}\n${byHand.steps.map((step, at) => describeStep(step, at)).join('')}`)
  const wrong = setup.proofs.filter((proof) => proof.expected !== proof.actual)
  if (setup.proofs.length > 0)
    parts.push(
      wrong.length === 0
        ? `${paint('green', '✓')} the policy evaluator agrees: ${setup.proofs.length} claims about what this allows and denies hold\n`
        : wrong
            .map((proof) => `${paint('red', '✗')} ${printable(proof.claim)}: should be ${proof.expected}, is ${proof.actual}\n`)
            .join(''),
    )
  return parts.join('\n')
}

function describeStep(step: Setup['routes'][number]['steps'][number], at: number): string {
  const extra = [...(step.artifact === undefined ? [] : [`paste: ${step.artifact}`]), ...(step.link === undefined ? [] : [step.link])]
  const lines = [
    `  ${at + 1}. ${step.title} (${step.where})`,
    `     ${step.body.replaceAll('\n', '\n     ')}`,
    ...extra.map((text) => `     ${text}`),
  ]
  return `${printable(lines.join('\n'), true)}\n`
}

function setupOptionsOf({ options }: Invocation): SetupOptions {
  const texts = ['roleName', 'rolePath', 'policyName', 'userName', 'accountId', 'permissionsBoundary'] as const
  const tags = options.list('tag')
  const region = options.text('createBucket')
  const kmsKeyArn = options.text('bucketKmsKey')
  const bucketAccountId = options.text('bucketAccount')
  if (kmsKeyArn !== undefined && region === undefined) throw usage('--bucket-kms-key goes together with --create-bucket.')
  return {
    ...Object.fromEntries(texts.map((name) => [name, options.text(name)] as const).filter(([, value]) => value !== undefined)),
    ...(tags.length === 0 ? {} : { tags: pairs(tags, '--tag') }),
    ...(region === undefined ? {} : { createBucket: { region, ...(kmsKeyArn === undefined ? {} : { kmsKeyArn }) } }),
    ...(bucketAccountId === undefined ? {} : { bucketAccountId }),
  }
}
