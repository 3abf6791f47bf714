import type { ConnectionView } from '@sluice/api'
import { EVIDENCE_CLOUDS, evidenceReads, type EvidenceSubject } from '@sluice/core'
import { usage, type Invocation, type Options } from '../invocation.ts'

/** What there is to read of a connection, asked of its server by its name. */
export async function subjectNamed(name: string, invocation: Invocation): Promise<EvidenceSubject> {
  const client = await invocation.client()
  return subjectOfConnection((await client.connections.show(name, invocation.terminal.signal)).connection)
}

/** The same, as the server shows the connection: nothing in it is secret. */
function subjectOfConnection({ name, cloud, auth, locations, access, settings, pinned }: ConnectionView): EvidenceSubject {
  const known = EVIDENCE_CLOUDS.find((one) => one === cloud)
  if (known === undefined)
    throw usage(
      `The cloud ${cloud} of ${name} has nothing to read with the customer’s own eyes.`,
      `It is known of ${EVIDENCE_CLOUDS.join(', ')}.`,
    )
  const field = (id: string): string | undefined => {
    const value = auth[id]
    return typeof value === 'string' ? value : undefined
  }
  const [location] = locations
  const keys = [settings.encryption?.keyId, ...(settings.kmsReadKeys ?? []), ...(settings.kmsWriteKeys ?? [])]
  return compact({
    cloud: known,
    method: auth.method,
    roleArn: field('roleArn'),
    principal: field('serviceAccount') ?? field('clientEmail'),
    accessKeyId: field('accessKeyId'),
    clientId: field('clientId'),
    location: location?.url,
    access,
    region: settings.region ?? pinned?.region,
    keys: [...new Set(keys.filter((one) => one !== undefined))],
  })
}

/** What there is to read, as the command line says it. */
export function subjectOfOptions({ options }: Invocation): EvidenceSubject {
  const given = {
    principal: options.text('principal'),
    roleArn: options.text('role'),
    location: options.text('location'),
    region: options.text('region'),
    keys: options.list('key'),
  }
  if (given.roleArn === undefined && given.principal === undefined && given.location === undefined)
    throw usage('There is nothing to read.', 'Name a connection, or give --role, --principal or --location.')
  return compact({ cloud: cloudOf(options, [given.roleArn, given.principal, given.location]), ...given })
}

/** Refuses a subject of which nothing is known that could be read: its bucket, account, role or user. */
export function requireReadable(subject: EvidenceSubject): EvidenceSubject {
  if (evidenceReads(subject, new Map()).some(({ read }) => read.id !== 'caller')) return subject
  throw usage(
    'There is nothing to read: neither a bucket nor a role is named that could be looked up.',
    `Name the bucket by its whole URL${subject.cloud === 'azure' ? ', with the storage account in it: https://ACCOUNT.blob.core.windows.net/CONTAINER/' : ''}, and the role by its ARN.`,
  )
}

/** What each cloud's names look like. */
const SIGNS: { readonly [cloud in EvidenceSubject['cloud']]: RegExp } = {
  aws: /^(arn:|s3[an]?:\/\/)|amazonaws\.com/i,
  gcp: /^gc?s:\/\/|gserviceaccount\.com|googleapis\.com/i,
  azure: /^(azure|azblob|abfss?|wasbs?):\/\/|\.core\.(windows|chinacloudapi|usgovcloudapi)\./i,
  aliyun: /^(acs:|oss:\/\/)|aliyuncs\.com/i,
}

function cloudOf(options: Options, named: readonly (string | undefined)[]): EvidenceSubject['cloud'] {
  const asked = options.text('cloud')
  const shown = EVIDENCE_CLOUDS.find((one) => named.some((text) => text !== undefined && SIGNS[one].test(text.trim())))
  const cloud = EVIDENCE_CLOUDS.find((one) => one === asked) ?? shown
  if (cloud === undefined) throw usage('Which cloud this is about cannot be told.', `Give --cloud ${EVIDENCE_CLOUDS.join('|')}.`)
  return cloud
}

/** A subject without what is not known. */
function compact(given: { readonly [name in keyof EvidenceSubject]: EvidenceSubject[name] | undefined }): EvidenceSubject {
  const { cloud, keys, access, ...texts } = given
  const known = Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== undefined))
  return {
    // What is left out is not required, and the cloud always is known.
    cloud: cloud as EvidenceSubject['cloud'],
    ...known,
    ...(access === undefined || access.length === 0 ? {} : { access }),
    ...(keys === undefined || keys.length === 0 ? {} : { keys }),
  }
}
