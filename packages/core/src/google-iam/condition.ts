import { evaluateCel } from './cel/evaluate.ts'
import { parseCel } from './cel/parse.ts'
import type { CelResult } from './cel/result.ts'
import type { GoogleResource } from './policy.ts'

/** Whether a condition holds; `unknown` where it uses what we do not understand or know. Never true for want of knowledge. */
export interface ConditionVerdict {
  readonly holds: boolean | 'unknown'
  /** Why it does not hold, or cannot be told. */
  readonly because?: string
}

/** What a condition is evaluated with. */
export interface ConditionContext {
  readonly resource: GoogleResource
  /** Milliseconds. */
  readonly time: number
  /** Attributes of the API call, by name: only where they may be used, in a credential access boundary. */
  readonly api?: { readonly [attribute: string]: string }
}

/** Evaluates the condition of a binding or of an access boundary rule. */
export function evaluateCondition(source: string, { resource, time, api }: ConditionContext): ConditionVerdict {
  const reading = parseCel(source)
  if (!reading.ok) return { holds: 'unknown', because: `${reading.problem.message} (at character ${reading.problem.at + 1})` }
  const { name, type, service } = resource
  return verdictOf(
    evaluateCel(reading.expression, {
      names: { resource: { name, type, service }, request: { time: new Date(time) } },
      ...(api ? { api } : {}),
    }),
  )
}

function verdictOf(result: CelResult): ConditionVerdict {
  if (result.kind === 'unknown') return { holds: 'unknown', because: result.because }
  if (result.kind === 'error') return { holds: false, because: result.because }
  if (typeof result.value !== 'boolean') return { holds: false, because: 'The condition is no boolean.' }
  return result.value ? { holds: true } : { holds: false, because: 'The condition is false for this request.' }
}
