import type { Reason } from './reason.ts'

/** Reasons of Google Cloud. */
export const GCP_REASONS = {
  'gcp.denied': {
    code: 'denied',
    meaning: 'Cloud Storage refused the request.',
    remedy: 'Diagnose the connection: sluice connection diagnose NAME names the permission and who grants it.',
  },
  'gcp.unauthenticated': {
    code: 'denied',
    meaning: 'Google does not accept the access token: it has expired or was revoked, or its account was disabled.',
    remedy: 'Try again with a new lease; if it lasts, check that the service account exists and is enabled.',
  },
  'gcp.federation.provider': {
    code: 'denied',
    meaning: 'The workload identity pool or its provider does not exist, was deleted or is disabled.',
    remedy: 'Compare project number, pool and provider with those that `sluice connection setup` shows, letter by letter.',
  },
  'gcp.federation.refused': {
    code: 'denied',
    meaning: 'The workload identity provider does not accept our token: another issuer, audience or attribute condition than ours.',
    remedy: 'Compare issuer, allowed audiences and attribute condition of the provider with those of the setup.',
  },
  'gcp.federation.unreachable': {
    code: 'denied',
    meaning: 'Google could not get the keys of our issuer, so it cannot check our tokens.',
    remedy:
      'The operator of Sluice makes the issuer URL reachable from the internet (sluice server doctor), or its keys are uploaded to the provider.',
  },
  'gcp.impersonation.denied': {
    code: 'denied',
    meaning: 'We may not act as the service account, or it does not exist.',
    remedy: 'Grant us the role on the service account that `sluice connection setup` names, and compare its e-mail address.',
  },
  'gcp.signing.denied': {
    code: 'denied',
    meaning: 'We may not sign as the service account, which presigned URLs need.',
    remedy: 'Grant roles/iam.serviceAccountTokenCreator on the service account to whoever impersonates it, or do without presigned URLs.',
  },
  'gcp.key.rejected': {
    code: 'denied',
    meaning: 'Google does not accept the service account key: it was deleted or disabled, has ended, or its account is gone.',
    remedy: 'Create another key and store it: `sluice connection update NAME --key -`.',
  },
  'gcp.key.malformed': {
    code: 'invalid',
    meaning: 'This is not the key of a Google service account.',
    remedy: 'Give the whole JSON file that Google made with the key, as it is or in base64.',
  },
  'gcp.clock': {
    code: 'unavailable',
    meaning: 'The clock of the machine Sluice runs on is off.',
    remedy: 'The operator of Sluice sets the clock, best by NTP.',
    retry: 'never',
  },
  'gcp.kms.denied': {
    code: 'denied',
    meaning: 'Cloud Storage may not use the customer-managed key. The service agent of its project needs it, not we.',
    remedy: 'Grant roles/cloudkms.cryptoKeyEncrypterDecrypter on the key to the Cloud Storage service agent of the bucket’s project.',
  },
  'gcp.kms.unusable': {
    code: 'denied',
    meaning: 'The customer-managed key is disabled, destroyed, or in another place than the bucket.',
    remedy: 'The administrator of the key enables or restores its version.',
  },
  'gcp.retention': {
    code: 'denied',
    meaning: 'A retention policy or a hold keeps the object from being replaced or deleted.',
    remedy: 'Wait until its retention ends, release the hold, or use a bucket without them.',
  },
  'gcp.requester_pays': {
    code: 'denied',
    meaning: 'The bucket bills whoever asks (Requester Pays), and the request named no project to bill.',
    remedy: 'Allow it on the connection (requesterPays), and name the project to bill if it is not that of the service account.',
  },
  'gcp.user_project': {
    code: 'denied',
    meaning:
      'The project that shall be billed for the request does not let us: it does not exist, or serviceusage.services.use is missing.',
    remedy: 'Grant roles/serviceusage.serviceUsageConsumer on that project, or name another project to bill.',
  },
  'gcp.billing': {
    code: 'denied',
    meaning: 'The billing account of the project is closed or disabled.',
    remedy: 'The owner of the project enables billing for it.',
  },
  'gcp.service_disabled': {
    code: 'denied',
    meaning: 'An API that the request needs is not enabled in the project.',
    remedy: 'Enable the API that the message names, for example: gcloud services enable iamcredentials.googleapis.com.',
  },
  'gcp.perimeter': {
    code: 'denied',
    meaning: 'VPC Service Controls of the organization keep the request out.',
    remedy:
      'The administrator of the perimeter adds an ingress rule for our identity; the unique identifier in the message leads to the log entry.',
  },
  'gcp.org_policy': {
    code: 'denied',
    meaning: 'An organization policy forbids the request.',
    remedy: 'The administrator of the organization makes an exception from the constraint that the message names.',
  },
  'gcp.throttled': {
    code: 'unavailable',
    meaning: 'Google asked for fewer requests a second.',
    remedy: 'Try again; one object takes about one change a second.',
    retry: 'later',
  },
  'gcp.unavailable': {
    code: 'unavailable',
    meaning: 'Google could not answer.',
    remedy: 'Try again; if it lasts, look at the status page of Google Cloud.',
    retry: 'later',
  },
  'gcp.rejected': {
    code: 'invalid',
    meaning: 'Google refused the request for a reason that has no entry of its own.',
    remedy: 'Read the code and message of Google that come with the error.',
  },
  'gcp.provider.malformed': {
    code: 'invalid',
    meaning: 'This does not name a provider of a workload identity pool.',
    remedy:
      'Write it like projects/123456789012/locations/global/workloadIdentityPools/POOL/providers/PROVIDER, with the number of the project.',
  },
  'gcp.provider.absent': {
    code: 'invalid',
    meaning: 'The connection does not know its workload identity provider yet.',
    remedy: 'Name it: sluice connection update NAME --provider RESOURCE_NAME, or --project-number NUMBER.',
  },
  'gcp.service_account.malformed': {
    code: 'invalid',
    meaning: 'This is not the e-mail address of a service account.',
    remedy: 'Write it like name@project.iam.gserviceaccount.com.',
  },
  'gcp.project.malformed': {
    code: 'invalid',
    meaning: 'This is not a Google Cloud project.',
    remedy: 'Write its id (6 to 30 lower-case letters, digits and hyphens) or its number.',
  },
  'gcp.role.malformed': {
    code: 'invalid',
    meaning: 'This is not the name of a custom role.',
    remedy: 'Write it like projects/my-project/roles/sluiceDelete, or organizations/123456789012/roles/sluiceDelete.',
  },
  'gcp.setting': {
    code: 'invalid',
    meaning: 'Cloud Storage cannot do what a setting of the connection asks for.',
    remedy: 'Remove the setting that the message names.',
  },
  'gcp.no_identity': {
    code: 'unsupported',
    meaning: 'This Sluice has no Google identity of its own that a customer could grant anything.',
    remedy:
      'What works without one: the methods `federation` and `service-account-key`. For grants, the operator names a service account of ours with SLUICE_GCP_SERVICE_ACCOUNT, gives the server its credentials, and starts it again.',
  },
  'gcp.no_issuer': {
    code: 'unsupported',
    meaning: 'This Sluice is no OpenID Connect issuer that a workload identity pool could trust.',
    remedy: 'The operator names the issuer’s URL with SLUICE_ISSUER_URL; the methods `grant` and `service-account-key` work without one.',
  },
  'gcp.lease.empty': {
    code: 'invalid',
    meaning: 'A lease that allows nothing was asked for.',
    remedy: 'Name at least one of list, read, write, delete.',
  },
  'gcp.lease.policy_too_large': {
    code: 'limited',
    meaning: 'The access boundary that narrows the lease to this location is longer than Google takes. It is never widened instead.',
    remedy: 'Ask for one access at a time, or a shorter prefix.',
  },
  'gcp.lease.delete_alone': {
    code: 'unsupported',
    meaning:
      'Google has no role that deletes objects and does not also create them, so such a lease cannot be said. It is never widened instead.',
    remedy:
      'Create a custom role that holds storage.objects.delete and nothing else, as the setup does, and name it: sluice connection update NAME --delete-role projects/PROJECT/roles/ROLE.',
  },
} as const satisfies { readonly [reason: string]: Reason }
