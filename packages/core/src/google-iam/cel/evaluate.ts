import type { BinaryOperator, CelExpression } from './expression.ts'
import { celCall } from './functions.ts'
import {
  celError,
  isCelList,
  isMap,
  own,
  unknown,
  valueOf,
  whenValues,
  type CelEnvironment,
  type CelResult,
  type CelValue,
} from './result.ts'

/** Evaluates an expression. */
export function evaluateCel(expression: CelExpression, environment: CelEnvironment): CelResult {
  const evaluate = (part: CelExpression): CelResult => evaluateCel(part, environment)
  switch (expression.kind) {
    case 'literal':
      return valueOf(expression.value)
    case 'name': {
      const found = own(environment.names, expression.name)
      return found === undefined ? unknown(`${expression.name} is not known here.`) : valueOf(found)
    }
    case 'member':
      return whenValues([evaluate(expression.of)], ([of]) => memberOf(of, expression.name))
    case 'index':
      return whenValues([evaluate(expression.of), evaluate(expression.at)], ([of, at]) => indexOf(of, at))
    case 'list':
      return whenValues(expression.items.map(evaluate), (items) => valueOf(items))
    case 'not':
      return whenValues([evaluate(expression.of)], ([of]) => (typeof of === 'boolean' ? valueOf(!of) : celError('! wants a boolean.')))
    case 'binary':
      return expression.operator === '&&' || expression.operator === '||'
        ? logical(expression.operator === '||', evaluate(expression.left), evaluate(expression.right))
        : whenValues([evaluate(expression.left), evaluate(expression.right)], ([left, right]) => binary(expression.operator, left, right))
    case 'choice':
      return whenValues([evaluate(expression.test)], ([test]) =>
        typeof test === 'boolean' ? evaluate(test ? expression.whenTrue : expression.whenFalse) : celError('?: wants a boolean.'),
      )
    default:
      return celCall(expression, environment, evaluate)
  }
}

// In CEL one side can decide alone, whatever is wrong with the other and whichever comes first.
function logical(deciding: boolean, left: CelResult, right: CelResult): CelResult {
  const sides = [left, right]
  if (sides.some((side) => side.kind === 'value' && side.value === deciding)) return valueOf(deciding)
  return whenValues(sides, (values) =>
    values.every((value) => typeof value === 'boolean') ? valueOf(!deciding) : celError(`${deciding ? '||' : '&&'} wants booleans.`),
  )
}

function memberOf(of: CelValue | undefined, name: string): CelResult {
  if (!isMap(of)) return celError(`${name} is asked of something that has no members.`)
  const found = own(of, name)
  return found === undefined ? celError(`There is no ${name}.`) : valueOf(found)
}

function indexOf(of: CelValue | undefined, at: CelValue | undefined): CelResult {
  if (isMap(of) && typeof at === 'string') return memberOf(of, at)
  if (isCelList(of) && typeof at === 'number') {
    const found = of[at]
    return found === undefined ? celError(`There is no element ${at}.`) : valueOf(found)
  }
  return celError('[] wants a list and a number, or a map and a text.')
}

function binary(operator: BinaryOperator, left: CelValue | undefined, right: CelValue | undefined): CelResult {
  if (operator === '+')
    return typeof left === 'string' && typeof right === 'string' ? valueOf(left + right) : unknown('+ is understood between texts only.')
  if (operator === 'in') {
    if (isCelList(right)) return valueOf(right.some((item) => isSame(item, left)))
    return isMap(right) && typeof left === 'string' ? valueOf(own(right, left) !== undefined) : celError('in wants a list or a map.')
  }
  if (operator === '==' || operator === '!=') {
    if (kindOf(left) !== kindOf(right)) return celError(`${operator} compares a ${kindOf(left)} with a ${kindOf(right)}.`)
    return valueOf(isSame(left, right) === (operator === '=='))
  }
  const order = compare(left, right)
  if (order === undefined) return celError(`${operator} cannot compare a ${kindOf(left)} with a ${kindOf(right)}.`)
  return valueOf(operator === '<' ? order < 0 : operator === '<=' ? order <= 0 : operator === '>' ? order > 0 : order >= 0)
}

function kindOf(value: CelValue | undefined): string {
  if (value === null || value === undefined) return 'null'
  if (value instanceof Date) return 'timestamp'
  if (isCelList(value)) return 'list'
  return typeof value === 'object' ? 'map' : typeof value
}

function isSame(left: CelValue | undefined, right: CelValue | undefined): boolean {
  if (isCelList(left) && isCelList(right)) return left.length === right.length && left.every((item, index) => isSame(item, right[index]))
  if (isMap(left) && isMap(right)) {
    const names = Object.keys(left)
    return (
      names.length === Object.keys(right).length && names.every((name) => own(right, name) !== undefined && isSame(left[name], right[name]))
    )
  }
  return left instanceof Date && right instanceof Date ? left.getTime() === right.getTime() : left === right
}

function compare(left: CelValue | undefined, right: CelValue | undefined): number | undefined {
  if (left instanceof Date && right instanceof Date) return left.getTime() - right.getTime()
  if (typeof left === 'number' && typeof right === 'number') return left - right
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0
  return undefined
}
