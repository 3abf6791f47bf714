import type { Json, JsonObject } from '@sluice/core'
import { isObject } from '../state/json.ts'
import type { Fault, FaultEffect } from '../http/faults.ts'

/** What a request to the fault switches asks for. */
export type FaultSwitch =
  | { readonly kind: 'add'; readonly fault: Fault }
  | { readonly kind: 'remove'; readonly id: string }
  | { readonly kind: 'clear' }
  | { readonly kind: 'iam-delay'; readonly ms: number }
  | { readonly kind: 'invalid'; readonly message: string }

/** Reads `{"operation", "effect", "keyPrefix"?, "times"?}`, `{"remove": id}`, `{"clear": true}` or `{"iamDelayMs": n}`. */
export function readSwitch(text: string): FaultSwitch {
  let body: Json
  try {
    body = JSON.parse(text)
  } catch {
    return { kind: 'invalid', message: 'The body is not JSON.' }
  }
  if (!isObject(body)) return { kind: 'invalid', message: 'The body is not an object.' }
  if (body['clear'] === true) return { kind: 'clear' }
  if (typeof body['remove'] === 'string') return { kind: 'remove', id: body['remove'] }
  if (body['iamDelayMs'] !== undefined)
    return isCount(body['iamDelayMs'])
      ? { kind: 'iam-delay', ms: body['iamDelayMs'] }
      : { kind: 'invalid', message: 'iamDelayMs is a number of milliseconds.' }
  return readFault(body)
}

function readFault(body: JsonObject): FaultSwitch {
  const { operation, keyPrefix, times } = body
  const extra = Object.keys(body).find((name) => !['operation', 'effect', 'keyPrefix', 'times'].includes(name))
  if (extra !== undefined) return { kind: 'invalid', message: `A fault has no ${extra}.` }
  if (typeof operation !== 'string' || !/^(\*|[a-z0-9]+(\.[A-Za-z0-9]+)*\.(\*|[A-Za-z0-9]+))$/.test(operation))
    return { kind: 'invalid', message: 'operation is *, a service like s3.*, or an operation like s3.GetObject.' }
  const effect = readEffect(isObject(body['effect']) ? body['effect'] : {})
  if (effect === undefined) return { kind: 'invalid', message: EFFECTS }
  if (keyPrefix !== undefined && typeof keyPrefix !== 'string') return { kind: 'invalid', message: 'keyPrefix is a string.' }
  if (times !== undefined && !(isCount(times) && times > 0)) return { kind: 'invalid', message: 'times is a positive number.' }
  return {
    kind: 'add',
    fault: { operation, effect, ...(keyPrefix === undefined ? {} : { keyPrefix }), ...(times === undefined ? {} : { times }) },
  }
}

const EFFECTS =
  'effect is {"kind": "latency", "ms"}, {"kind": "bandwidth", "bytesPerSecond"}, {"kind": "error", "status", "code", "message"?}, {"kind": "reset"}, {"kind": "truncate", "afterBytes"} or {"kind": "hang"}.'

function readEffect(effect: JsonObject): FaultEffect | undefined {
  const { kind, ms, bytesPerSecond, status, code, message, afterBytes } = effect
  switch (kind) {
    case 'latency':
      return isCount(ms) ? { kind, ms } : undefined
    case 'bandwidth':
      return isCount(bytesPerSecond) && bytesPerSecond > 0 ? { kind, bytesPerSecond } : undefined
    case 'error':
      if (!isCount(status) || status < 300 || status > 599 || typeof code !== 'string') return undefined
      return { kind, status, code, ...(typeof message === 'string' ? { message } : {}) }
    case 'truncate':
      return isCount(afterBytes) ? { kind, afterBytes } : undefined
    case 'reset':
    case 'hang':
      return { kind }
    default:
      return undefined
  }
}

function isCount(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0
}
