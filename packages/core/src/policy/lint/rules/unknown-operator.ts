import { isObject } from '../../shapes.ts'
import { pointer } from '../../shapes.ts'
import { OPERATORS, parseOperator } from '../../operators.ts'
import type { LintRule } from '../finding.ts'
import { nearest } from '../nearest.ts'

export const unknownOperator: LintRule = {
  id: 'unknown-operator',
  severity: 'error',
  title: 'A condition operator does not exist',
  why: 'AWS refuses the whole document.',
  instead: 'Use an operator of the policy language, as StringEquals or StringLike.',
  *check({ statements }) {
    for (const { at, raw } of statements) {
      const block = raw['Condition']
      if (!isObject(block)) continue
      for (const [written, tests] of Object.entries(block)) {
        if (parseOperator(written)) continue
        const meant = meantOperator(written)
        const here = `${at}/Condition`
        const isFree = meant !== undefined && !Object.hasOwn(block, meant)
        yield {
          at: `${here}${pointer(written)}`,
          message: `There is no condition operator ${written}.`,
          ...(meant === undefined ? {} : { instead: `Write ${meant}.` }),
          ...(isFree
            ? {
                patch: [
                  { op: 'remove' as const, path: `${here}${pointer(written)}` },
                  { op: 'add' as const, path: `${here}${pointer(meant)}`, value: tests },
                ],
              }
            : {}),
        }
      }
    }
  },
}

function meantOperator(written: string): string | undefined {
  const [, qualifier = '', name = '', suffix = ''] = /^((?:ForAllValues|ForAnyValue):)?(.*?)(IfExists)?$/i.exec(written) ?? []
  const found = nearest(
    name,
    OPERATORS.map((operator) => operator.name),
  )
  const whole = found === undefined ? undefined : `${qualifier}${found}${suffix}`
  return whole !== undefined && parseOperator(whole) ? whole : undefined
}
