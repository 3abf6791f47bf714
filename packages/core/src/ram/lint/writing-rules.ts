import type { LintKind, LintRule } from '../../policy/lint/finding.ts'
import { strayWhitespaceIn } from '../../policy/lint/whitespace.ts'
import { isObject } from '../../policy/shapes.ts'
import { parseRamPolicy } from '../parse.ts'
import type { RamPolicyKind } from '../parsed.ts'
import { insteadOf, singularOf } from './actions.ts'
import { plain, type RamLintStatement, type RamLintSubject } from './subject.ts'

type Rule = LintRule<RamLintSubject>

const KINDS: { readonly [kind in LintKind]: RamPolicyKind } = {
  identity: 'identity',
  session: 'identity',
  scp: 'identity',
  resource: 'bucket',
  key: 'bucket',
  trust: 'trust',
}

/** What the parser of the evaluator finds. */
export const malformed: Rule = {
  id: 'ram-malformed',
  severity: 'error',
  title: 'The document is not one that Alibaba Cloud accepts',
  why: 'RAM answers InvalidParameter.PolicyDocument, OSS MalformedPolicy, and nothing is saved.',
  instead: 'Correct the place named, as the grammar of policies has it.',
  *check({ document, kind }) {
    const result = isObject(document) ? parseRamPolicy(document, KINDS[kind]) : undefined
    if (result?.ok !== false) return
    for (const { pointer, message } of result.problems) yield { at: pointer, message }
  },
}

const foreignName: Rule = {
  id: 'ram-foreign-name',
  severity: 'error',
  title: 'A name is another cloud’s',
  why: 'Actions here begin with oss:, resources with acs:, condition keys with acs: or oss:. What begins otherwise matches nothing.',
  instead: 'Write it as Alibaba Cloud does.',
  *check({ statements }) {
    for (const { action, resource, conditions } of statements) {
      for (const { value, at } of action?.values ?? [])
        if (/^s3:/i.test(value)) yield { at, message: `${value} is an action of AWS.`, instead: 'Write an action that begins with oss:.' }
      for (const { value, at } of resource?.values ?? [])
        if (/^arn:/i.test(value))
          yield { at, message: `${value} is a name of AWS.`, instead: 'Write acs:oss:*:*:bucket, or acs:oss:*:*:bucket/folder/*.' }
      for (const { key, at } of conditions)
        if (/^(aws|s3):/i.test(key)) yield { at, message: `${key} is a condition key of AWS.`, instead: `Write ${keyFor(key)}.` }
    }
  },
}

function keyFor(key: string): string {
  const [, name = ''] = key.split(':')
  return /^prefix$|^delimiter$/i.test(name)
    ? `oss:${name[0]?.toUpperCase() ?? ''}${name.slice(1).toLowerCase()}`
    : `acs:${name}, where there is one`
}

const unknownAction: Rule = {
  id: 'oss-unknown-action',
  severity: 'error',
  title: 'An action of OSS does not exist',
  why: 'RAM saves the policy, and the action allows or denies nothing: requests go by other names than the calls of the API.',
  instead: 'Use the name of an action of OSS.',
  *check({ statements }) {
    for (const { action } of statements)
      for (const { value, at } of action?.values ?? []) {
        const meant = insteadOf(value)
        const near = singularOf(value)
        if (meant !== undefined) {
          const patch = meant.includes(' ') ? [] : [{ op: 'replace' as const, path: at, value: meant }]
          yield { at, message: `There is no action ${value}.`, instead: `Write ${meant}.`, patch }
        } else if (near !== undefined && /^oss:/i.test(value))
          yield {
            at,
            severity: 'warning',
            message: `No action ${value} is known, and ${near} is.`,
            instead: `Write ${near}, if that is meant.`,
          }
      }
  },
}

const strayWhitespace: Rule = {
  id: 'ram-stray-whitespace',
  severity: 'error',
  title: 'A value begins or ends with whitespace',
  why: 'Values are compared character by character: with the space, which copying brought along, the value matches nothing.',
  instead: 'Remove the space.',
  *check({ statements }) {
    for (const statement of statements) yield* strayWhitespaceIn(textsOf(statement))
  },
}

function textsOf({ action, resource, principal, conditions }: RamLintStatement) {
  return [
    ...(action?.values ?? []),
    ...(resource?.values ?? []),
    ...(principal?.entries ?? []),
    ...conditions
      .filter(({ key }) => /^(sts:ExternalId|acs:Source(Ip|Vpc)|oidc:(sub|aud|iss))$/i.test(key))
      .flatMap(({ values }) => values),
  ]
}

/** Keys that only listings carry. https://help.aliyun.com/en/oss/user-guide/authorization-syntax-and-elements */
const OF_LISTINGS = /^oss:(prefix|delimiter|maxkeys)$/i

const keyNeverCarried: Rule = {
  id: 'oss-key-never-carried',
  severity: 'error',
  title: 'A condition is on a key that requests for the action never carry',
  why: 'Only listings have a prefix and a delimiter: for other actions a positive condition on them never holds, and the statement does nothing.',
  instead: 'Put the action into a statement of its own, without this condition.',
  *check({ statements }) {
    for (const { effect, action, conditions } of statements) {
      if (effect !== 'Allow') continue
      const others = plain(action).filter(
        ({ value }) => !/[*?]/.test(value) && !/^oss:List(Objects|ObjectVersions|MultipartUploads|Parts)$/i.test(value),
      )
      const [other] = others
      if (other === undefined || !/^oss:/i.test(other.value)) continue
      for (const { key, at, operator } of conditions)
        if (OF_LISTINGS.test(key) && operator?.operator.negated === false)
          yield { at, message: `${other.value} never carries ${key}, so this condition never holds for it.` }
    }
  },
}

/** What is not written as Alibaba Cloud writes it. */
export const WRITING_RULES: readonly Rule[] = [malformed, foreignName, strayWhitespace, unknownAction, keyNeverCarried]
