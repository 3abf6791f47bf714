import type { Observation } from './case.ts'
import type { Clue } from './clue.ts'
import { redacted } from './redact.ts'
import type { ShownProbe } from './report.ts'

/** An observation as the log of a diagnosis shows it. */
export function shownProbe(observation: Observation, clue: Clue): ShownProbe {
  const { operation, target, status, ok } = observation
  const text = clue.text ?? observation.message
  const said = { code: observation.code ?? clue.code, status: status ?? clue.status, requestId: clue.requestId }
  return {
    operation: operation ?? clue.operation ?? 'unknown',
    ...(target === undefined ? {} : { target: redacted(target) }),
    outcome: outcomeOf(ok, said.status, said.code),
    ...(said.status === undefined ? {} : { status: said.status }),
    ...(said.code === undefined ? {} : { code: said.code }),
    ...(ok === true || text === undefined ? {} : { message: redacted(text).slice(0, 2_000) }),
    ...(said.requestId === undefined ? {} : { requestId: said.requestId }),
  }
}

function outcomeOf(ok: boolean | undefined, status: number | undefined, code: string | undefined): ShownProbe['outcome'] {
  if (ok === true) return 'ok'
  if (status === 401 || status === 403) return 'refused'
  if (ok === false || code !== undefined || (status ?? 0) >= 400) return 'failed'
  return 'unknown'
}
