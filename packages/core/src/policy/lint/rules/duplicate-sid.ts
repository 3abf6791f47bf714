import type { LintRule } from '../finding.ts'

export const duplicateSid: LintRule = {
  id: 'duplicate-sid',
  severity: 'error',
  title: 'Two statements have the same Sid',
  why: 'AWS refuses the whole document.',
  instead: 'Give each statement a Sid of its own, or none.',
  *check({ statements }) {
    const taken = new Set(statements.flatMap(({ sid }) => sid?.value ?? []))
    const seen = new Set<string>()
    for (const { sid } of statements) {
      if (!sid || sid.value === '') continue
      if (seen.has(sid.value)) {
        const fresh = freshName(sid.value, taken)
        taken.add(fresh)
        yield {
          at: sid.at,
          message: `Another statement has the Sid ${sid.value} too.`,
          patch: [{ op: 'replace', path: sid.at, value: fresh }],
        }
      }
      seen.add(sid.value)
    }
  },
}

function freshName(name: string, taken: ReadonlySet<string>): string {
  for (let number = 2; ; number++) if (!taken.has(`${name}${number}`)) return `${name}${number}`
}
