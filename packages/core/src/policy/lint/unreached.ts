import { actionsMatching, type KnownAction } from './action-table.ts'
import { mayApply, resourcesOf } from './arn-reach.ts'
import { wellShaped } from './s3-scope.ts'
import type { LintSelection, LintStatement, LintSubject, Located } from './subject.ts'

/** A statement some of whose actions go with none of its resources. */
export interface Unreached {
  readonly statement: LintStatement
  readonly resource: LintSelection
  readonly resources: readonly Located[]
  /** Actions of the statement, as written, that do nothing at all. */
  readonly dead: readonly string[]
  /** Patterns that do something, but not what they are mostly written for. */
  readonly partly: readonly string[]
  /** Whether the other actions need the resources as they are. */
  readonly keeps: boolean
}

/**
 * Finds the statements whose actions of one type of resource reach none of it. Of a pattern that matches actions of several types, as s3:*,
 * `main` names the action it is written for: unless another statement allows that.
 */
export function* unreachedOf({ statements }: LintSubject, type: string, main: string): Iterable<Unreached> {
  for (const statement of statements) {
    const resources = resourcesOf(statement)
    const { action, resource, effect } = statement
    if (!resources || !resource || !action || action.not || !resources.every(wellShaped)) continue
    const dead: string[] = []
    const partly: string[] = []
    for (const { value } of action.values) {
      const known = actionsMatching(value) ?? []
      const unreached = known.filter((each) => each.types.includes(type) && !reaches(each, resources))
      if (known.length > 0 && unreached.length === known.length) dead.push(value)
      else if (effect === 'Allow' && unreached.some(({ name }) => name === main) && !isAllowed(statements, main)) partly.push(value)
    }
    if (dead.length + partly.length > 0) yield { statement, resource, resources, dead, partly, keeps: dead.length < action.values.length }
  }
}

function reaches(action: KnownAction, resources: readonly Located[]): boolean {
  return resources.some(({ value }) => mayApply(action, value))
}

/** Whether any statement allows the action on something it applies to. */
function isAllowed(statements: readonly LintStatement[], name: string): boolean {
  return statements.some((statement) => {
    const { effect, action, resource } = statement
    if (effect !== 'Allow' || !resource || !action) return false
    if (action.not || resource.not) return true
    return action.values.some(
      ({ value }) => value === '*' || actionsMatching(value)?.some((each) => each.name === name && reaches(each, resource.values)),
    )
  })
}
