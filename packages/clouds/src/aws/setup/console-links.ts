import type { SetupPlan } from './plan.ts'
import type { Partition } from './partition.ts'

const CONSOLE_HOST: { readonly [partition in Partition]: string } = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
}

/** IAM is global: its console has no region. */
export function iamLink(partition: Partition, page: string): string {
  return `https://${CONSOLE_HOST[partition]}/iam/home#/${page}`
}

/** A page of a regional service. */
export function regionalLink(plan: Pick<SetupPlan, 'partition' | 'region'>, path: string, fragment = ''): string {
  return `https://${plan.region}.${CONSOLE_HOST[plan.partition]}/${path}?region=${plan.region}${fragment}`
}
