import type { LintRule } from '../finding.ts'

export const invalidSid: LintRule = {
  id: 'invalid-sid',
  severity: 'error',
  title: 'A Sid has characters that IAM does not take',
  why: 'IAM refuses the whole document: in its policies a Sid has letters and digits only.',
  instead: 'Leave out spaces, hyphens and other signs.',
  *check({ statements, kind }) {
    // Policies of resources are the services' own matter: S3 and KMS take spaces.
    if (kind === 'resource' || kind === 'key' || kind === 'scp') return
    const taken = new Set(statements.flatMap(({ sid }) => sid?.value ?? []))
    for (const { sid } of statements) {
      if (!sid || /^[A-Za-z0-9]*$/.test(sid.value)) continue
      const plain = sid.value.replaceAll(/[^A-Za-z0-9]/g, '')
      const isFree = plain !== '' && !taken.has(plain)
      if (isFree) taken.add(plain)
      yield {
        at: sid.at,
        message: `The Sid ${JSON.stringify(sid.value)} has other characters than letters and digits.`,
        ...(isFree ? { instead: `Write ${plain}.`, patch: [{ op: 'replace', path: sid.at, value: plain }] } : {}),
      }
    }
  },
}
