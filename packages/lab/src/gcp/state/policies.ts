import {
  logicalOperators,
  memberProblem,
  parseCel,
  type IamBinding,
  type IamCondition,
  type IamPolicy,
  type Json,
  type JsonObject,
} from '@sluice/core'
import { createHash } from 'node:crypto'
import { textField, textList } from '../body.ts'
import { GoogleError } from '../error.ts'
import type { GcpState } from './types.ts'
import { isObject } from '../../state/json.ts'

const MOST_OPERATORS = 12

/** Reads a policy that a client wants to set, and refuses what IAM would not save. `code` is how the service calls a bad request. */
export function readPolicy(state: GcpState, value: Json | undefined, code: string): IamPolicy {
  if (!isObject(value)) throw new GoogleError(400, code, 'Invalid policy.')
  const listed = value['bindings'] ?? []
  if (!Array.isArray(listed)) throw new GoogleError(400, code, 'Invalid policy: bindings is a list.')
  const bindings = listed.map((binding: Json) => readBinding(state, binding, code))
  const conditional = bindings.some((binding) => binding.condition)
  if (conditional && value['version'] !== 3)
    throw new GoogleError(400, code, 'Specified policy contains conditional role bindings: its version must be 3.')
  return { version: conditional ? 3 : 1, bindings: bindings.filter((binding) => binding.members.length > 0) }
}

function readBinding(state: GcpState, value: Json, code: string): IamBinding {
  if (!isObject(value)) throw new GoogleError(400, code, 'Invalid policy: a binding is an object.')
  const role = textField(value, 'role') ?? ''
  if (
    !/^(roles|(projects|organizations)\/[^/]+\/roles)\/[A-Za-z0-9_.]+$/.test(role) ||
    (role.startsWith('projects/') && !state.roles.latest(role))
  )
    throw new GoogleError(400, code, `Role ${role} is not supported for this resource.`)
  const members = textList(value['members'])
  for (const member of members) checkMember(state, member, code)
  const condition = value['condition']
  return { role, members, ...(isObject(condition) ? { condition: readCondition(condition, code) } : {}) }
}

function checkMember(state: GcpState, member: string, code: string): void {
  if (memberProblem(member) !== undefined) throw new GoogleError(400, code, `Invalid policy member ${member}.`)
  // IAM saves no grant to a service account that is not there. Those of Google itself are beyond the lab's knowledge.
  const email = /^serviceAccount:(.+@[^@]+\.iam\.gserviceaccount\.com)$/.exec(member)?.[1]
  if (email === undefined || /@gcp-sa-|@gs-project-accounts\./.test(email)) return
  if (!state.serviceAccounts.has(email)) throw new GoogleError(400, code, `Service account ${email} does not exist.`)
}

function readCondition(value: JsonObject, code: string): IamCondition {
  const expression = textField(value, 'expression') ?? ''
  const title = textField(value, 'title') ?? ''
  const description = textField(value, 'description')
  if (title === '') throw new GoogleError(400, code, 'A condition has a title.')
  const reading = parseCel(expression)
  if (!reading.ok) throw new GoogleError(400, code, `The expression of condition '${title}' cannot be compiled: ${reading.problem.message}`)
  if (logicalOperators(reading.expression) > MOST_OPERATORS)
    throw new GoogleError(400, code, `The expression of condition '${title}' has more than ${MOST_OPERATORS} logical operators.`)
  return { title, expression, ...(description === undefined ? {} : { description }) }
}

/** A policy as IAM shows it: who asks for less than version 3 sees conditional roles under made-up names. */
export function presentPolicy(policy: IamPolicy | undefined, requestedVersion: number, etag: string): JsonObject {
  const bindings = policy?.bindings ?? []
  const conditional = bindings.some((binding) => binding.condition)
  return {
    version: conditional && requestedVersion >= 3 ? 3 : 1,
    etag,
    bindings: bindings.map((binding) => presentBinding(binding, requestedVersion)),
  }
}

function presentBinding({ role, members, condition }: IamBinding, requestedVersion: number): JsonObject {
  if (!condition) return { role, members }
  if (requestedVersion >= 3) return { role, members, condition: { ...condition } }
  const hash = createHash('sha256').update(JSON.stringify(condition)).digest('hex')
  return { role: `${role}_withcond_${hash.slice(0, 20)}`, members }
}

/** The policy with a member given a role. */
export function withMember(policy: IamPolicy | undefined, role: string, member: string, condition?: IamCondition): IamPolicy {
  const bindings = policy?.bindings ?? []
  const same = bindings.find((binding) => binding.role === role && binding.condition?.expression === condition?.expression)
  const kept = bindings.filter((binding) => binding !== same)
  const members = [...new Set([...(same?.members ?? []), member])]
  const next = [...kept, { role, members, ...(condition ? { condition } : {}) }]
  return { version: next.some((binding) => binding.condition) ? 3 : 1, bindings: next }
}

/** The policy without a member in a role, under whatever condition. */
export function withoutMember(policy: IamPolicy | undefined, role: string, member: string): IamPolicy {
  const bindings = (policy?.bindings ?? []).map((binding) =>
    binding.role === role ? { ...binding, members: binding.members.filter((name) => name !== member) } : binding,
  )
  return { ...policy, bindings: bindings.filter((binding) => binding.members.length > 0) }
}
