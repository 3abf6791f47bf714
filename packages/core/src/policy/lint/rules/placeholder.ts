import type { LintRule } from '../finding.ts'
import type { LintStatement, Located } from '../subject.ts'

export const placeholder: LintRule = {
  id: 'placeholder',
  severity: 'error',
  title: 'A placeholder of a sample was not filled in',
  why: 'The text is taken as it stands, and matches nothing of yours.',
  instead: 'Put your own value in its place.',
  *check({ statements, version }) {
    for (const statement of statements)
      for (const { value, at } of textsOf(statement)) {
        const found = placeholderIn(value, version === '2012-10-17')
        if (found !== undefined) yield { at, message: `${found} was left as the sample has it.` }
      }
  },
}

function textsOf({ resource, principal, conditions }: LintStatement): readonly Located[] {
  return [...(resource?.values ?? []), ...(principal?.entries ?? []), ...conditions.flatMap(({ values }) => values)]
}

function placeholderIn(text: string, variables: boolean): string | undefined {
  const found = /<[A-Za-z][^<>]*>|\{\{[^{}]+\}\}|\b(?:YOUR|MY|EXAMPLE)[-_][A-Z][A-Z_-]*\b/.exec(text)?.[0]
  if (found !== undefined || !variables) return found
  // A variable of a policy has a colon in its name; one without is of a template that nobody filled in.
  return /\$\{[A-Za-z_][^}:]*\}/.exec(text)?.[0]
}
