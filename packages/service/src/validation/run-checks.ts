import {
  CHECKS,
  type Check,
  type CheckEvent,
  type CheckName,
  type CheckOutcome,
  type CheckPlan,
  type Clock,
  asAccessError,
} from '@sluice/core'

/** Wraps a plan's outcome into the row of the report. */
function row(plan: CheckPlan, outcome: CheckOutcome): Check {
  const entry = CHECKS.find((candidate) => candidate.name === plan.name)
  if (entry === undefined) throw new Error(`no check is called ${plan.name}`)
  return { name: plan.name, title: entry.title, severity: plan.severity ?? entry.severity, ...outcome }
}

const WORDS: { readonly [status in 'failed' | 'inconclusive']: string } = {
  failed: 'does not hold',
  inconclusive: 'could not be told',
}

/**
 * Runs the plans, each as soon as what it needs is known, and calls `tell` with what will be tested and as each starts and finishes.
 *
 * Plans run concurrently; a plan whose needs did not all pass is skipped because of the first that did not.
 * A plan that throws is inconclusive: a defect of ours must never read as a verdict on the customer's cloud.
 * Resolves to the rows in the order of the table of checks.
 */
export async function runChecks(
  plans: readonly CheckPlan[],
  clock: Clock,
  tell: (event: CheckEvent) => void,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const running = new Map<CheckName, Promise<Check>>()

  const start = (plan: CheckPlan): Promise<Check> => {
    const known = running.get(plan.name)
    if (known !== undefined) return known
    const promise = run(plan)
    running.set(plan.name, promise)
    return promise
  }

  const run = async (plan: CheckPlan): Promise<Check> => {
    const needed = plans.filter((other) => plan.needs.includes(other.name))
    const rows = await Promise.all(needed.map(start))
    const blocker = rows.find((other) => other.status !== 'passed')
    if (blocker !== undefined) {
      const check = row(plan, {
        status: 'skipped',
        because: blocker.status === 'skipped' ? blocker.because : `“${blocker.title}” ${WORDS[blocker.status]}.`,
        blockedBy: blocker.status === 'skipped' ? (blocker.blockedBy ?? blocker.name) : blocker.name,
      })
      tell({ type: 'check-finished', check })
      return check
    }
    tell({ type: 'check-started', name: plan.name })
    const check = row(plan, await outcomeOf(plan, clock, signal))
    signal.throwIfAborted()
    tell({ type: 'check-finished', check })
    return check
  }

  const order = new Map<CheckName, number>(CHECKS.map((entry, index) => [entry.name, index]))
  tell({ type: 'checks-planned', names: CHECKS.flatMap(({ name }) => (plans.some((plan) => plan.name === name) ? [name] : [])) })
  const rows = await Promise.all(plans.map(start))
  return rows.toSorted((a, b) => (order.get(a.name) ?? 0) - (order.get(b.name) ?? 0))
}

async function outcomeOf(plan: CheckPlan, clock: Clock, signal: AbortSignal): Promise<CheckOutcome> {
  const startedAt = clock.now()
  try {
    return await plan.run(signal)
  } catch (thrown) {
    signal.throwIfAborted()
    const error = asAccessError(thrown)
    return {
      status: 'inconclusive',
      ms: clock.now() - startedAt,
      because: error.message,
      ...(error.provider === undefined ? {} : { provider: error.provider }),
    }
  }
}
