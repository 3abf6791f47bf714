import { compileCondition, type CompiledCondition } from '../../compile-condition.ts'
import { parseIpRange } from '../../ip.ts'
import { instantOf, numberOf } from '../../operators.ts'
import { prepare } from '../../request.ts'
import { knownKey } from '../action-table.ts'
import type { LintRule } from '../finding.ts'
import type { LintCondition, LintStatement } from '../subject.ts'
import { hasUnknown } from '../unknown.ts'

export const conditionContradiction: LintRule = {
  id: 'condition-contradiction',
  severity: 'error',
  title: 'Conditions contradict each other',
  why: 'All conditions of a statement must hold at once: no request can meet these, so the statement does nothing.',
  instead: 'Put alternatives into one list under one operator: of the values of a list, one is enough.',
  *check({ statements, version }) {
    for (const statement of statements) yield* checkStatement(statement, version === '2012-10-17')
  },
}

function* checkStatement({ conditions, effect = 'Allow' }: LintStatement, variables: boolean) {
  for (const [, sameKey] of Map.groupBy(conditions, ({ key }) => key.toLowerCase())) {
    const [first] = sameKey
    if (!first) continue
    const empty = sameKey.find((condition) => condition.values.length === 0 && condition.isComplete && !mayBeAbsent(condition))
    if (empty) yield { at: empty.at, message: `${empty.written} has no value for ${empty.key}, so it never holds.` }
    else if (!sameKey.every(isPlain)) continue
    else if (contradicts(sameKey, effect, variables))
      yield {
        at: sameKey.at(-1)?.at ?? first.at,
        message: `No value of ${first.key} meets ${sameKey.map(({ written }) => written).join(' and ')}.`,
      }
  }
}

function mayBeAbsent({ operator }: LintCondition): boolean {
  return !operator || operator.operator.negated || operator.ifExists || operator.qualifier !== undefined
}

/** More values than anybody writes by hand are not tried one by one. */
const MOST = 200

/** Whether the condition is about one value, all of it known. */
function isPlain({ operator, key, values, isComplete }: LintCondition): boolean {
  return (
    operator !== undefined &&
    knownKey(key)?.type.startsWith('ArrayOf') !== true &&
    values.length <= MOST &&
    operator.qualifier === undefined &&
    isComplete &&
    values.length > 0 &&
    values.every(({ value }) => !hasUnknown(value) && !value.includes('${'))
  )
}

/**
 * Tries every value that could decide, by the evaluator's own conditions. Only where those are all that matter is anything said:
 * when a list of exact values is asked for, or when all operators compare in one order.
 */
function contradicts(conditions: readonly LintCondition[], effect: 'Allow' | 'Deny', variables: boolean): boolean {
  if (conditions.length < 2) return false
  const compiled = conditions.flatMap(({ operator, written, key, values }) =>
    operator ? [compileCondition({ ...operator, written, key, values: values.map(({ value }) => value) }, effect, variables)] : [],
  )
  const nulls = conditions.filter(({ operator }) => operator?.operator.comparison.family === 'null')
  if (nulls.length > 0) return contradictsNull(conditions, nulls)
  if (conditions.some(({ operator }) => operator?.ifExists === true)) return false
  // Where nothing demands the key, its absence meets all of them.
  if (conditions.every(({ operator }) => operator?.operator.negated === true)) return false
  const candidates = candidatesFor(conditions)
  return candidates !== undefined && !candidates.some((value) => allHold(compiled, conditions[0]?.key ?? '', value))
}

function contradictsNull(conditions: readonly LintCondition[], nulls: readonly LintCondition[]): boolean {
  const isAbsent = nulls.some(({ values }) => values.every(({ value }) => value.toLowerCase() === 'true'))
  return isAbsent && conditions.some((condition) => !nulls.includes(condition) && !mayBeAbsent(condition))
}

function allHold(compiled: readonly CompiledCondition[], key: string, value: string): boolean {
  const request = prepare({ principal: { kind: 'anonymous' }, action: '', resource: '', resourceAccount: '', context: { [key]: value } })
  return compiled.every((condition) => condition.holds(request))
}

/** Values among which there is one that meets all conditions, if there is one at all; undefined when no such list can be made. */
function candidatesFor(conditions: readonly LintCondition[]): readonly string[] | undefined {
  const exact = conditions.find(({ operator }) => {
    const { comparison, negated } = operator?.operator ?? {}
    return (
      negated === false &&
      comparison !== undefined &&
      (comparison.family === 'bool' || ('how' in comparison && comparison.how === 'equals'))
    )
  })
  if (exact) return exact.values.map(({ value }) => value)
  const families = new Set(conditions.map(({ operator }) => operator?.operator.comparison.family))
  const [family] = families
  const values = conditions.flatMap((condition) => condition.values.map(({ value }) => value))
  if (families.size !== 1) return undefined
  if (family === 'numeric')
    return around(
      values.flatMap((value) => numberOf(value) ?? []),
      String,
    )
  if (family === 'date')
    return around(
      values.flatMap((value) => instantOf(value) ?? []),
      (at) => String(at / 1000),
    )
  if (family === 'ip') return edgesOf(values)
  return family === 'string' ? disjointPatterns(conditions) : undefined
}

/** The bounds, what lies between each two neighbours, and what lies beyond: every way of comparing with all of them is among these. */
function around(bounds: readonly number[], write: (bound: number) => string): readonly string[] {
  const sorted = [...new Set(bounds)].toSorted((a, b) => a - b)
  const between = sorted.slice(1).map((bound, index) => (bound + (sorted[index] ?? bound)) / 2)
  return [(sorted[0] ?? 0) - 1, ...sorted, ...between, (sorted.at(-1) ?? 0) + 1].map(write)
}

/** The ends of ranges and their neighbours: whether ranges meet shows at one of them. IPv4 only. */
function edgesOf(values: readonly string[]): readonly string[] | undefined {
  const ranges = values.map(parseIpRange)
  if (ranges.some((range) => range?.bits !== 32)) return undefined
  return ranges
    .flatMap((range) => (range ? [range.first - 1n, range.first, range.last, range.last + 1n] : []))
    .filter((address) => address >= 0n && address < 1n << 32n)
    .map(writeIpv4)
}

function writeIpv4(address: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((address >> shift) & 255n)).join('.')
}

/** Patterns whose beginnings differ have no text in common; an empty list of candidates then, and none can be made otherwise. */
function disjointPatterns(conditions: readonly LintCondition[]): readonly string[] | undefined {
  const positive = conditions.filter(({ operator }) => operator?.operator.negated === false)
  const [first, second] = positive
  if (!first || !second || positive.some(({ operator }) => !isLike(operator?.operator.comparison))) return undefined
  const heads = (condition: LintCondition) => condition.values.map(({ value }) => value.split(/[*?]/)[0] ?? '')
  const meet = heads(first).some((a) => heads(second).some((b) => a.startsWith(b) || b.startsWith(a)))
  return meet ? undefined : []
}

function isLike(comparison: { readonly family: string; readonly how?: string } | undefined): boolean {
  return comparison?.family === 'string' && comparison.how === 'like'
}
