import type { LabRequest } from '../../http/request.ts'
import { AwsError } from '../error.ts'
import type { AwsState } from '../state/types.ts'

const HOST = /^sts(?:\.([a-z]{2}(?:-[a-z]+)+-\d+))?\.amazonaws\.com(?:\.cn)?$/

export function isStsHost(host: string): boolean {
  return HOST.test(host)
}

/** The region of the endpoint: the global one is in us-east-1. Undefined at the lab's own address. */
export function stsRegion({ host }: LabRequest): string | undefined {
  const found = HOST.exec(host)
  return found ? (found[1] ?? 'us-east-1') : undefined
}

/** Throws where the account has STS deactivated in the endpoint's region. */
export function demandActiveSts(state: AwsState, request: LabRequest, accountId: string | undefined): void {
  const region = stsRegion(request)
  if (region === undefined || state.accounts.get(accountId ?? '')?.stsInactive.has(region) !== true) return
  throw new AwsError(
    403,
    'RegionDisabledException',
    `STS is not activated in this region for account:${accountId}. Your account administrator can activate STS in this region using the IAM Console.`,
  )
}
