import type { PolicyDocument } from '@sluice/core'

const allow = (...actions: readonly string[]): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }],
})

/** The managed policies of AWS's own that an admin or a setup is likely to attach. */
export const MANAGED_POLICIES: { readonly [arn: string]: PolicyDocument } = {
  'arn:aws:iam::aws:policy/AdministratorAccess': allow('*'),
  'arn:aws:iam::aws:policy/IAMFullAccess': allow('iam:*'),
  'arn:aws:iam::aws:policy/AmazonS3FullAccess': allow('s3:*', 's3-object-lambda:*'),
  'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess': allow(
    's3:Get*',
    's3:List*',
    's3:Describe*',
    's3-object-lambda:Get*',
    's3-object-lambda:List*',
  ),
}
