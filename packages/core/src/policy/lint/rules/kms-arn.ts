import type { LintRule } from '../finding.ts'

export const kmsArn: LintRule = {
  id: 'kms-arn',
  severity: 'error',
  title: 'The ARN of a key has a wrong shape',
  why: 'The statement matches no key.',
  instead: 'Write arn:aws:kms:<region>:<account>:key/<id>.',
  *check({ statements }) {
    for (const { resource } of statements)
      for (const { value, at } of resource?.values ?? []) {
        const [, region, account, name] = /^arn:[^:]*:kms:([^:]*):([^:]*):(.*)$/.exec(value) ?? []
        if (region === undefined || account === undefined || name === undefined || /^(key|alias)\/.|^[*$\uE000]/u.test(name)) {
          if (region === '' || account === '') yield { at, message: `${value} has no ${region === '' ? 'region' : 'account'}.` }
          continue
        }
        const isId = /^(mrk-)?[0-9a-f-]{32,40}$/.test(name)
        const write = value.replace(/[^:]*$/, `key/${name}`)
        yield {
          at,
          message: `${value} does not say that it is a key.`,
          ...(isId ? { instead: `Write ${write}.`, patch: [{ op: 'replace', path: at, value: write }] } : {}),
        }
      }
  },
}
