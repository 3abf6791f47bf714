import { AccessError, type AccessErrorDetails } from '../error.ts'
import { ALIYUN_REASONS } from './aliyun.ts'
import { AWS_REASONS } from './aws.ts'
import { AZURE_REASONS } from './azure.ts'
import { ENGINE_REASONS } from './engine.ts'
import { GCP_REASONS } from './gcp.ts'
import { ISSUER_REASONS } from './issuer.ts'
import { NETWORK_REASONS } from './network.ts'
import { POLICY_REASONS } from './policy.ts'
import type { Reason } from './reason.ts'
import { SERVER_REASONS } from './server.ts'
import { SERVICE_REASONS } from './service.ts'
import { SETUP_REASONS } from './setup.ts'
import { SQL_REASONS } from './sql.ts'
import { STORE_REASONS } from './store.ts'

import { VALIDATION_REASONS } from './validation.ts'

export type { Reason } from './reason.ts'

/** Every reason an error of Sluice can have. docs/errors.md is generated from it. */
export const REASONS = {
  ...NETWORK_REASONS,
  ...AWS_REASONS,
  ...ALIYUN_REASONS,
  ...GCP_REASONS,
  ...AZURE_REASONS,
  ...POLICY_REASONS,
  ...STORE_REASONS,
  ...SERVICE_REASONS,
  ...SETUP_REASONS,
  ...SQL_REASONS,
  ...ENGINE_REASONS,
  ...SERVER_REASONS,
  ...VALIDATION_REASONS,
  ...ISSUER_REASONS,
}
export type ReasonName = keyof typeof REASONS

/** Makes the error of a documented reason: its code and, unless the occurrence knows better, its remedy come from the table. */
export function accessError(reason: ReasonName, details: Omit<AccessErrorDetails, 'reason'>): AccessError {
  const entry: Reason = REASONS[reason]
  return new AccessError(entry.code, {
    ...details,
    reason,
    remedy: details.remedy ?? entry.remedy,
    ...((details.retry ?? entry.retry) ? { retry: details.retry ?? entry.retry ?? 'never' } : {}),
  })
}
