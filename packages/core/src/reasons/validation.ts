import type { Reason } from './reason.ts'

const CHECK_AGAIN = 'Make the change the check names, then validate again.'

/** Reasons of failed checks, and of validation itself. */
export const VALIDATION_REASONS = {
  'validation.unclear': {
    code: 'unavailable',
    meaning: 'The answer allows no conclusion.',
    remedy: 'Validate again; if it lasts, look at the request named.',
  },
  'validation.unexpected_success': {
    code: 'unavailable',
    meaning: 'The store accepted a request that refers to something that does not exist.',
    remedy: 'Nothing can be concluded about this permission from outside; compare the policies.',
    retry: 'never',
  },
  'configuration.incomplete': {
    code: 'invalid',
    meaning: 'The connection lacks something that validation needs.',
    remedy: 'Update the connection as the message says.',
  },
  'identity.rejected': {
    code: 'denied',
    meaning: 'The cloud does not accept the credentials presented.',
    remedy: 'Renew the credentials.',
  },
  'trust.refused': {
    code: 'denied',
    meaning: 'The role does not let us assume it: it does not exist, trusts another principal, or expects another external id.',
    remedy: 'Compare the trust policy with the one of the setup.',
  },
  'trust.open_without_external_id': {
    code: 'denied',
    meaning: 'The role can be assumed without an external id.',
    remedy: 'Add the sts:ExternalId condition to the trust policy.',
  },
  'trust.open_with_any_external_id': {
    code: 'denied',
    meaning: 'The role can be assumed with a wrong external id.',
    remedy: 'Compare the external id with StringEquals in the trust policy.',
  },
  'trust.open_to_strangers': {
    code: 'denied',
    meaning: 'The trust lets in the token of a connection that nobody has: it accepts any subject.',
    remedy: 'Compare the subject of the token with the one of this connection, exactly.',
  },
  'trust.open_to_other_audiences': {
    code: 'denied',
    meaning: 'The trust lets in a token that was issued for somebody else: it accepts any audience.',
    remedy: 'Compare the audience of the token with the one of the setup, exactly.',
  },
  'bucket.missing': { code: 'not_found', meaning: 'No bucket has this name.', remedy: 'Correct the name, or create the bucket.' },
  'bucket.foreign': {
    code: 'denied',
    meaning: 'The bucket belongs to another account than expected.',
    remedy: 'Check who owns the bucket before anything is written to it.',
  },
  'bucket.owner_unconfirmed': {
    code: 'denied',
    meaning: 'Nothing confirms that the bucket belongs to the expected account.',
    remedy: 'Check who owns the bucket.',
  },
  'region.mismatch': {
    code: 'invalid',
    meaning: 'The bucket is in another region than the connection is pinned to.',
    remedy: 'Correct the region, or leave it out to have it discovered.',
  },
  'region.not_ours': {
    code: 'invalid',
    meaning: 'The bucket is in none of the regions of this platform, which the connection requires.',
    remedy: 'Use a bucket in one of our regions.',
  },
  'permissions.missing': {
    code: 'denied',
    meaning: 'The identity of the connection does not hold the permissions that its purposes need.',
    remedy: 'Grant the permissions that the check names.',
  },
  'permissions.conditional': {
    code: 'denied',
    meaning: 'The bucket grants the permissions, but a condition of the grant leaves the location out.',
    remedy: 'Make the condition cover the location.',
  },
  'list.denied': { code: 'denied', meaning: 'Listing was refused without a reason.', remedy: CHECK_AGAIN },
  'list.not_granted': { code: 'denied', meaning: 'No policy allows listing.', remedy: CHECK_AGAIN },
  'list.denied_explicitly': { code: 'denied', meaning: 'A policy denies listing.', remedy: CHECK_AGAIN },
  'read.denied': { code: 'denied', meaning: 'Reading was refused without a reason.', remedy: CHECK_AGAIN },
  'read.not_granted': { code: 'denied', meaning: 'No policy allows reading.', remedy: CHECK_AGAIN },
  'read.denied_explicitly': { code: 'denied', meaning: 'A policy denies reading.', remedy: CHECK_AGAIN },
  'object.foreign': {
    code: 'denied',
    meaning: 'The object is owned by another account than the bucket.',
    remedy: 'Set Object Ownership to bucket owner enforced.',
  },
  'encryption.key_refuses': {
    code: 'denied',
    meaning: 'The KMS key does not let us use it.',
    remedy: 'Allow the role on the key, in its own policy and in the key’s.',
  },
  'encryption.key_unusable': {
    code: 'denied',
    meaning: 'The KMS key is disabled, pending deletion, or gone.',
    remedy: 'Enable the key, or cancel its deletion.',
  },
  'write.denied': { code: 'denied', meaning: 'Writing was refused without a reason.', remedy: CHECK_AGAIN },
  'write.not_granted': { code: 'denied', meaning: 'No policy allows writing.', remedy: CHECK_AGAIN },
  'write.denied_explicitly': { code: 'denied', meaning: 'A policy denies writing.', remedy: CHECK_AGAIN },
  'delete.denied': { code: 'denied', meaning: 'Deleting was refused without a reason.', remedy: CHECK_AGAIN },
  'delete.not_granted': { code: 'denied', meaning: 'No policy allows deleting.', remedy: CHECK_AGAIN },
  'delete.denied_explicitly': { code: 'denied', meaning: 'A policy denies deleting.', remedy: CHECK_AGAIN },
  'lease.too_wide': {
    code: 'internal',
    meaning: 'A lease allowed more than its scope.',
    remedy: 'Stop using the connection and report this: it is a defect of Sluice or of the store.',
  },
  'grant.broader': {
    code: 'denied',
    meaning: 'The grant allows more than was asked.',
    remedy: 'Replace the policy by the one of the setup.',
  },
  'probe.left_behind': { code: 'denied', meaning: 'A probe object of ours could not be removed.', remedy: 'Delete the object named.' },
} as const satisfies { readonly [reason: string]: Reason }
