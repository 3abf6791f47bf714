import type { LintRule } from '../../policy/lint/finding.ts'
import { ACCESS_RULES } from './access-rules.ts'
import { REACH_RULES } from './reach-rules.ts'
import type { RamLintSubject } from './subject.ts'
import { WRITING_RULES } from './writing-rules.ts'

/** Every rule for policies of RAM and of OSS buckets: what cannot be read, what never works, what lets in too many. */
export const RAM_RULES: readonly LintRule<RamLintSubject>[] = [...WRITING_RULES, ...REACH_RULES, ...ACCESS_RULES]
