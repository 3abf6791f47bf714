import type { LintRule } from '../../../policy/lint/finding.ts'
import type { Located } from '../../../policy/lint/subject.ts'
import { unknownRoleHit } from '../../../policy/lint/unknown-role.ts'
import { parseRoleCondition } from '../role-condition.ts'
import { BUILT_IN_ROLES, findRole } from '../roles.ts'
import type { AssignmentsSubject, LintAssignment } from './subject.ts'

type Rule = LintRule<AssignmentsSubject>

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** What Azure itself refuses. */
export const malformed: Rule = {
  id: 'azure-malformed',
  severity: 'error',
  title: 'A role assignment is not one that Azure accepts',
  why: 'Azure answers BadRequestFormat or InvalidScope, and nothing is saved.',
  instead: 'An assignment has a principalId, a role, and a scope that begins with /subscriptions/.',
  *check({ assignments }) {
    for (const { at, scope, principalId } of assignments) {
      if (scope === undefined) yield { at, message: 'A role assignment has a scope.' }
      else if (!/^\/(subscriptions\/[^/]+|providers\/Microsoft\.Management\/managementGroups\/[^/]+)|^\/$/i.test(scope.value))
        yield { at: scope.at, message: `${JSON.stringify(scope.value)} is no scope.` }
      if (principalId !== undefined && !GUID.test(principalId.value))
        yield { at: principalId.at, message: `${JSON.stringify(principalId.value)} is not an object id.` }
    }
  },
}

const unknownRole: Rule = {
  id: 'azure-unknown-role',
  severity: 'error',
  title: 'A role for blobs does not exist',
  why: 'Azure answers RoleDefinitionDoesNotExist, and nothing is saved.',
  instead: 'Use the name of a role: Storage Blob Data Reader reads and lists, Storage Blob Data Contributor writes and deletes too.',
  *check({ assignments }) {
    for (const { role, definition } of assignments) {
      if (role === undefined || definition !== undefined || !/^storage blob/i.test(role.value)) continue
      const names = BUILT_IN_ROLES.map(({ name }) => name)
      if (names.some((name) => name.toLowerCase() === role.value.toLowerCase())) continue
      yield unknownRoleHit(role, names)
    }
  },
}

const controlPlane: Rule = {
  id: 'azure-control-plane-role',
  severity: 'warning',
  title: 'A role of the control plane is given for data',
  why: 'Owner, Contributor and Reader manage the account; they read no blob, and requests for data answer AuthorizationPermissionMismatch.',
  instead: 'Give Storage Blob Data Reader to read and list, Storage Blob Data Contributor to write too.',
  *check({ assignments }) {
    for (const assignment of assignments) {
      const named = nameOf(assignment)
      if (named !== undefined && /^(owner|contributor|reader|storage account contributor)$/i.test(named.value))
        yield { at: named.at, message: `${named.value} reads no blob.` }
    }
  },
}

const broadRole: Rule = {
  id: 'azure-broad-role',
  severity: 'warning',
  title: 'A role that changes who may come in',
  why: 'Storage Blob Data Owner sets owners and access control lists besides reading and writing.',
  instead: 'Give Storage Blob Data Contributor.',
  *check({ assignments }) {
    for (const assignment of assignments) {
      const named = nameOf(assignment)
      if (named !== undefined && /^storage blob data owner$/i.test(named.value))
        yield { at: named.at, message: `${named.value} may set who comes in.` }
    }
  },
}

const broadScope: Rule = {
  id: 'azure-broad-scope',
  severity: 'warning',
  title: 'A role for blobs is given above the container',
  why: 'It reaches every container of the account, or every account there is and will be.',
  instead: 'End the scope with /blobServices/default/containers/CONTAINER.',
  *check({ assignments }) {
    for (const assignment of assignments) {
      const { scope, condition } = assignment
      if (scope === undefined || condition !== undefined || !/^storage blob data/i.test(nameOf(assignment)?.value ?? '')) continue
      if (!/\/containers\/[^/]+/i.test(scope.value)) yield { at: scope.at, message: `${scope.value} is more than a container.` }
    }
  },
}

const conditionVersion: Rule = {
  id: 'azure-condition-version',
  severity: 'error',
  title: 'A condition is without its version',
  why: 'Azure takes conditions of version 2.0 alone, and refuses the assignment.',
  instead: 'Write "conditionVersion": "2.0".',
  *check({ assignments }) {
    for (const { at, condition, conditionVersion: version } of assignments) {
      if (condition === undefined || version === '2.0') continue
      const place = condition.at.replace(/condition$/, 'conditionVersion')
      yield {
        at: version === undefined ? condition.at : place,
        message: `The condition of ${at === '' ? 'the assignment' : at} has ${version === undefined ? 'no version' : `version ${JSON.stringify(version)}`}.`,
        patch: [{ op: version === undefined ? 'add' : 'replace', path: place, value: '2.0' }],
      }
    }
  },
}

const conditionSyntax: Rule = {
  id: 'azure-condition-syntax',
  severity: 'warning',
  title: 'A condition cannot be read',
  why: 'Azure refuses a condition with an error in it; one that is right and not read here is not checked further.',
  instead: 'Compare it with https://learn.microsoft.com/azure/role-based-access-control/conditions-format.',
  *check({ assignments }) {
    for (const { condition } of assignments)
      if (condition !== undefined && parseRoleCondition(condition.value) === undefined)
        yield { at: condition.at, message: 'The condition is no expression that is known.' }
  },
}

function nameOf({ role, definition }: LintAssignment): Located | undefined {
  if (role !== undefined || definition === undefined) return role
  const known = findRole(definition.value)
  return known === undefined ? undefined : { value: known.name, at: definition.at }
}

/** Every rule for role assignments: what cannot be read, what never works, what lets in too many. */
export const AZURE_RULES: readonly Rule[] = [malformed, unknownRole, conditionVersion, conditionSyntax, controlPlane, broadRole, broadScope]
