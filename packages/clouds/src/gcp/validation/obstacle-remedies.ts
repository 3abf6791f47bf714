import type { AccessError, Location, Remedy } from '@sluice/core'
import { bucketUrl } from './data-remedies.ts'
import type { RemedyFacts } from './facts.ts'

/** What to do about refusals that are none for want of permission, and yet say for certain what stands in the way. */
export function obstacleRemedy(facts: RemedyFacts, error: AccessError, location: Location): Remedy | undefined {
  return REMEDIES[error.reason]?.(facts, location)
}

type Make = (facts: RemedyFacts, location: Location) => Remedy

const REMEDIES: { readonly [reason: string]: Make } = {
  'gcp.requester_pays': ({ connection, verify }, location) => ({
    who: 'platform',
    where: 'the connection',
    summary: `${location.bucket} bills whoever asks (Requester Pays). Say that the connection pays, and which project is billed where it is not that of the service account; that project must let us (roles/serviceusage.serviceUsageConsumer).`,
    command: `sluice connection update ${connection.name} --requester-pays --billing-project PROJECT`,
    risk: 'Requests and traffic are billed to that project from then on.',
    undo: `sluice connection update ${connection.name} --no-requester-pays`,
    verify,
  }),
  'gcp.user_project': ({ connection, member, verify }) => ({
    who: 'cloud-admin',
    where: 'IAM & Admin > IAM, in the project that is billed',
    summary: `Grant roles/serviceusage.serviceUsageConsumer to ${member} in the project that shall be billed, or name another with sluice connection update ${connection.name} --billing-project PROJECT.`,
    command: `gcloud projects add-iam-policy-binding PROJECT --member='${member}' --role=roles/serviceusage.serviceUsageConsumer --condition=None`,
    risk: 'The principal can have any of its requests billed to that project.',
    undo: `gcloud projects remove-iam-policy-binding PROJECT --member='${member}' --role=roles/serviceusage.serviceUsageConsumer`,
    verify,
  }),
  'gcp.retention': ({ verify }, location) => ({
    who: 'data-owner',
    where: `Cloud Storage > Buckets > ${location.bucket} > Protection`,
    summary:
      'The bucket’s retention policy, or a hold, keeps objects from being replaced or deleted until its time is over. Use a bucket without one, shorten or remove the policy while it is not locked, or take deleting out of the connection’s purposes.',
    command: `gcloud storage buckets update ${bucketUrl(location)} --clear-retention-period`,
    risk: 'Objects that were kept can be deleted from then on, by whoever may delete; a legal obligation may forbid that.',
    undo: `gcloud storage buckets update ${bucketUrl(location)} --retention-period=PERIOD`,
    verify,
  }),
  'gcp.billing': ({ verify }) => ({
    who: 'cloud-admin',
    where: 'Billing > Account management',
    summary: 'Enable billing for the project of the bucket: its billing account is closed or disabled.',
    verify,
  }),
  'gcp.service_disabled': ({ verify, project }) => ({
    who: 'cloud-admin',
    where: 'APIs & Services > Enabled APIs & services',
    summary: 'Enable the API that the message names in the project that it names.',
    command: `gcloud services enable iamcredentials.googleapis.com sts.googleapis.com storage.googleapis.com --project=${project}`,
    risk: 'None: an API that is enabled grants nobody anything.',
    undo: `gcloud services disable iamcredentials.googleapis.com --project=${project}`,
    verify,
  }),
  'gcp.perimeter': ({ member, verify }) => ({
    who: 'organization',
    where: 'Security > VPC Service Controls',
    summary: `Add an ingress rule to the perimeter for ${member}; the unique identifier in the message leads to the entry in the audit log that says which rule refused.`,
    risk: 'The rule lets this one identity through the perimeter.',
    undo: 'Remove the ingress rule again.',
    verify,
  }),
  'gcp.org_policy': ({ verify }) => ({
    who: 'organization',
    where: 'IAM & Admin > Organization Policies',
    summary: 'Make an exception for the project from the constraint that the message names.',
    risk: 'The project is free of that rule from then on; ask its author why it is there.',
    undo: 'Remove the exception again.',
    verify,
  }),
}
