import type { SetupPlan } from './plan.ts'

const CONSOLE = 'https://console.cloud.google.com'

/** A page of IAM & Admin. */
export function iamLink({ projectId }: Pick<SetupPlan, 'projectId'>, page: string): string {
  return `${CONSOLE}/iam-admin/${page}${projectId === undefined ? '' : `?project=${projectId}`}`
}

/** The permissions of a bucket. */
export function bucketLink(bucket: string): string {
  return `${CONSOLE}/storage/browser/${bucket};tab=permissions`
}
