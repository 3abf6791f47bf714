/**
 * Writes a literal string so that a policy's wildcards and variables do not see it: `*`, `?` and `${` are legal in object keys.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function escapePattern(literal: string): string {
  return literal.replaceAll(/\*|\?|\$(?=\{)/g, (character) => `\${${character}}`)
}

/** The same where only variables are expanded, not wildcards: the values of StringEquals. */
export function escapeVariables(literal: string): string {
  return literal.replaceAll(/\$(?=\{)/g, '${$}')
}
