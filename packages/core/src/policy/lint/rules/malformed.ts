import { isObject } from '../../shapes.ts'
import { parsePolicy } from '../../parse.ts'
import type { PolicyKind } from '../../parsed.ts'
import type { LintKind, LintRule } from '../finding.ts'
import { valueAt } from '../patch.ts'
import { hasUnknown } from '../unknown.ts'

const KINDS: { readonly [kind in LintKind]: PolicyKind } = {
  identity: 'identity',
  session: 'identity',
  scp: 'identity',
  resource: 'resource',
  key: 'resource',
  trust: 'trust',
}

/** What the parser of the evaluator finds; where another rule says the same place's error better, that one stands alone. */
export const malformed: LintRule = {
  id: 'malformed',
  severity: 'error',
  title: 'The document is not one that AWS accepts',
  why: 'AWS answers MalformedPolicyDocument and saves nothing.',
  instead: 'Correct the place named, as the grammar of policies has it.',
  *check({ document, kind }) {
    if (!isObject(document)) return yield { at: '', message: 'A policy is a JSON object.' }
    const result = parsePolicy(document, KINDS[kind])
    if (result.ok) return
    for (const { pointer, message } of result.problems) {
      const value = valueAt(document, pointer)
      // What a template fills in later may well be right.
      if (typeof value === 'string' && hasUnknown(value)) continue
      yield { at: pointer, message }
    }
  },
}
