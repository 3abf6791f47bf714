export { lintText, LINT_RULES, type LintedPolicy, type LintReport } from './lint-text.ts'
