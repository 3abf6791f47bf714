import { compileRam, parseRamPolicy, type CompiledRamPolicy, type Json, type PolicyDocument, type RamPolicyKind } from '@sluice/core'
import { isObject } from '../../state/json.ts'
import type { AliyunError } from '../error.ts'
import type { AliyunAccount, AliyunState, PolicyRef } from './types.ts'

/** A policy prepared for evaluation, under the name explanations use; prepared once for as long as its document lives. */
export function preparedRam(state: AliyunState, name: string, document: PolicyDocument, kind: RamPolicyKind): CompiledRamPolicy {
  const found = state.compiled.get(document)
  if (found) return found.name === name ? found : { ...found, name }
  const compiled = compileRam({ name, document }, kind)
  state.compiled.set(document, compiled)
  return compiled
}

/** What a service answers to a document that it would not save. */
export type PolicyRefusal = (message: string) => AliyunError

/** Refuses a document that RAM would not save, in the words of the service that is asked. */
export function checkRamPolicy(document: PolicyDocument, kind: RamPolicyKind, refuse: PolicyRefusal): void {
  const result = parseRamPolicy(document, kind)
  if (!result.ok) throw refuse(result.problems.map((problem) => `${problem.pointer || '/'}: ${problem.message}`).join(' '))
}

/** Parses the text of a policy that came in a request. */
export function readRamPolicy(text: string, kind: RamPolicyKind, refuse: PolicyRefusal): PolicyDocument {
  let document: Json
  try {
    document = JSON.parse(text)
  } catch {
    throw refuse('The document is not JSON.')
  }
  if (!isObject(document)) throw refuse('The document is not an object.')
  checkRamPolicy(document, kind, refuse)
  return document
}

const allow = (...actions: readonly string[]): PolicyDocument => ({
  Version: '1',
  Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }],
})

/** The system policies that an admin or a setup is likely to attach. */
export const SYSTEM_POLICIES: { readonly [name: string]: PolicyDocument } = {
  AdministratorAccess: allow('*'),
  AliyunRAMFullAccess: allow('ram:*', 'ims:*'),
  AliyunSTSAssumeRoleAccess: allow('sts:AssumeRole'),
  AliyunOSSFullAccess: allow('oss:*'),
  AliyunOSSReadOnlyAccess: allow('oss:Get*', 'oss:List*'),
  AliyunKMSFullAccess: allow('kms:*'),
}

/** The document of an attached policy; undefined when there is no such policy. */
export function policyDocument(account: AliyunAccount, { type, name }: PolicyRef): PolicyDocument | undefined {
  return type === 'System' ? SYSTEM_POLICIES[name] : account.policies.get(name)?.document
}
