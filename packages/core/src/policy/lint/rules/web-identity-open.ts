import type { LintRule } from '../finding.ts'

export const webIdentityOpen: LintRule = {
  id: 'web-identity-open',
  severity: 'warning',
  title: 'Every identity of a provider may assume the role',
  why: 'An identity provider issues tokens to many: without a condition on the subject, anybody who has one takes the role.',
  instead: 'Add conditions on the audience and the subject of the token, as <provider>:aud and <provider>:sub.',
  *check({ statements, kind }) {
    if (kind !== 'trust') return
    for (const { effect, principal, action, conditions } of statements) {
      const provider = principal?.not === false ? principal.entries.find(({ type }) => type === 'Federated') : undefined
      const isWeb = action?.values.some(({ value }) => /^sts:AssumeRoleWithWebIdentity$/i.test(value))
      if (effect !== 'Allow' || !provider || isWeb !== true || conditions.some(({ key }) => SUBJECT.test(key))) continue
      yield { at: provider.at, message: `Every identity of ${provider.value} may assume the role.` }
    }
  },
}

const SUBJECT = /:(sub|aud|oaud|app_id|user_id|id|amr|email|repository|repository_id|repository_owner_id|job_workflow_ref)$/i
