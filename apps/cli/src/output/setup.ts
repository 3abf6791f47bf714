import type { Setup, SetupStep } from '@sluice/core'
import { facts } from './facts.ts'
import type { Paint } from './paint.ts'
import { hang, printable, wrap } from './text.ts'

/** A setup for the person who made the connection: what is promised, the documents, the ways to apply it, and what was proved. */
export function describeSetup(name: string, setup: Setup, paint: Paint, width: number | undefined): string {
  const rows = setup.facts.map(({ label, value }) => [label, value] as const)
  const documents = setup.artifacts.filter((artifact) => artifact.document !== undefined)
  const parts = [
    `${wrap(printable(setup.promise), width)
      .map((line) => paint('bold', line))
      .join('\n')}\n`,
    ...(rows.length === 0 ? [] : [facts(rows, width)]),
    ...setup.warnings.map((warning) => hang(`${paint('yellow', '!')} `, 2, printable(warning), width)),
    ...documents.map((artifact) => `${paint('bold', printable(artifact.title))}\n${printable(artifact.text.trimEnd(), true)}\n`),
    ...(setup.routes.length === 0 ? ['There is nothing to apply.\n'] : waysOf(setup, paint, width)),
    ...(setup.proofs.length === 0 ? [] : [proofsOf(setup, paint, width)]),
    ...(setup.artifacts.length === 0 ? [] : [filesOf(name, setup, width)]),
  ]
  return parts.join('\n')
}

function waysOf(setup: Setup, paint: Paint, width: number | undefined): readonly string[] {
  const files = new Map(setup.artifacts.map((artifact) => [artifact.id, artifact.filename]))
  return setup.routes.map((route, at) => {
    const head = paint('bold', `Way ${at + 1} of ${setup.routes.length}: ${printable(route.title)}`)
    return `${head}\n${route.steps.map((step, index) => describeStep(step, index, files, width)).join('')}`
  })
}

function describeStep(step: SetupStep, at: number, files: ReadonlyMap<string, string>, width: number | undefined): string {
  const below = (text: string) => hang('     ', 5, printable(text), width)
  return [
    hang(`  ${at + 1}. `, 5, printable(`${step.title} (${step.where})`), width),
    below(step.body),
    ...(step.artifact === undefined ? [] : [below(`File: ${files.get(step.artifact) ?? step.artifact}`)]),
    ...(step.link === undefined ? [] : [below(step.link)]),
  ].join('')
}

function proofsOf(setup: Setup, paint: Paint, width: number | undefined): string {
  const wrong = setup.proofs.filter((proof) => proof.expected !== proof.actual)
  if (wrong.length === 0) {
    const text = `the policy evaluator agrees: ${setup.proofs.length} claims about what this allows and denies hold`
    return hang(`${paint('green', '✓')} `, 2, text, width)
  }
  const lines = wrong.map((proof) => `${printable(proof.claim)}: should be ${proof.expected}, is ${proof.actual}`)
  return lines.map((line) => hang(`${paint('red', '✗')} `, 2, line, width)).join('')
}

function filesOf(name: string, setup: Setup, width: number | undefined): string {
  const ids = setup.artifacts.map((artifact) => printable(artifact.id)).join(', ')
  return [
    ...wrap(`All of it as files, with a README for the cloud admin: sluice connection setup ${printable(name)} --output DIR`, width),
    ...wrap(`One of them alone: --artifact ${ids}`, width),
    '',
  ].join('\n')
}
