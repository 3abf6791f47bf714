import type { Reason } from './reason.ts'

/** Reasons of AWS and S3-compatible stores. */
export const AWS_REASONS = {
  'aws.denied': {
    code: 'denied',
    meaning: 'S3 refused the request.',
    remedy: 'Diagnose the connection: sluice connection diagnose NAME says what to change, and who can.',
  },
  'aws.sts.denied': {
    code: 'denied',
    meaning:
      'STS refused to let us assume the role. From outside, a role that does not exist, a trust policy for another principal, another external id and an organization policy look the same.',
    remedy:
      'Compare the role name, the principal and the external id of the trust policy with those that `sluice connection setup` shows, letter by letter.',
  },
  'aws.oidc.denied': {
    code: 'denied',
    meaning:
      'STS refused our token the role. A role that does not exist, and a trust policy for another provider, subject or audience, look the same from outside.',
    remedy:
      'Compare the role name, the provider, the subject and the audience of the trust policy with those that `sluice connection setup` shows, letter by letter.',
  },
  'aws.oidc.no_provider': {
    code: 'denied',
    meaning: 'The account of the role has no OpenID Connect provider for the URL of our issuer.',
    remedy:
      'Apply the setup of the connection in that account: it makes the provider, whose URL must be that of our issuer letter by letter.',
  },
  'aws.oidc.audience': {
    code: 'denied',
    meaning: 'The OpenID Connect provider in the account of the role does not list the audience of our tokens.',
    remedy: 'Add the audience that `sluice connection setup` shows to the provider: IAM > Identity providers.',
  },
  'aws.oidc.keys': {
    code: 'denied',
    meaning: 'AWS could not get the key that our token is signed with: it did not reach our issuer, or found other keys there.',
    remedy: 'The operator of Sluice runs sluice server doctor and makes the discovery document and the keys reachable from the internet.',
  },
  'aws.oidc.unreachable': {
    code: 'unavailable',
    meaning: 'AWS did not reach our issuer to verify a token; often this passes.',
    remedy: 'Try again; if it lasts, the operator of Sluice runs sluice server doctor.',
    retry: 'later',
  },
  'aws.oidc.expired': {
    code: 'unavailable',
    meaning: 'AWS found our token expired although it was made a moment before.',
    remedy: 'The operator of Sluice sets the clock of its machine, best by NTP.',
    retry: 'never',
  },
  'aws.oidc.rejected': {
    code: 'denied',
    meaning: 'AWS does not accept our token, for a reason that has no entry of its own.',
    remedy: 'Read the words of AWS that come with the error.',
  },
  'aws.kms.denied': {
    code: 'denied',
    meaning: 'The key that encrypts the object may not be used by the role.',
    remedy:
      'Allow kms:Decrypt (to write, kms:GenerateDataKey too) on the key in the policy of the role, and the role in the policy of the key.',
  },
  'aws.kms.unusable': {
    code: 'denied',
    meaning: 'The key that encrypts the object is disabled, pending deletion, or gone.',
    remedy: 'The administrator of the key enables it or cancels its deletion.',
  },
  'aws.key.unknown': {
    code: 'denied',
    meaning: 'AWS knows no such access key: it was deleted or deactivated, or belongs to another partition.',
    remedy: 'Create another access key and store it: `sluice connection update NAME --access-key-id ID --secret-access-key -`.',
  },
  'aws.key.signature': {
    code: 'denied',
    meaning: 'The secret access key does not fit the access key id.',
    remedy: 'Enter both again, whole and without spaces.',
  },
  'aws.key.token': {
    code: 'denied',
    meaning: 'The session token does not fit the access key.',
    remedy: 'Enter access key id, secret access key and session token of one and the same session.',
  },
  'aws.credential.expired': {
    code: 'denied',
    meaning: 'The temporary credential has expired.',
    remedy: 'Ask for a new lease; for keys with a session token, enter a new set.',
  },
  'aws.clock': {
    code: 'unavailable',
    meaning: 'The clock of the machine Sluice runs on is more than 15 minutes off.',
    remedy: 'The operator of Sluice sets the clock, best by NTP.',
    retry: 'never',
  },
  'aws.archived': {
    code: 'denied',
    meaning: 'The object lies in an archive storage class and cannot be read until it is restored.',
    remedy: 'The owner of the data restores it (RestoreObject), or copies it to another storage class.',
  },
  'aws.acl_unsupported': {
    code: 'invalid',
    meaning: 'The bucket takes no ACLs, and the connection is set to send one.',
    remedy: 'Remove the ACL from the settings of the connection.',
  },
  'aws.region.wrong': {
    code: 'invalid',
    meaning: 'The bucket is in another region than the one set for the connection.',
    remedy: 'Set the region that the error names, or none: it is then discovered.',
  },
  'aws.region.unknown': {
    code: 'unavailable',
    meaning: 'S3 did not say in which region the bucket is.',
    remedy: 'Set the region of the connection.',
    retry: 'never',
  },
  'aws.region.disabled': {
    code: 'denied',
    meaning: 'STS is not active for the account in this region.',
    remedy: 'Activate the region in the account settings of IAM, or use another.',
  },
  'aws.throttled': {
    code: 'unavailable',
    meaning: 'AWS asked for fewer requests a second.',
    remedy: 'Try again; if it lasts, spread the objects over more prefixes or ask for less at once.',
    retry: 'later',
  },
  'aws.unavailable': {
    code: 'unavailable',
    meaning: 'AWS could not answer.',
    remedy: 'Try again; if it lasts, look at the health page of AWS for the region.',
    retry: 'later',
  },
  'aws.rejected': {
    code: 'invalid',
    meaning: 'AWS refused the request for a reason that has no entry of its own.',
    remedy: 'Read the code and message of AWS that come with the error.',
  },
  'aws.role.arn': {
    code: 'invalid',
    meaning: 'This is not the ARN of an IAM role.',
    remedy: 'Write it like arn:aws:iam::123456789012:role/path/name.',
  },
  'aws.role.account': {
    code: 'invalid',
    meaning: 'This is not the id of an AWS account.',
    remedy: 'Write its 12 digits, without hyphens.',
  },
  'aws.role.name': {
    code: 'invalid',
    meaning: 'This is not the name or path of an IAM role.',
    remedy: 'A name has up to 64 letters, digits and _+=,.@-; a path begins and ends with a slash.',
  },
  'aws.role.absent': {
    code: 'invalid',
    meaning: 'The connection does not know its role yet.',
    remedy: 'Name the account or the role: sluice connection update NAME --account-id ID, or --role-arn ARN.',
  },
  'aws.role.no_identity': {
    code: 'unsupported',
    meaning: 'This Sluice has no AWS identity of its own, so no role can trust it.',
    remedy:
      'What works without one: the method `keys` with an access key of the customer, and `none` for a public bucket. For roles, the operator names an identity of ours with SLUICE_AWS_PRINCIPAL_ARN, gives the server its credentials, and starts it again; sluice server doctor says what is missing.',
  },
  'aws.role.partition': {
    code: 'unsupported',
    meaning: 'Roles cannot be assumed across AWS partitions.',
    remedy: 'Use a Sluice that runs in the same partition as the role, or the method `keys`.',
  },
  'aws.role.endpoint': {
    code: 'invalid',
    meaning: 'A role works with AWS itself, not with an endpoint of your own.',
    remedy: 'Leave the endpoint out, or use the method `keys` of the cloud `s3`.',
  },
  'aws.external_id': {
    code: 'invalid',
    meaning: 'This is not an external id that AWS accepts.',
    remedy: 'Use 2 to 1,224 letters, digits and _+=,.@:/-, or leave it out: Sluice issues one.',
  },
  'aws.key.malformed': {
    code: 'invalid',
    meaning: 'This is not an access key of AWS.',
    remedy: 'Copy the access key id (20 characters, AKIA… or ASIA…) and the secret access key (40 characters) whole.',
  },
  'aws.key.token_required': {
    code: 'invalid',
    meaning: 'A temporary access key (ASIA…) works only with its session token.',
    remedy: 'Enter the session token too, or a permanent key (AKIA…).',
  },
  'aws.key.token_unexpected': {
    code: 'invalid',
    meaning: 'A permanent access key (AKIA…) has no session token.',
    remedy: 'Leave the session token out, or enter the temporary key (ASIA…) it belongs to.',
  },
  'aws.lease.empty': {
    code: 'invalid',
    meaning: 'A lease that allows nothing was asked for.',
    remedy: 'Name at least one of list, read, write, delete.',
  },
  'aws.lease.too_short': {
    code: 'invalid',
    meaning: 'AWS issues no credential for less than 15 minutes.',
    remedy: 'Ask for at least 900 seconds.',
  },
  'aws.lease.policy_too_large': {
    code: 'limited',
    meaning: 'The session policy that narrows the lease to this location is longer than STS takes. It is never widened instead.',
    remedy: 'Ask for one access at a time, a shorter prefix, or fewer KMS keys on the connection.',
  },
  's3.preset': {
    code: 'invalid',
    meaning: 'There is no preset of this name for S3-compatible stores.',
    remedy: 'Choose one of those that sluice cloud show s3 lists, or leave it out.',
  },
  's3.endpoint': {
    code: 'invalid',
    meaning: 'The endpoint of an S3-compatible store is missing or malformed.',
    remedy: 'Set the endpoint to a URL like https://storage.example.com.',
  },
} as const satisfies { readonly [reason: string]: Reason }
