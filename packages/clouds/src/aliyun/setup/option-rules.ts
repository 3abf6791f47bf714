import { accessError, type SetupOptions } from '@sluice/core'

const ACCOUNT = { pattern: /^\d{5,20}$/, accepts: 'the id (UID) of an account, a number' }

/** What RAM, KMS and OSS accept for each value we write. https://help.aliyun.com/en/ram/developer-reference/api-ram-2015-05-01-createrole */
export const OPTION_RULES = {
  roleName: { pattern: /^[A-Za-z0-9][A-Za-z0-9.-]{0,63}$/, accepts: '1 to 64 letters, digits, periods and hyphens' },
  userName: { pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, accepts: '1 to 64 letters, digits and . - _' },
  policyName: { pattern: /^[A-Za-z0-9][A-Za-z0-9-]{0,127}$/, accepts: '1 to 128 letters, digits and hyphens' },
  accountId: ACCOUNT,
  bucketAccountId: ACCOUNT,
  region: { pattern: /^[a-z]{2}-[a-z0-9]+(?:-[a-z0-9]+){0,4}$/, accepts: 'the name of a region, as cn-hangzhou' },
  kmsKey: {
    pattern: /^acs:kms:(?:\*|[a-z0-9-]+):(?:\*|\d+):key\/[\w-]{1,128}$/,
    accepts: 'the whole name of a key (acs:kms:REGION:ACCOUNT:key/ID); policies do not know aliases',
  },
  principalArn: { pattern: /^acs:ram::\d{5,20}:(?:role|user)\/[\w.-]{1,64}$/, accepts: 'the ARN of a RAM role or user' },
  externalId: { pattern: /^[\w+=,.@:/-]{2,1224}$/, accepts: '2 to 1224 letters, digits and + = , . @ : / - _' },
  issuerUrl: { pattern: /^https:\/\/[^\s?#@"]{1,247}$/, accepts: 'an https URL of at most 255 characters, without parameters' },
} as const

/** Refuses a value that Alibaba Cloud would refuse, before anything is shown or applied. */
export function checkOption(rule: keyof typeof OPTION_RULES, value: string, name: string = rule): string {
  if (!OPTION_RULES[rule].pattern.test(value))
    throw accessError('setup.option_malformed', {
      message: `${name} is not what Alibaba Cloud accepts there: ${OPTION_RULES[rule].accepts}.`,
      context: { option: name, value: value.slice(0, 200) },
    })
  return value
}

const APPLICABLE = new Set<string>([
  'roleName',
  'userName',
  'policyName',
  'accountId',
  'bucketAccountId',
  'createBucket',
] satisfies (keyof SetupOptions)[])

export function checkOptions(options: SetupOptions): void {
  for (const [name, value] of Object.entries(options))
    if (value !== undefined && !APPLICABLE.has(name))
      throw accessError('setup.option_conflict', { message: `The option ${name} means nothing to a setup for Alibaba Cloud.` })
  for (const name of ['roleName', 'userName', 'policyName', 'accountId', 'bucketAccountId'] as const) {
    const value = options[name]
    if (value !== undefined) checkOption(name, value)
  }
  if (options.createBucket === undefined) return
  checkOption('region', options.createBucket.region, 'createBucket.region')
  if (options.createBucket.kmsKeyArn !== undefined) checkOption('kmsKey', options.createBucket.kmsKeyArn, 'createBucket.kmsKeyArn')
}
