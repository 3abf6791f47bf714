import type { Json } from '../json.ts'
import { parseOperator, valueProblem } from './operators.ts'
import type { ParsedCondition, PolicyProblem } from './parsed.ts'
import { isList, isObject, pointer } from './shapes.ts'

/** Parses a Condition block: one entry per operator and key, all of which must hold. */
export function parseConditions(block: Json | undefined, at: string, problems: PolicyProblem[]): readonly ParsedCondition[] {
  if (block === undefined) return []
  if (!isObject(block)) {
    problems.push({ pointer: at, message: 'Condition is an object of operators.' })
    return []
  }
  return Object.entries(block).flatMap(([written, tests]) => {
    const here = `${at}${pointer(written)}`
    const parsed = parseOperator(written)
    if (!parsed) {
      problems.push({ pointer: here, message: `There is no condition operator ${written}.` })
      return []
    }
    if (!isObject(tests)) {
      problems.push({ pointer: here, message: 'An operator holds an object of condition keys.' })
      return []
    }
    return Object.entries(tests).map(([key, listed]) => {
      if (!/.:./.test(key))
        problems.push({ pointer: `${here}${pointer(key)}`, message: `${key} is not a condition key: write service:Name, as aws:SourceIp.` })
      const values = parseValues(listed, `${here}${pointer(key)}`, problems)
      for (const { value, at } of values) {
        const problem = valueProblem(parsed.operator.comparison, value)
        if (problem) problems.push({ pointer: at, message: `${JSON.stringify(value)} ${problem}, which ${written} needs.` })
      }
      return { ...parsed, written, key, values: values.map(({ value }) => value) }
    })
  })
}

function parseValues(listed: Json, at: string, problems: PolicyProblem[]): readonly { readonly value: string; readonly at: string }[] {
  const list = isList(listed) ? listed : [listed]
  return list.flatMap((value, index) => {
    const here = isList(listed) ? `${at}/${index}` : at
    if (typeof value === 'string') return [{ value, at: here }]
    // JSON numbers and booleans stand for their texts.
    if (typeof value === 'number' || typeof value === 'boolean') return [{ value: String(value), at: here }]
    problems.push({ pointer: here, message: 'A condition value is a text, number or boolean.' })
    return []
  })
}
