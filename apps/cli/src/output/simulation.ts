import {
  denialMessage,
  type PolicyLayer,
  type S3Simulation,
  type S3SimulationResult,
  type SimulatedNeed,
  type StatementExplanation,
} from '@sluice/core'
import type { Paint } from './paint.ts'
import { printable } from './text.ts'

const LAYERS: { readonly [layer in PolicyLayer]: string } = {
  identity: 'policy of the principal',
  boundary: 'permissions boundary',
  session: 'session policy',
  resource: 'bucket policy',
  scp: 'service control policy',
  rcp: 'resource control policy',
  'vpc-endpoint': 'VPC endpoint policy',
  'public-access-block': 'Block Public Access',
}

/** The verdict, what each permission came to, and every statement with what matched and what did not. */
export function describeSimulation(
  simulation: S3Simulation,
  result: S3SimulationResult,
  paint: Paint,
): { readonly body: string; readonly notes: string } {
  const { call } = simulation
  const key = call.key ?? call.prefix ?? ''
  const target = call.bucket === undefined ? '' : ` s3://${call.bucket}/${key}`
  const head = `${mark(result.allowed, paint)}  ${paint('bold', printable(`${call.operation}${target}`))}\n`
  const needs = result.needs.map((need) => describeNeed(need, paint)).join('')
  return { body: `${head}\n${needs}`, notes: notesOf(simulation, result) }
}

function mark(allowed: boolean, paint: Paint): string {
  return allowed ? paint('green', '✓ allowed') : paint('red', '✗ denied')
}

function describeNeed(need: SimulatedNeed, paint: Paint): string {
  const { question, decision } = need
  const lines = [
    `${mark(decision.allowed, paint)}  ${printable(question.action)} on ${printable(question.resource)}`,
    `  ${printable(whyOf(need))}`,
  ]
  if (!decision.allowed) lines.push(`  ${paint('dim', 'AWS says')}  ${printable(denialMessage(question, decision, { enhanced: true }))}`)
  const policies = Map.groupBy(decision.explanation ?? [], ({ layer, policy }) => `${layerName(layer, need.need.service)}  ${policy}`)
  for (const [policy, statements] of policies)
    lines.push(`  ${paint('dim', printable(policy))}`, ...statements.flatMap((statement) => statementLines(statement, paint)))
  return `${lines.join('\n')}\n\n`
}

/** The sentence that decides. */
function whyOf({ question, decision, need }: SimulatedNeed): string {
  const { layer, decidedBy, effect } = decision
  const named = layer === undefined ? '' : layerName(layer, need.service)
  if (effect === 'allow')
    return decidedBy
      ? `allowed by the ${layerName(decidedBy.layer, need.service)} ${decidedBy.policy}, ${statementName(decidedBy)}`
      : 'allowed, as the root of the account'
  if (decidedBy) return `denied by the ${named}: ${decidedBy.policy}, ${statementName(decidedBy)}`
  if (question.principal.kind === 'root') return 'the root of an account cannot do this'
  return `denied, since no ${named} allows it`
}

function layerName(layer: PolicyLayer, service: 's3' | 'kms'): string {
  return layer === 'resource' && service === 'kms' ? 'key policy' : LAYERS[layer]
}

function statementName({ index, sid }: { readonly index: number; readonly sid?: string }): string {
  return `statement ${index + 1}${sid === undefined ? '' : ` (${sid})`}`
}

/** What of a statement matched and what did not; of one about other actions, only that. */
function statementLines({ effect, matches, mismatches, ...statement }: StatementExplanation, paint: Paint): readonly string[] {
  const name = printable(`${statementName(statement)}: ${effect}`)
  if (matches) return [`    ${paint(effect === 'Allow' ? 'green' : 'red', '✓')} ${name} matches`]
  const other = mismatches.find(({ part }) => part === 'action')
  if (other) return [`    ${paint('dim', '·')} ${name}: ${printable(other.detail)}`]
  const matched = (['action', 'resource'] as const).filter((part) => mismatches.every((mismatch) => mismatch.part !== part))
  return [
    `    ✗ ${name}${matched.length > 0 ? `: ${matched.join(' and ')} ${matched.length === 1 ? 'matches' : 'match'}` : ''}, but`,
    ...mismatches.map(({ part, detail, expected }) => `        ${part}: ${printable(detail)}${wanted(part, expected)}`),
  ]
}

/** What a condition asks for; of the other parts the detail says it. */
function wanted(part: string, expected: unknown): string {
  return part === 'condition' && Array.isArray(expected) ? `; wanted: ${printable(expected.map(String).join(' or '))}` : ''
}

function notesOf({ policies, bucketPolicy, context = {} }: S3Simulation, { absentKeys }: S3SimulationResult): string {
  const missing = [
    ...((policies.identity ?? []).length === 0 ? ['no policy of the principal (--identity)'] : []),
    ...(bucketPolicy ? [] : ['no bucket policy (--resource)']),
  ]
  const known = Object.entries(context).map(([key, values]) => `${key}=${typeof values === 'string' ? values : values.join(',')}`)
  return [
    ...(missing.length > 0 ? [`given: ${missing.join(', ')}; evaluated as if there were none\n`] : []),
    ...(known.length > 0 ? [`the request carries ${printable(known.join(', '))}\n`] : []),
    ...(absentKeys.length > 0 ? [`not given, so taken as absent: ${printable(absentKeys.join(', '))} (--context KEY=VALUE)\n`] : []),
  ].join('')
}

/** The same for programs. */
export function simulationJson({ call, context }: S3Simulation, { allowed, needs, absentKeys }: S3SimulationResult) {
  return {
    allowed,
    call,
    needs: needs.map(({ question, decision }) => {
      const { explanation, ...verdict } = decision
      return {
        action: question.action,
        resource: question.resource,
        ...verdict,
        ...(decision.allowed ? {} : { message: denialMessage(question, decision, { enhanced: true }) }),
        statements: explanation ?? [],
      }
    }),
    context,
    absentKeys,
  }
}
