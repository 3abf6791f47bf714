import type { Reason } from './reason.ts'

/** Reasons of Alibaba Cloud. */
export const ALIYUN_REASONS = {
  'aliyun.denied': {
    code: 'denied',
    meaning: 'OSS refused the request.',
    remedy: 'Diagnose the connection: sluice connection diagnose NAME says what to change, and who can.',
  },
  'aliyun.sts.denied': {
    code: 'denied',
    meaning:
      'STS refused to let us assume the role: its trust policy names another principal or another external id, or our own identity may not call sts:AssumeRole.',
    remedy:
      'Compare the principal and the external id of the trust policy with those that `sluice connection setup` shows, letter by letter. If they are equal, the operator of Sluice attaches AliyunSTSAssumeRoleAccess to our identity.',
  },
  'aliyun.oidc.denied': {
    code: 'denied',
    meaning:
      'STS refused our token the role. A provider that is not registered, and a trust policy for another provider, issuer, audience or subject, look much the same from outside.',
    remedy: 'Compare the provider and the trust policy of the role with those that `sluice connection setup` shows, letter by letter.',
  },
  'aliyun.oidc.audience': {
    code: 'denied',
    meaning: 'The identity provider in the account of the role does not list the client id that our tokens are for.',
    remedy: 'Add the client id that `sluice connection setup` shows to the provider: RAM console > Integrations > SSO > OIDC.',
  },
  'aliyun.oidc.issuer': {
    code: 'denied',
    meaning: 'The identity provider in the account of the role is that of another issuer.',
    remedy: 'Name the provider whose issuer URL is ours, letter by letter; or apply the setup of the connection, which makes it.',
  },
  'aliyun.oidc.fingerprint': {
    code: 'denied',
    meaning: "The fingerprint in the identity provider is not that of the certificate authority behind our issuer's address.",
    remedy: 'Get the fingerprint anew: RAM console > Integrations > SSO > OIDC > the provider. It changes with the certificate authority.',
  },
  'aliyun.oidc.keys': {
    code: 'denied',
    meaning: 'Alibaba Cloud could not get the key that our token is signed with: it did not reach our issuer, or found other keys there.',
    remedy: 'The operator of Sluice runs sluice server doctor and makes the discovery document and the keys reachable from the internet.',
  },
  'aliyun.oidc.expired': {
    code: 'unavailable',
    meaning: 'Alibaba Cloud found our token expired although it was made a moment before.',
    remedy: 'The operator of Sluice sets the clock of its machine, best by NTP.',
    retry: 'never',
  },
  'aliyun.oidc.rejected': {
    code: 'denied',
    meaning: 'Alibaba Cloud does not accept our token, for a reason that has no entry of its own.',
    remedy: 'Read the words of Alibaba Cloud that come with the error.',
  },
  'aliyun.kms.denied': {
    code: 'denied',
    meaning: 'KMS does not let us use the key that encrypts the object, or the key is disabled; OSS does not say which.',
    remedy:
      'Allow kms:Decrypt (to write, kms:GenerateDataKey too) on the key in the policy of the role or user, name the key in the settings of the connection, and see that it is enabled.',
  },
  'aliyun.key.unknown': {
    code: 'denied',
    meaning: 'Alibaba Cloud knows no such AccessKey: it was deleted or disabled, or the session it belongs to is over.',
    remedy: 'Create another AccessKey and store it: `sluice connection update NAME --access-key-id ID --access-key-secret -`.',
  },
  'aliyun.key.signature': {
    code: 'denied',
    meaning: 'The AccessKey secret does not fit the AccessKey id.',
    remedy: 'Enter both again, whole and without spaces.',
  },
  'aliyun.key.token': {
    code: 'denied',
    meaning: 'The security token does not fit the AccessKey.',
    remedy: 'Enter AccessKey id, AccessKey secret and security token of one and the same session.',
  },
  'aliyun.credential.expired': {
    code: 'denied',
    meaning: 'The temporary credential has expired.',
    remedy: 'Ask for a new lease; for keys with a security token, enter a new set.',
  },
  'aliyun.clock': {
    code: 'unavailable',
    meaning: 'The clock of the machine Sluice runs on is more than 15 minutes off.',
    remedy: 'The operator of Sluice sets the clock, best by NTP.',
    retry: 'never',
  },
  'aliyun.archived': {
    code: 'denied',
    meaning: 'The object lies in an archive storage class and cannot be read until it is restored.',
    remedy: 'The owner of the data restores it (RestoreObject), or copies it to another storage class.',
  },
  'aliyun.account_suspended': {
    code: 'denied',
    meaning: 'The account that owns the bucket is suspended, in debt, or has OSS not activated.',
    remedy: 'The owner of the account settles the bill or activates OSS in the console.',
  },
  'aliyun.region.wrong': {
    code: 'invalid',
    meaning: 'The bucket is in another region than the one set for the connection.',
    remedy: 'Set the region that the error names, or none: it is then discovered.',
  },
  'aliyun.region.unknown': {
    code: 'unavailable',
    meaning: 'OSS did not say in which region the bucket is.',
    remedy: 'Set the region of the connection, for example cn-hangzhou.',
    retry: 'never',
  },
  'aliyun.throttled': {
    code: 'unavailable',
    meaning: 'Alibaba Cloud asked for fewer requests a second.',
    remedy: 'Try again; if it lasts, spread the objects over more prefixes or ask for less at once.',
    retry: 'later',
  },
  'aliyun.unavailable': {
    code: 'unavailable',
    meaning: 'Alibaba Cloud could not answer.',
    remedy: 'Try again; if it lasts, look at the health page of Alibaba Cloud for the region.',
    retry: 'later',
  },
  'aliyun.rejected': {
    code: 'invalid',
    meaning: 'Alibaba Cloud refused the request for a reason that has no entry of its own.',
    remedy: 'Read the code and message of Alibaba Cloud that come with the error.',
  },
  'aliyun.condition_ignored': {
    code: 'unsupported',
    meaning: 'The bucket keeps versions, and OSS then writes whether or not there is an object: what was there before stays as a version.',
    remedy: 'Write without the condition, or use a bucket that keeps no versions.',
  },
  'aliyun.setting': {
    code: 'invalid',
    meaning: 'The settings of the connection ask for something that OSS does not have.',
    remedy: 'Leave the setting out, or use the value that the error names.',
  },
  'aliyun.role.arn': {
    code: 'invalid',
    meaning: 'This is not the ARN of a RAM role.',
    remedy: 'Write it like acs:ram::1234567890123456:role/name.',
  },
  'aliyun.role.account': {
    code: 'invalid',
    meaning: 'This is not the id of an Alibaba Cloud account.',
    remedy: 'Write its digits, as the console shows them under Account ID.',
  },
  'aliyun.role.name': {
    code: 'invalid',
    meaning: 'This is not the name of a RAM role.',
    remedy: 'A name has up to 64 letters, digits, periods and hyphens.',
  },
  'aliyun.role.absent': {
    code: 'invalid',
    meaning: 'The connection does not know its role yet.',
    remedy: 'Name the account or the role: sluice connection update NAME --account-id ID, or --role-arn ARN.',
  },
  'aliyun.role.missing': {
    code: 'denied',
    meaning: 'There is no role of that name in the account.',
    remedy: 'Apply the setup that `sluice connection setup` shows, or correct the ARN of the role.',
  },
  'aliyun.role.no_identity': {
    code: 'unsupported',
    meaning: 'This Sluice has no identity of its own in Alibaba Cloud, so no role can trust it.',
    remedy:
      'What works without one: the method `oidc`, where Sluice is an issuer, and `keys` with an AccessKey of the customer. For roles, the operator names an identity of ours with SLUICE_ALIYUN_PRINCIPAL_ARN, gives the server its credentials, and starts it again; sluice server doctor says what is missing.',
  },
  'aliyun.oidc.provider': {
    code: 'invalid',
    meaning: 'This is not the ARN of an OIDC identity provider in RAM.',
    remedy: 'Write it like acs:ram::1234567890123456:oidc-provider/name.',
  },
  'aliyun.external_id': {
    code: 'invalid',
    meaning: 'This is not an external id that Alibaba Cloud accepts.',
    remedy: 'Use 2 to 1,224 letters, digits and _+=,.@:/-, or leave it out: Sluice issues one.',
  },
  'aliyun.key.malformed': {
    code: 'invalid',
    meaning: 'This is not an AccessKey of Alibaba Cloud.',
    remedy: 'Copy the AccessKey id (LTAI… or STS.…) and the AccessKey secret whole.',
  },
  'aliyun.key.token_required': {
    code: 'invalid',
    meaning: 'A temporary AccessKey (STS.…) works only with its security token.',
    remedy: 'Enter the security token too, or a permanent AccessKey (LTAI…).',
  },
  'aliyun.key.token_unexpected': {
    code: 'invalid',
    meaning: 'A permanent AccessKey (LTAI…) has no security token.',
    remedy: 'Leave the security token out, or enter the temporary AccessKey (STS.…) it belongs to.',
  },
  'aliyun.lease.empty': {
    code: 'invalid',
    meaning: 'A lease that allows nothing was asked for.',
    remedy: 'Name at least one of list, read, write, delete.',
  },
  'aliyun.lease.too_short': {
    code: 'invalid',
    meaning: 'Alibaba Cloud issues no credential for less than 15 minutes.',
    remedy: 'Ask for at least 900 seconds.',
  },
  'aliyun.lease.policy_too_large': {
    code: 'limited',
    meaning: 'The session policy that narrows the lease to this location is longer than STS takes. It is never widened instead.',
    remedy: 'Ask for one access at a time, a shorter prefix, or fewer KMS keys on the connection.',
  },
  'aliyun.lease.wildcard': {
    code: 'unsupported',
    meaning: 'The location has a *, a ? or a ${ in its path, which RAM policies read as wildcards and cannot take literally.',
    remedy: 'Use the folder above it, or move the objects under a path without these characters.',
  },
} as const satisfies { readonly [reason: string]: Reason }
