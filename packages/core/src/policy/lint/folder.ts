import type { LintHit } from './finding.ts'
import type { Located } from './subject.ts'

/** What to say of a resource whose key, with nothing open in it, looks like a folder's; undefined where it is an object's, or all of the folder is among the others. */
export function folderHit({ value, at }: Located, key: string, others: readonly Located[]): LintHit | undefined {
  const isFolder = key.endsWith('/') || key === ''
  // A last part without a dot is mostly a folder; it may be an object, too.
  if (!isFolder && /\.[^/]*$/.test(key)) return undefined
  const write = isFolder ? `${value}*` : `${value}/*`
  if (others.some((other) => other.value === write)) return undefined
  return {
    at,
    ...(isFolder ? {} : { severity: 'warning' }),
    message: `${value} matches one object of that name${isFolder ? '' : ' only'}, not what is in a folder.`,
    instead: `Write ${write}${isFolder ? '' : ' if it is a folder'}.`,
    patch: [{ op: 'replace', path: at, value: write }],
  }
}
