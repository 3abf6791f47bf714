import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { valuesIn } from '../packages/core/src/evidence/answer.ts'
import type { ValuesOf } from '../packages/core/src/evidence/read.ts'
import { plainWord } from '../packages/core/src/diagnosis/shell-word.ts'
import { FUNCTIONS, taken } from '../packages/core/src/evidence/shell-text.ts'

const WANTED: readonly ValuesOf[] = [
  { kind: 'text', name: 'PolicyArn' },
  { kind: 'text', name: 'PolicyArn', startsWith: 'arn:' },
  { kind: 'items', name: 'PolicyNames' },
  { kind: 'pair', names: ['PolicyType', 'PolicyName'] },
]

/** Names as nobody should give them. */
const name = fc.oneof(
  fc.constantFrom(
    'a',
    'arn:aws:iam::1:policy/x',
    'with space',
    '*',
    '$(touch hit)',
    "it's",
    'a"b',
    'a\\b',
    '}',
    '{',
    '[',
    ']',
    ',',
    '-x',
    '@x',
    'file:///x',
    'ü',
    '',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
)
const answer = fc.record(
  {
    PolicyNames: fc.uniqueArray(name, { maxLength: 6 }),
    Attached: fc.array(fc.record({ PolicyName: name, PolicyArn: name, PolicyType: fc.constantFrom('Custom', 'System') }), { maxLength: 4 }),
    Description: name,
  },
  { requiredKeys: [] },
)

describe('the shell of a script', () => {
  it('takes the same values out of an answer as the one who reads the file, or none', { timeout: 60_000 }, () => {
    const cases = fc
      .sample(answer, { numRuns: 60, seed: 7 })
      .flatMap((value) => WANTED.map((of) => ({ text: JSON.stringify(value, undefined, 4), of })))
    const script = [
      'set -uf',
      'code=0',
      ...Object.values(FUNCTIONS).flat(),
      ...cases.flatMap(({ text, of }) => [`answer=${plainWord(text)}`, `printf '%s\\n--\\n' "${taken(of)}"`]),
    ].join('\n')
    const out = execFileSync('/bin/sh', ['-s'], { input: script, encoding: 'utf8', maxBuffer: 1 << 26 })
    const found = out.split('\n--\n').slice(0, cases.length)
    cases.forEach(({ text, of }, index) => {
      const { values, isWhole } = valuesIn({ status: 0, text }, of)
      const shell = (found[index] ?? '').split('\n').filter((one) => one !== '')
      // What the shell takes besides would be read and not looked for; what it leaves is looked for and not found.
      expect(
        shell.filter((one) => !values.includes(one)),
        text,
      ).toEqual([])
      if (isWhole) expect(new Set(shell), text).toEqual(new Set(values))
    })
  })
})
