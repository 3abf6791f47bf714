import type { Json } from '../../json.ts'
import type { EmbeddedPolicy } from './embedded.ts'
import type { LintFinding } from './finding.ts'
import { valueAt } from './patch.ts'

/** Makes findings about a policy in a larger document findings about that document. A patch is left out where it would put what a template computes in its place. */
export function withBase(findings: readonly LintFinding[], { pointer, document }: EmbeddedPolicy, root: Json): readonly LintFinding[] {
  if (pointer === '') return findings
  return findings.map(({ patch, ...finding }) => {
    const isPlain = patch?.every(({ path }) => isAsWritten(statementPath(path), document, valueAt(root, pointer))) === true
    const moved = patch?.map((step) => ({ ...step, path: pointer + step.path }))
    return { ...finding, pointer: pointer + finding.pointer, ...(isPlain && moved ? { patch: moved } : {}) }
  })
}

function statementPath(path: string): string {
  return /^\/Statement(\/\d+)?/.exec(path)?.[0] ?? path
}

function isAsWritten(path: string, resolved: Json, written: Json | undefined): boolean {
  return written !== undefined && JSON.stringify(valueAt(resolved, path)) === JSON.stringify(valueAt(written, path))
}
