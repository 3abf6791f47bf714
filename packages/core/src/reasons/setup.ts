import type { Reason } from './reason.ts'

/** Reasons for which no setup can be written. */
export const SETUP_REASONS = {
  'setup.no_location': {
    code: 'invalid',
    meaning: 'The connection names no location, so no policy can be narrowed to one.',
    remedy: 'Give the connection the buckets or folders it is for, then ask again.',
  },
  'setup.no_access': {
    code: 'invalid',
    meaning: 'The connection has no purpose, so there is nothing to allow.',
    remedy: 'Say what the connection is for: import, export, backup, logs or purge.',
  },
  'setup.location_malformed': {
    code: 'invalid',
    meaning: 'A location of the connection cannot be written into a policy.',
    remedy: 'Correct the URL of the location.',
  },
  'setup.no_platform_identity': {
    code: 'unsupported',
    meaning: 'Sluice has no identity in this cloud that a customer could trust.',
    remedy: 'Use the method `oidc` or `keys`, or have the operator of Sluice configure a principal for this cloud.',
  },
  'setup.no_account': {
    code: 'invalid',
    meaning: "The setup names something in the customer's account, and nobody has said which account that is.",
    remedy: 'Give the account: sluice connection update NAME --account-id ACCOUNT, or --account-id with the setup.',
  },
  'setup.partition_mismatch': {
    code: 'invalid',
    meaning: 'Roles, keys, buckets and our own identity must lie in one partition of AWS (aws, aws-cn or aws-us-gov).',
    remedy: 'Use a platform identity and regions of the same partition; across partitions only the method `keys` works.',
  },
  'setup.option_malformed': {
    code: 'invalid',
    meaning: 'A setup option or setting is not what the cloud accepts there.',
    remedy: 'Correct the value; the message says what is accepted.',
  },
  'setup.option_conflict': {
    code: 'invalid',
    meaning: 'A setup option contradicts the connection or another option.',
    remedy: 'Leave the option out, or update the connection first.',
  },
  'setup.policy_too_large': {
    code: 'invalid',
    meaning: 'The policy would be longer than the cloud accepts.',
    remedy: 'Split the connection in two, or name a common folder instead of many single files.',
  },
  'setup.anonymous_writes': {
    code: 'unsupported',
    meaning: 'A connection without an identity can only list and read public buckets.',
    remedy: 'Use the method `role` or `keys` for writing and deleting.',
  },
  'setup.self_check_failed': {
    code: 'internal',
    meaning: 'The policy evaluator found that the written policies do not do what they promise; they were withheld.',
    remedy: 'Report it with the request id: this is a defect of Sluice, and nothing was applied.',
  },
} as const satisfies { readonly [reason: string]: Reason }
