import { s3ArnProblem } from './s3-arn.ts'
import type { Located } from './subject.ts'

/** Whether rules about what a resource reaches may look at it: one with a wrong shape, or that names a folder alone, has a rule of its own. */
export function wellShaped({ value }: Located): boolean {
  return (value.startsWith('arn:') || value === '*') && s3ArnProblem(value) === undefined && !namesFolder(value) && value === value.trim()
}

/** Whether the ARN of objects ends with a slash: it matches the object of that name, and nothing in the folder. */
export function namesFolder(value: string): boolean {
  return pathOf(value)?.endsWith('/') === true
}

/** Whether an ARN is a bucket's, and can be nothing else. */
export function isBucketArn({ value }: Located): boolean {
  return /^arn:[^:]*:s3:::[^/*?]+$/.test(value)
}

/** The ARN of the bucket that an ARN of objects is about, unless wildcards leave it open. */
export function bucketOf(value: string): string | undefined {
  return /^(arn:[^:]*:s3:::[^/*?]+)(\/|$)/.exec(value)?.[1]
}

/** The key or pattern of an ARN of objects. */
export function pathOf(value: string): string | undefined {
  return /^arn:[^:]*:s3:::[^/]+\/(.*)$/s.exec(value)?.[1]
}

/** Names for people: three at most. */
export function list(names: readonly string[]): string {
  const shown = names.slice(0, 3)
  const last = shown.at(-1) ?? ''
  if (names.length > 3) return `${shown.join(', ')} and ${names.length - 3} more`
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(', ')} and ${last}`
}
