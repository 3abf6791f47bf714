import type { Setup, SetupStep } from '@sluice/core'
import { printable } from './text.ts'

/** The README of a setup's files, for the cloud admin who knows nothing of Sluice: what is asked, how to grant it, and how to take it back. */
export function setupGuide(name: string, setup: Setup): string {
  const files = new Map(setup.artifacts.map((artifact) => [artifact.id, artifact.filename]))
  const parts = [
    `# Access for the Sluice connection ${printable(name)}`,
    'A data platform that runs Sluice asks for access to data of yours. "We" is that platform, "you" the account that owns the data.',
    `**${printable(setup.promise)}**`,
    ...setup.warnings.map((warning) => `**Note:** ${printable(warning)}`),
    ...(setup.facts.length === 0 ? [] : [table(setup.facts.map(({ label, value }) => [label, `\`${printable(value)}\``]))]),
    ...(setup.routes.length === 0 ? ['There is nothing to apply.'] : ['## How to grant it', afterwards(setup)]),
    ...setup.routes.flatMap((route) => [`### ${printable(route.title)}`, steps(route.steps, files)]),
    ...(setup.removal.length === 0 ? [] : ['## How to take it back', steps(setup.removal, files, '-')]),
    ...(setup.proofs.length === 0 ? [] : ['## What was proved', proofs(setup)]),
  ]
  return `${parts.join('\n\n')}\n`
}

function table(rows: readonly (readonly [string, string])[]): string {
  return ['| | |', '|---|---|', ...rows.map(([label, value]) => `| ${printable(label)} | ${value.replaceAll('|', String.raw`\|`)} |`)].join(
    '\n',
  )
}

function afterwards(setup: Setup): string {
  const one = `Pick one of the ${setup.routes.length} ways; each grants exactly the same.`
  if (!setup.facts.some((fact) => fact.label === 'Role name')) return one
  const arn = setup.facts.find((fact) => fact.label === 'Role ARN')
  return arn === undefined
    ? `${one} Then send the ARN of the role to whoever sent you this.`
    : `${one} Nothing has to be sent back: the role's ARN is known already.`
}

function steps(list: readonly SetupStep[], files: ReadonlyMap<string, string>, mark?: string): string {
  return list
    .map((step, at) => {
      const bullet = mark ?? `${at + 1}.`
      const lines = [
        `**${printable(step.title)}** (${printable(step.where)})`,
        printable(step.body),
        ...(step.artifact === undefined ? [] : [`File: \`${files.get(step.artifact) ?? step.artifact}\``]),
        ...(step.link === undefined ? [] : [`<${printable(step.link)}>`]),
      ]
      // Two blanks at a line's end are Markdown's line break.
      return `${bullet} ${lines.join(`  \n${' '.repeat(bullet.length + 1)}`)}`
    })
    .join('\n')
}

function proofs(setup: Setup): string {
  const intro = 'Before this was written, a policy evaluator that follows the rules of AWS was asked what the documents allow:'
  return `${intro}\n\n${setup.proofs.map((proof) => `- ${printable(proof.claim)}: ${proof.actual}`).join('\n')}`
}
