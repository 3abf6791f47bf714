import { actionsMatching } from '../action-table.ts'
import type { LintRule } from '../finding.ts'
import { addTo } from '../patch.ts'
import type { LintStatement, LintSubject } from '../subject.ts'

export const kmsHalf: LintRule = {
  id: 'kms-half',
  severity: 'warning',
  title: 'A key may be used for one half of what S3 does with it',
  why: 'S3 asks for kms:GenerateDataKey to write, and for kms:Decrypt to read and for every part of a large upload.',
  instead: 'Allow kms:GenerateDataKey and kms:Decrypt on the key where objects are written, kms:Decrypt where they are only read.',
  *check(subject) {
    if (subject.kind === 'scp' || subject.kind === 'trust') return
    const writes = allows(subject, 's3:PutObject')
    for (const statement of subject.statements) {
      const { effect, action, resource } = statement
      if (effect !== 'Allow' || action?.not !== false || !resource || !action.isComplete) continue
      const encrypts = action.values.find(({ value }) => matches(value, 'kms:GenerateDataKey'))
      const decrypts = action.values.find(({ value }) => matches(value, 'kms:Decrypt'))
      if (encrypts && !decrypts && !isElsewhere(subject, statement, 'kms:Decrypt'))
        yield {
          at: encrypts.at,
          message:
            'kms:GenerateDataKey without kms:Decrypt: small objects are written, the parts of a large upload are refused, and nothing can be read back.',
          instead: 'Add kms:Decrypt.',
          patch: addTo(action, ['kms:Decrypt']),
        }
      if (decrypts && !encrypts && writes && !isElsewhere(subject, statement, 'kms:GenerateDataKey'))
        yield {
          at: decrypts.at,
          message:
            'kms:Decrypt without kms:GenerateDataKey: objects encrypted with the key are read, and none can be written, though s3:PutObject is allowed.',
          instead: 'Add kms:GenerateDataKey, if objects are written with this key.',
          patch: addTo(action, ['kms:GenerateDataKey']),
        }
    }
  },
}

function matches(pattern: string, name: string): boolean {
  return pattern === '*' || actionsMatching(pattern)?.some((action) => action.name === name) === true
}

function allows({ statements }: LintSubject, name: string): boolean {
  return statements.some(
    ({ effect, action }) => effect === 'Allow' && action?.not === false && action.values.some(({ value }) => matches(value, name)),
  )
}

/** Whether another statement allows the action on these keys, or on what cannot be told from them. */
function isElsewhere({ statements }: LintSubject, { resource, principal }: LintStatement, name: string): boolean {
  const keys = new Set(resource?.values.map(({ value }) => value))
  const callers = new Set(principal?.entries.map(({ value }) => value))
  return statements.some((other) => {
    if (other.effect !== 'Allow' || !other.action || !other.resource) return false
    if (!other.action.not && !other.action.values.some(({ value }) => matches(value, name))) return false
    if (principal && !other.principal?.entries.some(({ value }) => callers.has(value))) return false
    return (
      other.resource.not || !other.resource.isComplete || other.resource.values.some(({ value }) => value.includes('*') || keys.has(value))
    )
  })
}
