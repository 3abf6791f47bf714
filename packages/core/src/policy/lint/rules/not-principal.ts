import type { LintRule } from '../finding.ts'

export const notPrincipal: LintRule = {
  id: 'not-principal',
  severity: 'error',
  title: 'A statement says who it is not about',
  why: 'NotPrincipal with Allow lets in everybody else, anonymous callers too; with Deny it also hits sessions of a role that is listed, unless role and session are listed.',
  instead: 'Write Principal with those who are meant; in a Deny, Principal * with a condition ArnNotEquals on aws:PrincipalArn.',
  *check({ statements }) {
    for (const { effect, principal } of statements)
      if (principal?.not === true)
        yield effect === 'Deny'
          ? { at: principal.at, severity: 'warning', message: 'NotPrincipal with Deny also denies sessions of the roles it lists.' }
          : { at: principal.at, message: 'NotPrincipal with Allow lets in everybody but those listed.' }
  },
}
