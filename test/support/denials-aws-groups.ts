/** What cannot be told apart on AWS from outside, by the refusal that they share. */
export const TOLD_ALIKE = {
  trust: ['aws.sts.role_missing', 'aws.sts.trust_principal', 'aws.sts.trust_orphan', 'aws.sts.external_id', 'aws.sts.rcp'],
  objectGrant: ['aws.id.object_arn', 'aws.id.action_missing', 'aws.id.invalid_action'],
  identityDeny: ['aws.id.explicit_deny', 'aws.id.revoked_session'],
  listGrant: ['aws.id.list_missing', 'aws.id.list_resource', 'aws.id.list_prefix', 'aws.id.invalid_action'],
  bucketDeny: ['aws.rp.deny', 'aws.rp.deny_network', 'aws.rp.deny_sse'],
  /** Of an answer without a reason, where nothing else tells. */
  untold: [
    'aws.own.foreign_object',
    'aws.requester_pays',
    'aws.bucket_foreign',
    'aws.rp.absent',
    'aws.bpa',
    'aws.id.object_arn',
    'aws.id.action_missing',
    'aws.id.invalid_action',
    'aws.id.explicit_deny',
    'aws.rp.deny',
    'aws.rp.deny_network',
    'aws.scp',
    'aws.rcp',
    'aws.pb',
    'aws.session_policy',
    'aws.vpce',
  ],
} satisfies { readonly [refusal: string]: readonly string[] }
