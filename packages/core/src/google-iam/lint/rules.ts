import { logicalOperators } from '../cel/expression.ts'
import { parseCel } from '../cel/parse.ts'
import { evaluateCondition } from '../condition.ts'
import { memberProblem } from '../member.ts'
import { storageResource } from '../policy.ts'
import { BASIC_ROLES, GOOGLE_ROLES, roleAllows } from '../roles.ts'
import { isObject } from '../../policy/shapes.ts'
import type { LintRule } from '../../policy/lint/finding.ts'
import { unknownRoleHit } from '../../policy/lint/unknown-role.ts'
import { expressionOf, type BindingsSubject } from './subject.ts'

type Rule = LintRule<BindingsSubject>

/** What IAM takes in one condition. https://cloud.google.com/iam/quotas */
const MOST_OPERATORS = 12
const EVERYBODY = /^all(Authenticated)?Users$/

/** What IAM itself refuses. */
export const malformed: Rule = {
  id: 'gcp-malformed',
  severity: 'error',
  title: 'A binding is not one that IAM accepts',
  why: 'IAM answers 400 INVALID_ARGUMENT, and nothing of the policy is saved.',
  instead: 'A binding is {"role": "roles/…", "members": ["serviceAccount:…"]}, with a condition or without.',
  *check({ bindings }) {
    for (const { at, raw, role, members } of bindings) {
      if (!isObject(raw)) yield { at, message: 'A binding is an object.' }
      else if (role === undefined) yield { at, message: 'A binding has a role.' }
      else if (members.length === 0) yield { at, message: 'A binding has members.' }
      if (role !== undefined && !/^(roles\/[\w.]+|(projects|organizations)\/[^/]+\/roles\/[\w.]+)$/.test(role.value))
        yield {
          at: role.at,
          message: `${JSON.stringify(role.value)} is not the name of a role: write roles/storage.objectViewer, or projects/PROJECT/roles/NAME.`,
        }
      for (const { value, at: place } of members) {
        const problem = memberProblem(value)
        if (problem !== undefined) yield { at: place, message: `${JSON.stringify(value)} is not a member: ${problem}` }
      }
    }
  },
}

const unknownRole: Rule = {
  id: 'gcp-unknown-role',
  severity: 'error',
  title: 'A role of Cloud Storage does not exist',
  why: 'IAM answers that the role is not supported for this resource, and nothing is saved.',
  instead: 'Use the name of a role: roles/storage.objectViewer reads and lists, roles/storage.objectUser writes and deletes too.',
  *check({ bindings }) {
    for (const { role } of bindings) {
      if (
        role === undefined ||
        !role.value.startsWith('roles/storage.') ||
        OTHERS.has(role.value) ||
        Object.hasOwn(GOOGLE_ROLES, role.value)
      )
        continue
      yield unknownRoleHit(role, [...Object.keys(GOOGLE_ROLES), ...OTHERS])
    }
  },
}

/** Roles of Cloud Storage whose permissions nothing here asks about. https://cloud.google.com/storage/docs/access-control/iam-roles */
const OTHERS: ReadonlySet<string> = new Set([
  'roles/storage.folderAdmin',
  'roles/storage.hmacKeyAdmin',
  'roles/storage.expressModeServiceInput',
  'roles/storage.expressModeServiceOutput',
  'roles/storage.expressModeUserAccess',
])

const everybody: Rule = {
  id: 'gcp-public',
  severity: 'error',
  title: 'A binding lets anybody in',
  why: 'allUsers is the whole internet, allAuthenticatedUsers whoever has a Google account.',
  instead: 'Name the service account, or the principal of the workload identity pool.',
  *check({ bindings }) {
    for (const { members, role } of bindings)
      for (const { value, at } of members) if (EVERYBODY.test(value)) yield { at, message: `${value} has ${role?.value ?? 'the role'}.` }
  },
}

const openPool: Rule = {
  id: 'gcp-open-pool',
  severity: 'warning',
  title: 'A whole workload identity pool is let in',
  why: 'Whoever has a token of any provider of the pool has the role: other customers of a platform that the pool trusts, too.',
  instead: 'Name the subject: principal://iam.googleapis.com/…/subject/SUBJECT.',
  *check({ bindings }) {
    for (const { members } of bindings)
      for (const { value, at } of members)
        if (/^principalSet:\/\/.*\/workloadIdentityPools\/[^/]+\/\*$/.test(value))
          yield { at, message: `${value} is every identity of the pool.` }
  },
}

const deletedMember: Rule = {
  id: 'gcp-deleted-member',
  severity: 'warning',
  title: 'A member is deleted',
  why: 'An account made again under the same name is another one: the binding does not give it anything.',
  instead: 'Remove the member, and add the account anew if it exists again.',
  *check({ bindings }) {
    for (const { members } of bindings)
      for (const { value, at } of members) if (value.startsWith('deleted:')) yield { at, message: `${value} is not there any more.` }
  },
}

const basicRole: Rule = {
  id: 'gcp-basic-role',
  severity: 'warning',
  title: 'A basic role is given',
  why: 'It holds thousands of permissions beside, and none on the objects of a bucket.',
  instead: 'Give roles/storage.objectViewer to read and list, roles/storage.objectUser to write too.',
  *check({ bindings }) {
    for (const { role } of bindings)
      if (role !== undefined && Object.hasOwn(BASIC_ROLES, role.value)) yield { at: role.at, message: `${role.value} reads no object.` }
  },
}

const broadRole: Rule = {
  id: 'gcp-broad-role',
  severity: 'warning',
  title: 'A role that changes who may come in',
  why: 'Whoever has it can give himself and others every right on the bucket.',
  instead: 'Give roles/storage.objectUser, which reads, writes and deletes objects and nothing else.',
  *check({ bindings }) {
    for (const { role, members } of bindings) {
      const outside = members.some(({ value }) => !/^project(Owner|Editor|Viewer):/.test(value))
      const grants = role !== undefined && roleAllows(role.value, 'storage.buckets.setIamPolicy') === true
      if (grants && outside) yield { at: role.at, message: `${role.value} may set the policy of the bucket.` }
    }
  },
}

const conditionVersion: Rule = {
  id: 'gcp-condition-version',
  severity: 'error',
  title: 'A policy with conditions is not of version 3',
  why: 'IAM refuses it; a tool that reads and writes an older version drops the conditions, and the bindings hold without them.',
  instead: 'Write "version": 3.',
  *check({ bindings, version, isWholePolicy }) {
    const conditioned = bindings.find(({ condition }) => condition !== undefined)
    if (!isWholePolicy || conditioned === undefined || version === 3) return
    yield {
      at: version === undefined ? `${conditioned.at}/condition` : '/version',
      message: `The policy has conditions and ${version === undefined ? 'no version' : `version ${JSON.stringify(version)}`}.`,
      patch: [{ op: version === undefined ? 'add' : 'replace', path: '/version', value: 3 }],
    }
  },
}

const conditionRefused: Rule = {
  id: 'gcp-condition-refused',
  severity: 'error',
  title: 'A condition stands where IAM takes none',
  why: 'IAM refuses conditions for basic roles, and for allUsers and allAuthenticatedUsers.',
  instead: 'Give another role, or name the members.',
  *check({ bindings }) {
    for (const { at, role, members, condition } of bindings) {
      if (condition === undefined) continue
      if (role !== undefined && Object.hasOwn(BASIC_ROLES, role.value))
        yield { at: `${at}/condition`, message: `${role.value} takes no condition.` }
      const all = members.find(({ value }) => EVERYBODY.test(value))
      if (all !== undefined) yield { at: `${at}/condition`, message: `${all.value} takes no condition.` }
    }
  },
}

const conditionSyntax: Rule = {
  id: 'gcp-condition-syntax',
  severity: 'error',
  title: 'A condition is not an expression that IAM takes',
  why: 'IAM answers 400 INVALID_ARGUMENT and saves nothing.',
  instead: 'Write an expression of the Common Expression Language, with at most twelve of &&, || and !.',
  *check({ bindings }) {
    for (const binding of bindings) {
      if (binding.condition === undefined) continue
      const expression = expressionOf(binding)
      if (expression === undefined) {
        yield { at: `${binding.at}/condition`, message: 'A condition has an expression.' }
        continue
      }
      const reading = parseCel(expression.value)
      if (!reading.ok) yield { at: expression.at, message: `${reading.problem.message} (at character ${reading.problem.at + 1})` }
      else if (logicalOperators(reading.expression) > MOST_OPERATORS)
        yield { at: expression.at, message: `The condition has ${logicalOperators(reading.expression)} logical operators.` }
    }
  },
}

/** A name that begins with whatever a condition asks for: objects are tried by the prefixes that the expression itself names. */
const NAMED_OBJECT = /projects\/_\/buckets\/([^/'"]+)\/objects\/([^'"]*)/g

const conditionWithoutListing: Rule = {
  id: 'gcp-condition-without-listing',
  severity: 'warning',
  title: 'A condition on objects takes the listing away',
  why: 'Listing is asked of the bucket, whose name begins with no object’s: what the role has of it never holds under this condition.',
  instead: "Add || resource.type == 'storage.googleapis.com/Bucket' where the connection lists.",
  *check({ bindings }) {
    for (const binding of bindings) {
      const expression = expressionOf(binding)
      if (expression === undefined || binding.role === undefined || roleAllows(binding.role.value, 'storage.objects.list') !== true)
        continue
      const named = [...expression.value.matchAll(NAMED_OBJECT)]
      const reads = named.some(
        ([, bucket = '', key = '']) => holds(expression.value, bucket, `${key}x`) || holds(expression.value, bucket, key),
      )
      if (reads && named.every(([, bucket = '']) => !holds(expression.value, bucket)))
        yield { at: expression.at, message: `${binding.role.value} lists nothing under this condition.` }
    }
  },
}

function holds(expression: string, bucket: string, key?: string): boolean {
  // Any moment: a condition on time is met or not by both alike.
  return evaluateCondition(expression, { resource: storageResource(bucket, key), time: 0 }).holds === true
}

const createsAlone: Rule = {
  id: 'gcp-no-overwrite',
  severity: 'note',
  title: 'A role that writes new objects alone',
  why: 'Writing over an object needs storage.objects.delete too: the first write works, and the second of the same name is refused.',
  instead: 'Give roles/storage.objectUser where names are written again.',
  *check({ bindings }) {
    for (const { role } of bindings)
      if (role?.value === 'roles/storage.objectCreator') yield { at: role.at, message: `${role.value} writes over nothing.` }
  },
}

/** Every rule for bindings: what cannot be read, what never works, what lets in too many. */
export const GOOGLE_RULES: readonly Rule[] = [
  malformed,
  unknownRole,
  conditionVersion,
  conditionRefused,
  conditionSyntax,
  conditionWithoutListing,
  everybody,
  openPool,
  deletedMember,
  basicRole,
  broadRole,
  createsAlone,
]
