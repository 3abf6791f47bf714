import type { Observation } from './case.ts'

/** A version could not be removed for good, and its key was deleted all the same: deleting takes no more than that. */
export function isKeptVersion({ operation, target = '' }: Observation, all: readonly Observation[]): boolean {
  const [key, query = ''] = target.split('?')
  if (!/(?:^|&)versionId=/.test(query) || !/(?:^|\.)delete/i.test(operation ?? '')) return false
  return all.some((one) => one.ok === true && one.operation === operation && one.target === key)
}
