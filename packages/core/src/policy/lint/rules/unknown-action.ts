import { actionNames, actionsMatching, serviceOf } from '../action-table.ts'
import { DATA_VERSION } from '../actions/global-keys.ts'
import { actionsOfApiName } from '../api-names.ts'
import type { LintRule } from '../finding.ts'
import { nearest } from '../nearest.ts'
import { replaceWith } from '../patch.ts'
import { hasUnknown } from '../unknown.ts'

export const unknownAction: LintRule = {
  id: 'unknown-action',
  severity: 'error',
  title: 'An action does not exist',
  why: 'IAM saves the policy, and the action allows or denies nothing: requests go by other names than the calls of the API.',
  instead: 'Use the name of an action of the service.',
  *check({ statements }) {
    for (const { action } of statements) {
      for (const entry of action?.values ?? []) {
        const written = entry.value
        if (/[*?]/.test(written) || hasUnknown(written) || actionsMatching(written)?.length !== 0) continue
        const instead = actionsOfApiName(written) ?? nearestAction(written)
        yield {
          at: entry.at,
          message: `There is no action ${written} (IAM's data ${DATA_VERSION}).`,
          ...(instead ? { instead: `Write ${instead.join(' and ')}.` } : {}),
          ...(instead && action ? { patch: replaceWith(action, entry, instead) } : {}),
        }
      }
    }
  },
}

function nearestAction(written: string): readonly string[] | undefined {
  const found = nearest(written, actionNames(serviceOf(written) ?? ''))
  return found === undefined ? undefined : [found]
}
