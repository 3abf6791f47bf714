import type { Location, Remedy } from '@sluice/core'
import { shellWord } from '../../setup/shell.ts'
import type { DataRemedies, RefusedRequest } from '../../validation/context.ts'
import type { RemedyFacts } from './facts.ts'
import { obstacleRemedy } from './obstacle-remedies.ts'

/** The remedies of the data checks on Google Cloud: who changes what where, with the command that does it. */
export function gcpDataRemedies(facts: RemedyFacts): DataRemedies {
  const { connection, verify } = facts
  const denied = ({ location, actions }: RefusedRequest): Remedy => grantRemedy(facts, location, actions)
  return {
    bucketMissing: (location) => ({
      who: 'data-owner',
      where: 'the connection’s location, or Cloud Storage > Buckets',
      summary: `Correct the bucket name in the connection’s location, or create the bucket ${location.bucket}.`,
      command: `gcloud storage buckets describe ${bucketUrl(location)}`,
      verify,
    }),
    bucketOwner: (location, expected) => ({
      who: 'data-owner',
      where: 'Cloud Storage > Buckets, in the project that should own it',
      summary: `Find out which project ${location.bucket} belongs to. If another than ${expected} is meant to own it, say so: sluice connection update ${connection.name} --expected-bucket-owner NUMBER. If not, somebody else took the name: use a bucket of your own.`,
      command: `gcloud storage buckets describe ${bucketUrl(location)} --raw --format='value(projectNumber)'`,
      risk: 'Naming the wrong owner would send your data to them.',
      undo: `sluice connection update ${connection.name} --expected-bucket-owner ${expected}`,
      verify,
    }),
    region: (location, wanted, got) => ({
      who: 'platform',
      where: 'the connection',
      summary: `The bucket ${location.bucket} is in ${got}. Set that region, or none; or use a bucket in ${wanted}.`,
      command: `sluice connection update ${connection.name} --region ${got}`,
      verify,
    }),
    denied,
    // Objects of another owner than the bucket's exist with ACLs only.
    foreignObject: ({ location }) => ({
      who: 'data-owner',
      where: `Cloud Storage > Buckets > ${location.bucket} > Permissions`,
      summary: 'Turn uniform bucket-level access on: then the bucket’s grants count for every object in it, whoever wrote it.',
      command: `gcloud storage buckets update ${bucketUrl(location)} --uniform-bucket-level-access`,
      risk: 'Access that is granted by ACLs of objects ends.',
      undo: `gcloud storage buckets update ${bucketUrl(location)} --no-uniform-bucket-level-access (within 90 days)`,
      verify,
    }),
    encryption: ({ location }) => ({
      who: 'cloud-admin',
      where: 'Security > Key Management > the key > Permissions',
      summary: `Let the Cloud Storage service agent of the project of ${location.bucket} use the key: it encrypts and decrypts for everybody, and we need no right on the key ourselves. Objects written with other keys need the same there.`,
      command: `gcloud storage service-agent --project=${facts.project} --authorize-cmek=projects/PROJECT/locations/LOCATION/keyRings/RING/cryptoKeys/KEY`,
      risk: 'Whoever may read or write objects of the project can then do so under this key.',
      undo: 'gcloud kms keys remove-iam-policy-binding KEY --keyring=RING --location=LOCATION --member=serviceAccount:service-NUMBER@gs-project-accounts.iam.gserviceaccount.com --role=roles/cloudkms.cryptoKeyEncrypterDecrypter',
      verify,
    }),
    keyState: () => ({
      who: 'cloud-admin',
      where: 'Security > Key Management > the key > Versions',
      summary: 'Enable the key version again, or restore it while its destruction is pending.',
      command: 'gcloud kms keys versions enable VERSION --key=KEY --keyring=RING --location=LOCATION',
      risk: 'Whoever is granted the key can use it again.',
      undo: 'gcloud kms keys versions disable VERSION --key=KEY --keyring=RING --location=LOCATION',
      verify,
    }),
    leaseTooWide: () => ({
      who: 'platform',
      where: 'the access boundary that Sluice puts on its leases',
      summary: 'This is ours to repair, not the customer’s: report it with the request id.',
      verify,
    }),
    broader: (location, findings) => ({
      who: 'cloud-admin',
      where: `Cloud Storage > Buckets > ${location.bucket} > Permissions, and IAM & Admin > IAM`,
      summary: `Grant ${facts.member} nothing but ${facts.role} on ${location.bucket}, with the condition of the setup; remove its other roles there and in the project. Our leases never use the rest (${findings.join('; ')}), but the grant allows it.`,
      ...snippetOf(facts, 'condition'),
      command: `gcloud storage buckets get-iam-policy ${bucketUrl(location)}`,
      risk: 'Whatever else relies on the wider grant of this principal stops working.',
      undo: 'Grant the former roles again; copy the policy before the change.',
      verify,
    }),
    leftover: (keys) => ({
      who: 'data-owner',
      where: 'the bucket',
      summary: `Delete ${keys.join(', ')}. A retention policy, a hold or a missing storage.objects.delete keeps us from doing it.`,
      verify,
    }),
    obstacle: (error, location) => obstacleRemedy(facts, error, location),
  }
}

/** Grants the custom role of the setup, which holds exactly what the connection asked for. */
export function grantRemedy(facts: RemedyFacts, location: Location, permissions: readonly string[]): Remedy {
  const condition = facts.artifact('condition')
  const binding = `${bucketUrl(location)} --member=${shellWord(facts.member)} --role=${shellWord(facts.role)}`
  return {
    who: 'cloud-admin',
    where: `Cloud Storage > Buckets > ${location.bucket} > Permissions, and IAM & Admin > Roles`,
    summary: `Grant ${permissions.join(', ')} on ${location.bucket} to ${facts.member}: the custom role ${facts.role} must hold it, and the bucket must grant that role${condition === undefined ? '' : ' with a condition that covers the location'}. Applying the setup again does both.`,
    ...snippetOf(facts, condition === undefined ? 'custom-role' : 'condition'),
    command: `gcloud iam roles update ${roleId(facts.role)} --project=${facts.project} --add-permissions=${permissions.join(',')} && gcloud storage buckets add-iam-policy-binding ${binding} ${condition === undefined ? '--condition=None' : '--condition-from-file=condition.json'}`,
    risk: 'None for others: role and grant are this connection’s own.',
    undo: `gcloud storage buckets remove-iam-policy-binding ${binding} --all`,
    verify: facts.verify,
  }
}

export function bucketUrl({ bucket }: Location): string {
  return shellWord(`gs://${bucket}`)
}

function snippetOf(facts: RemedyFacts, id: string): Pick<Remedy, 'snippet'> {
  const text = facts.artifact(id)
  return text === undefined ? {} : { snippet: text }
}

function roleId(role: string): string {
  return role.slice(role.lastIndexOf('/') + 1)
}
