import { promiseOf } from '../../setup/promise.ts'
import type { SetupPlan } from './plan.ts'

/** What we will and will not be able to do. Replacing an object takes the permission to delete it. */
export function promiseOfPlan({ access, locations }: SetupPlan): string {
  const replaces = access.includes('write') && access.includes('delete')
  return promiseOf(access, locations, 'gs://', replaces ? undefined : '')
}
