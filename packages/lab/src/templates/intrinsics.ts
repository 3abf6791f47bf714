import type { Json } from '@sluice/core'
import { isObject } from '../state/json.ts'
import { templateError, unsupported } from './error.ts'

/** A name in a template and what it stands for. */
export interface Scope {
  /** Value of a Ref: a parameter, a pseudo parameter or a resource. */
  ref(name: string): Json | typeof NO_VALUE
  attribute(resource: string, name: string): string
  condition(name: string): boolean
}

/** What `AWS::NoValue` and `ALIYUN::NoValue` stand for: the property that has it is not there. */
export const NO_VALUE = Symbol('NoValue')

/** Replaces the intrinsic functions in a value by what they come to; undefined for NoValue. */
export function resolveValue(value: Json, scope: Scope): Json | undefined {
  const resolved = resolve(value, scope)
  return resolved === NO_VALUE ? undefined : resolved
}

function resolve(value: Json, scope: Scope): Json | typeof NO_VALUE {
  if (Array.isArray(value)) return value.map((item: Json) => resolve(item, scope)).filter((item) => item !== NO_VALUE)
  if (!isObject(value)) return value
  const [entry, ...others] = Object.entries(value)
  if (entry && others.length === 0) {
    const [name, argument] = entry
    if (name === 'Ref') return scope.ref(textOf(argument, 'Ref'))
    if (name === 'Condition' && typeof argument === 'string') return scope.condition(argument)
    if (name.startsWith('Fn::')) return call(name, argument, scope)
  }
  const result: { [key: string]: Json } = {}
  for (const [key, item] of Object.entries(value)) {
    const resolved = resolve(item, scope)
    if (resolved !== NO_VALUE) result[key] = resolved
  }
  return result
}

function call(name: string, argument: Json, scope: Scope): Json | typeof NO_VALUE {
  switch (name) {
    case 'Fn::Sub':
      return substitute(argument, scope)
    case 'Fn::GetAtt': {
      const [resource = '', attribute = ''] =
        typeof argument === 'string' ? argument.split(/\.(.*)/s) : listOf(argument, name).map((item) => textOf(item, name))
      return scope.attribute(resource, attribute)
    }
    case 'Fn::Join': {
      const [separator, items] = listOf(argument, name)
      return listOf(resolveValue(items ?? [], scope) ?? [], name)
        .map((item) => textOf(item, name))
        .join(textOf(separator ?? null, name))
    }
    case 'Fn::If': {
      const [condition, yes, no] = listOf(argument, name)
      return resolve((scope.condition(textOf(condition ?? null, name)) ? yes : no) ?? null, scope)
    }
    case 'Fn::Equals': {
      const [left, right] = listOf(argument, name).map((item) => resolveValue(item, scope))
      return JSON.stringify(left) === JSON.stringify(right)
    }
    case 'Fn::Not':
      return !listOf(argument, name).some((item) => resolveValue(item, scope) === true)
    case 'Fn::And':
      return listOf(argument, name).every((item) => resolveValue(item, scope) === true)
    case 'Fn::Or':
      return listOf(argument, name).some((item) => resolveValue(item, scope) === true)
    default:
      throw unsupported(`${name} in templates`)
  }
}

function substitute(argument: Json, scope: Scope): string {
  const [text, variables] = typeof argument === 'string' ? [argument, {}] : listOf(argument, 'Fn::Sub')
  const own = isObject(variables) ? variables : {}
  return textOf(text ?? null, 'Fn::Sub').replace(/\$\{(!?)([^}]*)\}/g, (_, literal: string, name: string) => {
    if (literal === '!') return `\${${name}}`
    const given = own[name]
    if (given !== undefined) return textOf(resolveValue(given, scope) ?? null, 'Fn::Sub')
    const dot = name.indexOf('.')
    if (dot > 0) return scope.attribute(name.slice(0, dot), name.slice(dot + 1))
    const value = scope.ref(name)
    return textOf(value === NO_VALUE ? null : value, `Fn::Sub of ${name}`)
  })
}

function listOf(value: Json, name: string): readonly Json[] {
  if (Array.isArray(value)) return value
  throw templateError(`${name} takes a list`)
}

/** Text, as templates take numbers and truth values for text too. */
export function textOf(value: Json, name: string): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw templateError(`${name} takes a string`)
}
