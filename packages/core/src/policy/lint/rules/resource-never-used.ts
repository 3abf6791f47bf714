import { actionsMatching } from '../action-table.ts'
import { mayApply, resourcesOf } from '../arn-reach.ts'
import type { LintRule } from '../finding.ts'
import { list, wellShaped } from '../s3-scope.ts'

export const resourceNeverUsed: LintRule = {
  id: 'resource-never-used',
  severity: 'note',
  title: 'No action of the statement applies to a resource',
  why: 'The resource is there to no effect; often the action that should go with it is missing.',
  instead: 'Remove the resource, or add the action meant for it.',
  *check({ statements, kind }) {
    for (const statement of statements) {
      const resources = resourcesOf(statement)
      const { action } = statement
      if (!resources || resources.length < 2 || !action || action.not || !action.isComplete || kind === 'trust') continue
      if (!resources.every(wellShaped)) continue
      const known = action.values.map(({ value }) => actionsMatching(value))
      // Of actions that are not known, or reach nothing here at all, nothing follows for one resource.
      if (known.some((actions) => !actions?.some((each) => resources.some((entry) => mayApply(each, entry.value))))) continue
      for (const { value, at } of resources)
        if (!known.some((actions) => actions?.some((each) => mayApply(each, value))))
          yield {
            at,
            message: `${list(action.values.map((entry) => entry.value))} ${action.values.length === 1 ? 'does' : 'do'} not apply to ${value}.`,
            patch: [{ op: 'remove', path: at }],
          }
    }
  },
}
