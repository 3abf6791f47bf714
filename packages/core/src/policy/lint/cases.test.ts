import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Json } from '../../json.ts'
import { parsePolicy } from '../parse.ts'
import { isObject } from '../shapes.ts'
import type { LintFinding, LintKind } from './finding.ts'
import { lintText, LINT_RULES } from '../../lint/index.ts'
import { applyPatch } from '../../../test/apply-patch.ts'

interface Case {
  readonly name: string
  readonly kind?: LintKind
  /** One of: the statements of a policy of version 2012-10-17, a whole document, or the text as it stands. */
  readonly statements?: readonly Json[]
  readonly document?: Json
  readonly text?: string
  /** `error unknown-action /Statement/0/Action`, in the order of the document. */
  readonly findings: readonly string[]
  /** What the only patch, or all of them in turn, make of the statements. */
  readonly patched?: readonly Json[]
}

interface CaseFile {
  readonly topic: string
  readonly cases: readonly Case[]
}

const folder = new URL('../../../testdata/lint/', import.meta.url)
const files = readdirSync(folder).map((name): CaseFile => JSON.parse(readFileSync(new URL(name, folder), 'utf8')))

function documentOf({ statements, document }: Case): Json {
  return document ?? { Version: '2012-10-17', Statement: statements ?? [] }
}

function line({ severity, rule, pointer }: LintFinding): string {
  return `${severity} ${rule} ${pointer}`
}

/** What AWS would refuse; of other clouds' documents their own rules say it. */
function problemsOf(document: Json, kind: LintKind | undefined): number {
  if (!isObject(document)) return 1
  if (document['Version'] === '1') return 0
  const result = parsePolicy(document, kind === 'trust' ? 'trust' : undefined)
  return result.ok ? 0 : result.problems.length
}

for (const file of files)
  describe(file.topic, () => {
    for (const each of file.cases)
      it(each.name, () => {
        const text = each.text ?? JSON.stringify(documentOf(each), null, 2)
        const { findings } = lintText(text, each.kind ? { kind: each.kind } : {})
        expect(findings.map(line)).toEqual(each.findings)
        for (const { position } of findings) expectWithin(text, position)
        if (each.text !== undefined) return
        let patched = documentOf(each)
        for (const finding of findings) {
          if (!finding.patch) continue
          const document = applyPatch(documentOf(each), finding.patch)
          const again = lintText(JSON.stringify(document), each.kind ? { kind: each.kind } : {}).findings
          expect(
            again.filter(({ rule, pointer }) => rule === finding.rule && pointer === finding.pointer).map(({ message }) => message),
          ).not.toContain(finding.message)
          expect(problemsOf(document, each.kind), finding.rule).toBeLessThanOrEqual(problemsOf(documentOf(each), each.kind))
          patched = each.patched ? applyPatch(patched, finding.patch) : patched
        }
        if (each.patched) expect(isObject(patched) ? patched['Statement'] : undefined).toEqual(each.patched)
      })
  })

function expectWithin(text: string, position: LintFinding['position']): void {
  const lines = text.split('\n')
  expect(position).toBeDefined()
  if (!position) return
  const { line, column, endLine, endColumn } = position
  expect(line).toBeGreaterThanOrEqual(1)
  expect(column).toBeGreaterThanOrEqual(1)
  expect(endLine).toBeLessThanOrEqual(lines.length)
  expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1)
  expect(endColumn).toBeLessThanOrEqual((lines[endLine - 1] ?? '').length + 1)
  expect(endLine * 1_000_000 + endColumn).toBeGreaterThanOrEqual(line * 1_000_000 + column)
}

it('has at least 80 cases, among them clean ones, and one for every rule', () => {
  const cases = files.flatMap((file) => file.cases)
  expect(cases.length).toBeGreaterThanOrEqual(80)
  expect(cases.filter(({ findings }) => findings.length === 0).length).toBeGreaterThanOrEqual(20)
  const seen = new Set(cases.flatMap(({ findings }) => findings.map((finding) => finding.split(' ')[1])))
  expect(LINT_RULES.map(({ id }) => id).filter((id) => !seen.has(id))).toEqual([])
})

it('says in every rule what happens and what to write', () => {
  for (const { id, title, why, instead } of LINT_RULES) {
    expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/)
    expect(title).toMatch(/^[A-Z].*[^.]$/)
    expect(why).toMatch(/\.$/)
    expect(instead).toMatch(/\.$/)
  }
  expect(new Set(LINT_RULES.map(({ id }) => id)).size).toBe(LINT_RULES.length)
})
