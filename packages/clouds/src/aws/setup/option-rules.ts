import { accessError, type SetupOptions } from '@sluice/core'

const ACCOUNT = { pattern: /^\d{12}$/, accepts: '12 digits' }
const PARTITION = '(?:aws|aws-cn|aws-us-gov)'

/** What IAM accepts for each value we write. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const OPTION_RULES = {
  roleName: { pattern: /^[\w+=,.@-]{1,64}$/, accepts: '1 to 64 letters, digits and + = , . @ - _' },
  userName: { pattern: /^[\w+=,.@-]{1,64}$/, accepts: '1 to 64 letters, digits and + = , . @ - _' },
  policyName: { pattern: /^[\w+=,.@-]{1,128}$/, accepts: '1 to 128 letters, digits and + = , . @ - _' },
  rolePath: { pattern: /^\/(?:[\u0021-\u007e]{1,510}\/)?$/, accepts: '/ or a path that begins and ends with /' },
  accountId: ACCOUNT,
  bucketAccountId: ACCOUNT,
  permissionsBoundary: {
    pattern: new RegExp(`^arn:${PARTITION}:iam::(?:\\d{12}|aws):policy/[\\u0021-\\u007e]{1,512}$`),
    accepts: 'the ARN of a managed policy',
  },
  region: { pattern: /^[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}$/, accepts: 'the name of a region, as us-west-2' },
  kmsKey: {
    pattern: new RegExp(`^arn:${PARTITION}:kms:[a-z0-9-]+:\\d{12}:key/[A-Za-z0-9-]{1,256}$`),
    accepts: 'the full ARN of a key (arn:aws:kms:REGION:ACCOUNT:key/ID); policies do not know aliases',
  },
  roleArn: {
    pattern: new RegExp(`^arn:${PARTITION}:iam::\\d{12}:role/(?:[\\u0021-\\u007e]{1,510}/)?[\\w+=,.@-]{1,64}$`),
    accepts: 'the full ARN of a role, path included',
  },
  principalArn: {
    pattern: new RegExp(`^arn:${PARTITION}:iam::\\d{12}:(?:role|user)/[\\u0021-\\u0029\\u002b-\\u003e\\u0040-\\u007e]{1,575}$`),
    accepts: 'the full ARN of a role or user, without wildcards',
  },
  issuerUrl: {
    pattern: /^https:\/\/[a-z0-9.-]+(?:\/[\w.~-]+)*$/,
    accepts: 'an https URL without port, query and slash at its end',
  },
  externalId: { pattern: /^[\w+=,.@:/-]{2,1224}$/, accepts: '2 to 1224 letters, digits and + = , . @ : / - _' },
  tagKey: {
    pattern: /^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u,
    accepts: '1 to 128 letters, digits, spaces and _ . : / = + - @, not beginning with aws:',
  },
  tagValue: { pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u, accepts: 'up to 256 letters, digits, spaces and _ . : / = + - @' },
} as const

/** Refuses a value that AWS would refuse, before anything is shown or applied. */
export function checkOption(rule: keyof typeof OPTION_RULES, value: string, name: string = rule): string {
  if (!OPTION_RULES[rule].pattern.test(value))
    throw accessError('setup.option_malformed', {
      message: `${name} is not what AWS accepts there: ${OPTION_RULES[rule].accepts}.`,
      context: { option: name, value: value.slice(0, 200) },
    })
  return value
}

/** IAM allows 50 tags; one of them is ours. */
const MAX_TAGS = 49

export function checkOptions(options: SetupOptions): void {
  for (const name of ['roleName', 'userName', 'policyName', 'rolePath', 'accountId', 'bucketAccountId', 'permissionsBoundary'] as const) {
    const value = options[name]
    if (value !== undefined) checkOption(name, value)
  }
  const tags = Object.entries(options.tags ?? {})
  for (const [key, value] of tags) {
    checkOption('tagKey', key, 'tags')
    checkOption('tagValue', value, `tags.${key}`)
  }
  if (tags.length > MAX_TAGS)
    throw accessError('setup.option_malformed', { message: `AWS allows ${MAX_TAGS} tags beside our own; these are ${tags.length}.` })
  if (options.createBucket) {
    checkOption('region', options.createBucket.region, 'createBucket.region')
    if (options.createBucket.kmsKeyArn !== undefined) checkOption('kmsKey', options.createBucket.kmsKeyArn, 'createBucket.kmsKeyArn')
  }
}
