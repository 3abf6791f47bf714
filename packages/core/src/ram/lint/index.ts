import { parsedJson } from '../../diagnosis/json-text.ts'
import type { Json, JsonObject } from '../../json.ts'
import type { LintFinding, LintKind } from '../../policy/lint/finding.ts'
import { findingsBy } from '../../policy/lint/findings.ts'
import type { FoundPolicy } from '../../policy/lint/lint.ts'
import { valueAt } from '../../policy/lint/patch.ts'
import { isList, isObject } from '../../policy/shapes.ts'
import { RAM_RULES } from './rules.ts'
import { readRamSubject } from './subject.ts'
import { malformed } from './writing-rules.ts'

/** Where answers of the `aliyun` command hold their policy: as a text of JSON. */
const ANSWERS: readonly (readonly [path: string, kind: LintKind])[] = [
  ['/DefaultPolicyVersion/PolicyDocument', 'identity'],
  ['/PolicyVersion/PolicyDocument', 'identity'],
  ['/Role/AssumeRolePolicyDocument', 'trust'],
]

/** The policies of RAM or of an OSS bucket in a document; undefined where it is none of Alibaba Cloud's. */
export function ramPolicies(root: Json, kind: LintKind | undefined): readonly FoundPolicy[] | undefined {
  if (!isObject(root)) return undefined
  if (root['Statement'] !== undefined) return isRam(root) ? [checked(root, '', kind)] : undefined
  for (const [path, answerKind] of ANSWERS) {
    const text = valueAt(root, path)
    const document = typeof text === 'string' ? parsedJson(text) : undefined
    if (isObject(document) && isRam(document)) return [inText(checked(document, path, kind ?? answerKind))]
  }
  return undefined
}

/** Version 1 is RAM's alone, and a mistake where all names are AWS's; without a version, the names tell. */
function isRam(document: JsonObject): boolean {
  const text = JSON.stringify(document)
  const isNamedSo = /"(acs:|oss:|ram:)|"RAM"/.test(text)
  const { Version: version } = document
  if (version === undefined) return isNamedSo
  return (version === '1' || version === 1) && (isNamedSo || !/"(arn:aws|s3:)/.test(text))
}

function checked(document: JsonObject, pointer: string, kind: LintKind | undefined): FoundPolicy {
  const subject = readRamSubject(document, kind ?? (isOfBucket(document) ? 'resource' : undefined))
  return { pointer, kind: subject.kind, findings: findingsBy(RAM_RULES, subject, malformed.id) }
}

/** A bucket policy lists its principals; a trust policy has them by kind. */
function isOfBucket({ Statement: statements }: JsonObject): boolean {
  const list = isList(statements) ? statements : [statements]
  return list.some(
    (one) => isObject(one) && [one['Principal'], one['NotPrincipal']].some((value) => value !== undefined && !isObject(value)),
  )
}

/** Findings within a text are about the text: a patch of it would have to write it anew. */
function inText({ findings, ...policy }: FoundPolicy): FoundPolicy {
  return { ...policy, findings: findings.map(({ patch: _, ...finding }): LintFinding => ({ ...finding, pointer: policy.pointer })) }
}
