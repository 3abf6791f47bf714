import type { Cloud, Connection, Stage } from '@sluice/core'
import type { DeletionPlan } from '../contract.ts'

/** What a deletion would break here, and what the customer can then remove in their cloud. */
export function planDeletion(cloud: Cloud, connection: Connection, stages: readonly Stage[]): DeletionPlan {
  return { stages: stages.map((stage) => stage.name), customerMayRemove: cloud.removable(connection) }
}
