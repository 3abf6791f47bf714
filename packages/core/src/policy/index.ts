export { parseArn, type Arn } from './arn.ts'
export { compile, type CompiledPolicy } from './compile.ts'
export { evaluate, type EvaluateOptions } from './evaluate.ts'
export { denialMessage, type DenialMessageOptions } from './message.ts'
export { parsePolicy, type ParseResult } from './parse.ts'
export type {
  ParsedCondition,
  ParsedPolicy,
  ParsedPrincipal,
  ParsedStatement,
  PolicyKind,
  PolicyProblem,
  PrincipalEntry,
  Selection,
} from './parsed.ts'
export { publicStatements } from './public.ts'
export { sessionArn } from './request.ts'
export { expandS3Call, S3_OPERATIONS, scopeOfS3Operation, type S3Call, type S3Need, type S3Operation } from './s3-call.ts'
export * from './types.ts'
export { lintPolicy, type LintOptions } from './lint/lint.ts'
export type { LintedKind, LintFinding, LintKind, LintPosition, LintRuleText, LintSeverity } from './lint/finding.ts'
export { embeddedPolicies, type EmbeddedPolicy } from './lint/embedded.ts'
export { simulateS3Call, type S3Simulation, type S3SimulationResult, type SimulatedNeed } from './simulate.ts'
