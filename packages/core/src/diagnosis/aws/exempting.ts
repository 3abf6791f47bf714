import type { PatchStep } from '../../finding.ts'
import type { Json, JsonObject } from '../../json.ts'
import { isObject } from '../../policy/shapes.ts'
import type { PolicyDocument } from '../../policy/types.ts'
import type { Asked } from './asked.ts'
import { adding, conditioning, statementAt, valuesOf } from '../statement-patch.ts'

const PRINCIPAL = 'aws:PrincipalArn'
/** How conditions except a principal, in the order in which one that is there already is used. */
const EXCEPTING = [
  'ArnNotLike',
  'ArnNotLikeIfExists',
  'ArnNotEquals',
  'ArnNotEqualsIfExists',
  'StringNotLike',
  'StringNotLikeIfExists',
  'StringNotEquals',
  'StringNotEqualsIfExists',
]

/** Whose actions a Deny is about. `one-service`: it stands in the policy of a bucket or a key, where all actions are those of its service. */
export type DenyKind = 'one-service' | 'any-service'

/**
 * The ways to except one principal from a Deny, the smallest first: from all that the statement says, or from what was asked for alone,
 * by statements that go on denying it the rest.
 */
export function exemptions(
  document: PolicyDocument,
  index: number,
  arn: string,
  asked: readonly Asked[],
  kind: DenyKind,
): readonly (readonly PatchStep[])[] {
  const statement = statementAt(document, index)
  if (statement === undefined) return []
  const whole = excepting(document, index, statement, arn)
  const rest = remaining(statement, arn, asked, kind)
  return rest === undefined || rest.length === 0 || !Array.isArray(document['Statement'])
    ? [whole]
    : [whole, [...whole, ...adding(document, ...rest)]]
}

function excepting(document: PolicyDocument, index: number, statement: JsonObject, arn: string): readonly PatchStep[] {
  const condition = statement['Condition']
  const present = EXCEPTING.find((operator) => isObject(condition) && asksPrincipal(condition[operator]))
  return conditioning(document, index, present ?? 'ArnNotLike', PRINCIPAL, arn)
}

function asksPrincipal(keys: Json | undefined): boolean {
  return isObject(keys) && Object.keys(keys).some((key) => key.toLowerCase() === PRINCIPAL.toLowerCase())
}

/** Statements that deny the principal what the Deny did, but for what was asked; undefined where policies cannot say that. */
function remaining(statement: JsonObject, arn: string, asked: readonly Asked[], kind: DenyKind): readonly JsonObject[] | undefined {
  const actions = valuesOf(statement['Action'])
  const resources = valuesOf(statement['Resource'])
  if (actions.length === 0 || resources.length === 0) return undefined
  const others = otherActions(actions, asked, kind)
  const elsewhere = otherResources(resources, asked)
  if (others === undefined || elsewhere === undefined) return undefined
  const base = onlyFor(statement, arn)
  const { Action: _action, Resource: _resource, Condition: condition, ...bare } = base
  const about = (parts: JsonObject): JsonObject => ({ ...bare, ...parts, Condition: condition ?? {} })
  const narrowed = asked.filter(({ prefix }) => prefix !== undefined && prefix !== '')
  return [
    ...(others.length === 0
      ? []
      : [
          about({
            ...(others === 'all-others' ? { NotAction: [...new Set(asked.map(({ action }) => action))] } : { Action: others }),
            Resource: statement['Resource'] ?? '*',
          }),
        ]),
    ...(elsewhere.length === 0 ? [] : [about({ Action: statement['Action'] ?? '*', NotResource: elsewhere })]),
    ...narrowed.map((one) => listingElsewhere(about({ Action: one.action, Resource: one.resource }), one)),
  ]
}

/** Which actions of the statement stay denied: a list of them, or all but those asked for. */
function otherActions(actions: readonly string[], asked: readonly Asked[], kind: DenyKind): readonly string[] | 'all-others' | undefined {
  const names = asked.map(({ action }) => action.toLowerCase())
  const left = actions.filter((action) => !names.some((name) => globs(action.toLowerCase(), name)))
  const gone = actions.filter((action) => !left.includes(action) && /[*?]/.test(action))
  if (gone.length === 0) return left
  // Anywhere but in the policy of one resource, "all but these" would deny other services too.
  const all = gone.every((action) => /^(\*|\*:\*|s3:\*|kms:\*)$/i.test(action))
  return all && kind === 'one-service' ? 'all-others' : undefined
}

function globs(pattern: string, text: string): boolean {
  const escaped = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${escaped}$`).test(text)
}

/** Which resources are not to be denied: those asked for, where the statement was about all of the bucket. */
function otherResources(resources: readonly string[], asked: readonly Asked[]): readonly string[] | undefined {
  const wantedOnes = [...new Set(asked.map(({ resource }) => resource))]
  const isAsked = (resource: string): boolean =>
    wantedOnes.some((one) => (one.endsWith('*') ? resource.startsWith(one.slice(0, -1)) : one === resource))
  if (resources.every(isAsked)) return []
  if (resources.includes('*')) return wantedOnes
  const buckets = resources.map((resource) => /^(arn:[\w-]+:s3:::[^/*?]+)(\/\*)?$/.exec(resource))
  if (buckets.some((match) => match === null)) return undefined
  // What the statement did not speak of, the new one must not deny either.
  const roots = [...new Set(buckets.map((match) => match?.[1] ?? ''))]
  const left = roots.flatMap((root) => [
    ...(resources.includes(root) ? [] : [root]),
    ...(resources.includes(`${root}/*`) ? [] : [`${root}/*`]),
  ])
  return [...new Set([...wantedOnes, ...left])]
}

/** The statement for the principal alone; whom else it excepts is not this one. */
function onlyFor(statement: JsonObject, arn: string): JsonObject {
  const { Sid: _sid, NotPrincipal: other, Condition: given, ...rest } = statement
  const condition = isObject(given) ? withoutExceptions(given) : {}
  const operator = asksPrincipal(condition['ArnEquals']) ? 'ArnLike' : 'ArnEquals'
  const keys = condition[operator]
  return {
    ...rest,
    ...(other === undefined ? {} : { Principal: '*' }),
    Condition: { ...condition, [operator]: { ...(isObject(keys) ? keys : {}), [PRINCIPAL]: arn } },
  }
}

function withoutExceptions(condition: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(condition).flatMap(([operator, keys]): readonly (readonly [string, Json])[] => {
      if (!EXCEPTING.includes(operator) || !isObject(keys)) return [[operator, keys]]
      const left = Object.entries(keys).filter(([key]) => key.toLowerCase() !== PRINCIPAL.toLowerCase())
      return left.length === 0 ? [] : [[operator, Object.fromEntries(left)]]
    }),
  )
}

/** Listing other folders than the one asked for. */
function listingElsewhere(statement: JsonObject, { prefix = '' }: Asked): JsonObject {
  const condition = isObject(statement['Condition']) ? statement['Condition'] : {}
  const present = condition['StringNotLike']
  return {
    ...statement,
    Condition: { ...condition, StringNotLike: { ...(isObject(present) ? present : {}), 's3:prefix': `${prefix}*` } },
  }
}
