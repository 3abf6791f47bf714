import { compile, isCompiled, type CompiledPolicy } from './compile.ts'
import { matchStatement, type Mismatch } from './match.ts'
import type { PolicyKind } from './parsed.ts'
import type { NamedAs } from './principal.ts'
import type { PreparedRequest } from './request.ts'
import type { NamedPolicy, PolicyLayer, StatementExplanation, StatementRef } from './types.ts'

/** What the policies of one layer say about a request. */
export interface LayerVerdict {
  readonly deny?: StatementRef
  readonly allow?: StatementRef
  /** How the strongest Allow names the principal. */
  readonly allowedAs?: NamedAs
}

const STRENGTH: { readonly [name in NamedAs]: number } = { account: 1, role: 2, self: 3 }
const NAMES_PRINCIPALS: ReadonlySet<PolicyLayer> = new Set<PolicyLayer>(['resource', 'rcp', 'vpc-endpoint'])

/** Asks every statement of a layer. Explanations are added only where a list for them is given. */
export function askLayer(
  layer: PolicyLayer,
  policies: readonly NamedPolicy[],
  kind: PolicyKind,
  request: PreparedRequest,
  explanations?: StatementExplanation[],
): LayerVerdict {
  const namesPrincipals = NAMES_PRINCIPALS.has(layer)
  let verdict: LayerVerdict = {}
  for (const policy of policies) {
    const compiled = isCompiled(policy) ? policy : compile(policy, kind)
    for (const statement of compiled.statements) {
      const { effect, index } = statement.parsed
      const mismatches: Mismatch[] | undefined = explanations && []
      const named = matchStatement(statement, request, namesPrincipals, mismatches)
      if (explanations && mismatches) explanations.push(explain(refOf(layer, compiled, index), effect, mismatches))
      if (named === undefined) continue
      if (effect === 'Deny') verdict = verdict.deny ? verdict : { ...verdict, deny: refOf(layer, compiled, index) }
      else if (!verdict.allowedAs || STRENGTH[named] > STRENGTH[verdict.allowedAs])
        verdict = { ...verdict, allow: refOf(layer, compiled, index), allowedAs: named }
    }
  }
  return verdict
}

// Spelt out rather than spread: this is the hot path of an explained evaluation.
function explain(
  { layer, policy, index, sid }: StatementRef,
  effect: 'Allow' | 'Deny',
  mismatches: readonly Mismatch[],
): StatementExplanation {
  const matches = mismatches.length === 0
  return sid === undefined
    ? { layer, policy, index, effect, matches, mismatches }
    : { layer, policy, index, sid, effect, matches, mismatches }
}

/** Names a statement of a policy. */
export function refOf(layer: PolicyLayer, policy: CompiledPolicy, index: number): StatementRef {
  const sid = policy.statements[index]?.parsed.sid
  return sid === undefined ? { layer, policy: policy.name, index } : { layer, policy: policy.name, index, sid }
}
