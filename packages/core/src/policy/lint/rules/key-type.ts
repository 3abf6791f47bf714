import { knownKey } from '../action-table.ts'
import type { LintHit, LintRule } from '../finding.ts'
import type { LintCondition, LintStatement } from '../subject.ts'
import { hasUnknown } from '../unknown.ts'
import { renamedOperator } from '../rename-operator.ts'

export const keyType: LintRule = {
  id: 'key-type',
  severity: 'error',
  title: 'A condition compares values of another type',
  why: 'An address range compared as text, or a name compared as an ARN, is never equal to what a request carries.',
  instead: 'Use the operators of the type: IpAddress, ArnLike, NumericEquals, DateLessThan, Bool.',
  *check({ statements }) {
    for (const statement of statements) for (const condition of statement.conditions) yield* checkCondition(statement, condition)
  },
}

function* checkCondition(statement: LintStatement, condition: LintCondition): Iterable<LintHit> {
  const { operator, key, values, at, written } = condition
  if (!operator) return
  const { family } = operator.operator.comparison
  const type = knownKey(key)?.type
  if (family === 'string' && type === 'IPAddress' && values.some(({ value }) => value.includes('/'))) {
    const better = `${prefixOf(written)}${operator.operator.negated ? 'NotIpAddress' : 'IpAddress'}${operator.ifExists ? 'IfExists' : ''}`
    yield {
      at,
      message: `${written} compares ${key} as text: no address equals a range.`,
      instead: `Write ${better}.`,
      ...renamedOperator(statement, condition, better),
    }
  }
  if (family === 'ip' && type !== undefined && type !== 'IPAddress')
    yield { at, message: `${key} is no address, so ${written} never compares it.`, instead: 'Use a String operator.' }
  if (family === 'arn')
    for (const entry of values)
      if (!/^(arn:|\*$|\$\{)/.test(entry.value) && !hasUnknown(entry.value))
        yield {
          at: entry.at,
          message: `${JSON.stringify(entry.value)} is no ARN, so ${written} never matches it.`,
          instead: 'Write the whole ARN.',
        }
}

function prefixOf(written: string): string {
  return /^(ForAllValues|ForAnyValue):/i.exec(written)?.[0] ?? ''
}
