import type { CelExpression } from './expression.ts'
import { celError, isMap, own, unknown, valueOf, whenValues, type CelEnvironment, type CelResult, type CelValue } from './result.ts'

type Evaluate = (part: CelExpression) => CelResult
type Call = Extract<CelExpression, { readonly kind: 'call' }>

/** Functions of a text. */
const METHODS: { readonly [name: string]: (target: string, argument: string) => CelValue } = {
  startsWith: (target, argument) => target.startsWith(argument),
  endsWith: (target, argument) => target.endsWith(argument),
  contains: (target, argument) => target.includes(argument),
  extract: extractPart,
}

/** Calls a function. One that is not understood comes to nothing known. */
export function celCall(call: Call, environment: CelEnvironment, evaluate: Evaluate): CelResult {
  const { name, target } = call
  if (!target) {
    if (name === 'has') return has(call, evaluate)
    return name === 'timestamp' ? timestamp(call, evaluate) : unknown(`The function ${name} is not understood.`)
  }
  if (target.kind === 'name' && target.name === 'api' && name === 'getAttribute') return apiAttribute(call, environment, evaluate)
  const method = METHODS[name]
  if (!method || !Object.hasOwn(METHODS, name)) return unknown(`The function ${name} is not understood.`)
  return whenValues([target, ...call.arguments].map(evaluate), ([on, argument, ...more]) =>
    typeof on === 'string' && typeof argument === 'string' && more.length === 0
      ? valueOf(method(on, argument))
      : celError(`${name} wants a text, on a text.`),
  )
}

/** The macro that asks for a member without failing where there is none. */
function has(call: Call, evaluate: Evaluate): CelResult {
  const [field] = call.arguments
  if (field?.kind !== 'member' || call.arguments.length !== 1) return celError('has wants one member.')
  return whenValues([evaluate(field.of)], ([of]) =>
    isMap(of) ? valueOf(own(of, field.name) !== undefined) : celError('has wants a member of a map.'),
  )
}

const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/

function timestamp(call: Call, evaluate: Evaluate): CelResult {
  return whenValues(call.arguments.map(evaluate), ([text, ...more]) => {
    const instant = typeof text === 'string' && RFC3339.test(text) && more.length === 0 ? Date.parse(text) : Number.NaN
    return Number.isNaN(instant) ? celError('timestamp wants one RFC 3339 time.') : valueOf(new Date(instant))
  })
}

function apiAttribute(call: Call, { api }: CelEnvironment, evaluate: Evaluate): CelResult {
  return whenValues(call.arguments.map(evaluate), ([name, fallback, ...more]) => {
    if (typeof name !== 'string' || fallback === undefined || more.length > 0) return celError('getAttribute wants a name and a default.')
    if (!api) return unknown(`${name} is an attribute that only a credential access boundary is known to have.`)
    return valueOf(Object.hasOwn(api, name) ? (api[name] ?? fallback) : fallback)
  })
}

/** `"a/b/c".extract("a/{x}/")` is `b`; '' where it does not match. https://cloud.google.com/iam/docs/extract-resource-attribute */
function extractPart(target: string, template: string): string {
  const placeholder = /\{[^{}]*\}/.exec(template)
  if (!placeholder) return ''
  const before = template.slice(0, placeholder.index)
  const after = template.slice(placeholder.index + placeholder[0].length)
  const start = target.indexOf(before)
  if (start < 0) return ''
  const from = start + before.length
  const end = after === '' ? target.length : target.indexOf(after, from)
  return end < 0 ? '' : target.slice(from, end)
}
