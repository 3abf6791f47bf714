import { actionsMatching } from './action-table.ts'
import type { LintStatement, Located } from './subject.ts'

/** Whether a statement is about sts:AssumeRole. */
export function assumesRole({ action }: LintStatement): boolean {
  return action?.not === false && action.values.some(({ value }) => value === '*' || matchesAssumeRole(value))
}

function matchesAssumeRole(value: string): boolean {
  return actionsMatching(value)?.some(({ name }) => name === 'sts:AssumeRole') === true
}

/** The accounts, roles and users of AWS that a statement names: whether they are one's own, a policy does not tell. */
export function foreignPrincipals({ principal }: LintStatement): readonly Located[] {
  if (!principal || principal.not) return []
  return principal.entries.filter(
    ({ type, value }) => type === 'AWS' && (/^\d{12}$/.test(value) || /^arn:[^:]*:(iam|sts)::\d{12}:/.test(value)),
  )
}

/** Whether a statement names everybody. */
export function everyoneIn({ principal }: LintStatement): Located | undefined {
  return principal?.not === false ? principal.entries.find(({ type, value }) => type === 'AWS' && value === '*') : undefined
}

/** Keys that, held to a value, let in only callers or places that are known. */
const NARROWING = new Set([
  'aws:principalarn',
  'aws:principalaccount',
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:userid',
  'aws:username',
  'aws:principaltag',
  'aws:sourcearn',
  'aws:sourceaccount',
  'aws:sourceowner',
  'aws:sourceorgid',
  'aws:sourceip',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:vpceaccount',
  'aws:vpceorgid',
  'aws:principalisawsservice',
  'aws:principalservicename',
  'kms:calleraccount',
  's3:dataaccesspointarn',
  's3:dataaccesspointaccount',
])

/** Whether a condition of the statement leaves only callers or places that are named, whatever their number. */
export function isNarrowed({ conditions }: LintStatement): boolean {
  return conditions.some(({ key, operator, values, isComplete }) => {
    if (!operator || operator.operator.negated || operator.ifExists || operator.qualifier === 'ForAllValues') return false
    if (operator.operator.comparison.family === 'null') return false
    const [name = ''] = key.toLowerCase().split('/')
    const open = values.some(
      ({ value }) => /^\**$/.test(value) || value === '0.0.0.0/0' || value === '::/0' || /^arn:[^:]*:[^:]*:[^:]*:\*:/.test(value),
    )
    return NARROWING.has(name) && (values.length > 0 || !isComplete) && !open
  })
}
