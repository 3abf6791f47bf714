import { compile, parsePolicy, type CompiledPolicy, type Json, type PolicyDocument, type PolicyKind } from '@sluice/core'
import { AwsError } from '../error.ts'
import { isObject } from '../../state/json.ts'
import type { AwsState } from './types.ts'

/** A policy prepared for evaluation, under the name explanations use; prepared once for as long as its document lives. */
export function prepared(state: AwsState, name: string, document: PolicyDocument): CompiledPolicy {
  const found = state.compiled.get(document)
  if (found) return found.name === name ? found : { ...found, name }
  const compiled = compile({ name, document })
  state.compiled.set(document, compiled)
  return compiled
}

/** Refuses a document that AWS would not save, with the code the service uses for it. */
export function checkPolicy(
  document: PolicyDocument,
  kind: PolicyKind,
  code: 'MalformedPolicyDocument' | 'MalformedPolicy' | 'MalformedPolicyDocumentException',
): void {
  const result = parsePolicy(document, kind)
  if (!result.ok) throw new AwsError(400, code, result.problems.map((problem) => `${problem.pointer || '/'}: ${problem.message}`).join(' '))
}

/** Parses the text of a policy that came in a request. */
export function readPolicy(
  text: string,
  kind: PolicyKind,
  code: 'MalformedPolicyDocument' | 'MalformedPolicy' | 'MalformedPolicyDocumentException',
): PolicyDocument {
  let document: Json
  try {
    document = JSON.parse(text)
  } catch {
    throw new AwsError(
      400,
      code,
      code === 'MalformedPolicy' ? "Policies must be valid JSON and the first byte must be '{'" : 'Syntax errors in policy.',
    )
  }
  if (!isObject(document)) throw new AwsError(400, code, 'Syntax errors in policy.')
  checkPolicy(document, kind, code)
  return document
}
