import type { Json, JsonObject } from '../../json.ts'
import { isList, isObject } from '../shapes.ts'
import { UNKNOWN } from './unknown.ts'

/** Pseudo parameters whose value is the same nearly everywhere. */
const PSEUDO: { readonly [name: string]: string } = { 'AWS::Partition': 'aws', 'AWS::URLSuffix': 'amazonaws.com' }

/** Puts in the place of CloudFormation's functions what they come to with the parameters' defaults; UNKNOWN where that cannot be told. */
export function resolveIntrinsics(value: Json, parameters: Json | undefined): Json {
  if (isList(value)) return value.map((item) => resolveIntrinsics(item, parameters))
  if (!isObject(value)) return value
  const [only, ...more] = Object.entries(value)
  if (only && more.length === 0 && isFunction(only)) return call(only[0], only[1], parameters)
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, resolveIntrinsics(member, parameters)]))
}

function isFunction([name, argument]: readonly [string, Json]): boolean {
  return name.startsWith('Fn::') || (name === 'Ref' && typeof argument === 'string')
}

function call(name: string, argument: Json, parameters: Json | undefined): Json {
  if (name === 'Ref') return typeof argument === 'string' ? parameter(argument, parameters) : UNKNOWN
  if (name === 'Fn::Sub') return substitute(argument, parameters)
  if (name === 'Fn::Join') return join(argument, parameters)
  if (name === 'Fn::If' && isList(argument)) {
    const [, then = UNKNOWN, otherwise = UNKNOWN] = argument
    return resolveIntrinsics(isNoValue(then) ? otherwise : then, parameters)
  }
  return UNKNOWN
}

function isNoValue(value: Json): boolean {
  return isObject(value) && value['Ref'] === 'AWS::NoValue'
}

function parameter(name: string, parameters: Json | undefined): string {
  if (Object.hasOwn(PSEUDO, name)) return PSEUDO[name] ?? UNKNOWN
  const declared = isObject(parameters) && Object.hasOwn(parameters, name) ? parameters[name] : undefined
  const { Type: type, Default: preset }: JsonObject = isObject(declared) ? declared : {}
  // A list is one text in a template and several values in a policy.
  if (typeof type === 'string' && /list/i.test(type)) return UNKNOWN
  return typeof preset === 'string' && preset !== '' ? preset : typeof preset === 'number' ? String(preset) : UNKNOWN
}

function substitute(argument: Json, parameters: Json | undefined): Json {
  const [text, given] = isList(argument) ? argument : [argument, undefined]
  if (typeof text !== 'string') return UNKNOWN
  return text.replaceAll(/\$\{(!?)([^}]*)\}/g, (_, literal: string, name: string) => {
    if (literal !== '') return `\${${name}}`
    const value =
      isObject(given) && Object.hasOwn(given, name) ? resolveIntrinsics(given[name] ?? null, parameters) : parameter(name, parameters)
    return typeof value === 'string' ? value : UNKNOWN
  })
}

function join(argument: Json, parameters: Json | undefined): Json {
  const [separator, parts] = isList(argument) ? argument : []
  if (typeof separator !== 'string' || parts === undefined || !isList(parts)) return UNKNOWN
  return parts
    .map((part) => resolveIntrinsics(part, parameters))
    .map((part) => (typeof part === 'string' || typeof part === 'number' ? String(part) : UNKNOWN))
    .join(separator)
}
