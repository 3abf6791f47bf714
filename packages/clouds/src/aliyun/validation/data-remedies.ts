import type { Connection, Remedy, Setup } from '@sluice/core'
import type { DataRemedies, RefusedRequest } from '../../validation/context.ts'
import type { Denial } from '../../validation/denial.ts'

/** The remedies of the data checks on OSS: who changes which document where, in Alibaba Cloud's own words. */
export function aliyunDataRemedies(connection: Connection, setup: Setup | undefined): DataRemedies {
  const by = holderOf(connection, setup)
  const { holder, where, verify, noHistory, policy } = by
  return {
    bucketMissing: (location) => ({
      who: 'data-owner',
      where: 'the connection’s location, or the OSS console',
      summary: `Correct the bucket name in the connection’s location, or create the bucket ${location.bucket}.`,
      command: `aliyun oss stat oss://${location.bucket}`,
      verify,
    }),
    bucketOwner: (location, expected) => ({
      who: 'data-owner',
      where: 'OSS console > Buckets, signed in to the account that should own it',
      summary:
        `Find out who owns ${location.bucket}. If another account than ${expected} is meant to, say so: sluice connection update ${connection.name} --expected-bucket-owner ACCOUNT, ` +
        'and allow the role in that bucket’s policy. If not, somebody else registered the name: use a bucket of your own.',
      command: `aliyun oss stat oss://${location.bucket}`,
      risk: 'Naming the wrong owner would send your data to them.',
      undo: `sluice connection update ${connection.name} --expected-bucket-owner ${expected}`,
      verify,
    }),
    region: (location, wanted, got) => ({
      who: 'platform',
      where: 'the connection’s settings',
      summary: `The bucket ${location.bucket} is in ${got}, the connection wants ${wanted}. Set the region to ${got}, or leave it out to have it discovered; or use a bucket in ${wanted}.`,
      command: `sluice connection update ${connection.name} --region ${got}`,
      risk: 'None: where the data lies does not change.',
      undo: `sluice connection update ${connection.name} --region ${wanted}`,
      verify,
    }),
    denied: (request, denial) => {
      if (denial.effect === 'explicit') return explicit(by, request, denial)
      if (denial.layer === 'session') return ours(request, verify)
      if (denial.layer === 'scp')
        return {
          ...explicit(by, request, denial),
          summary: `Allow ${denial.action ?? request.actions.join(', ')} there: what a control policy does not allow, no other policy can.`,
        }
      return denial.bare ? unexplained(by, request) : granted(by, request)
    },
    // Objects of OSS belong to whoever owns their bucket: there is no other account's object in it.
    foreignObject: (request) => unexplained(by, request),
    encryption: (request, denial) => encryption(by, request, denial),
    keyState: (request) => encryption(by, request, undefined),
    leaseTooWide: () => ours(undefined, verify),
    broader: (location, findings) => ({
      who: 'cloud-admin',
      where,
      summary: `Replace the policy of ${holder} by the one below, which covers ${location.bucket}/${location.prefix} alone. Our leases never use the rest (${findings.join('; ')}), but ${connection.auth.method === 'keys' ? 'the AccessKey' : 'the role'} could.`,
      ...(policy === undefined ? {} : { snippet: policy }),
      risk: 'Whatever else relies on the wider grant stops working.',
      undo: noHistory,
      verify,
    }),
    leftover: (keys) => ({
      who: 'data-owner',
      where: 'the bucket',
      summary: `Delete ${keys.join(', ')}. A retention policy or a missing oss:DeleteObject keeps us from doing it.`,
      verify,
    }),
  }
}

interface Holder {
  /** Of the connection. */
  readonly name: string
  readonly holder: string
  /** How a bucket policy names it. */
  readonly principal: string
  readonly where: string
  readonly verify: string
  readonly noHistory: string
  readonly policy: string | undefined
}

function holderOf({ name, auth }: Connection, setup: Setup | undefined): Holder {
  const { roleArn } = auth.fields
  const account = roleArn?.split(':')[3] ?? ''
  const role = roleArn?.slice(roleArn.lastIndexOf('/') + 1) ?? ''
  return {
    name,
    holder: roleArn === undefined ? 'the RAM user of the AccessKey' : `the role ${roleArn}`,
    principal: roleArn === undefined ? 'UID of the RAM user' : `arn:sts::${account}:assumed-role/${role}/*`,
    where:
      roleArn === undefined ? 'RAM console > Identities > Users > Permissions' : `RAM console > Identities > Roles > ${role} > Permissions`,
    verify: `sluice connection validate ${name}`,
    noHistory: 'Put the former document back; copy it before the change.',
    policy: setup?.artifacts.find((artifact) => artifact.id === 'permission-policy')?.text,
  }
}

function resourceOf(request: RefusedRequest): string {
  const { bucket, prefix, extent } = request.location
  if (isListing(request)) return `acs:oss:*:*:${bucket}`
  return `acs:oss:*:*:${bucket}/${prefix}${extent === 'object' ? '' : '*'}`
}

function isListing({ actions }: RefusedRequest): boolean {
  return actions.every((action) => action === 'oss:ListObjects')
}

function granted(by: Holder, request: RefusedRequest): Remedy {
  const resource = resourceOf(request)
  return {
    who: 'cloud-admin',
    where: by.where,
    summary: isListing(request)
      ? `Allow oss:ListObjects on ${resource} (the bucket itself, without /*) to ${by.holder}, with oss:Prefix conditions, if any, that cover ${request.location.prefix || 'the whole bucket'}.`
      : `Allow ${request.actions.join(', ')} on ${resource} to ${by.holder}. Resources of objects end in /*: a statement on the bucket or folder alone covers no object.`,
    snippet: by.policy ?? JSON.stringify({ Effect: 'Allow', Action: request.actions, Resource: resource }, null, 2),
    risk: 'None for others: the statement only adds what the connection asked for.',
    undo: 'Remove the statement again.',
    verify: by.verify,
  }
}

function explicit(by: Holder, request: RefusedRequest, denial: Denial): Remedy {
  const bucketPolicy = ['data-owner', `OSS console > ${request.location.bucket} > Permission Control > Bucket Policy`] as const
  const place: { readonly [layer: string]: readonly [Remedy['who'], string] } = {
    identity: ['cloud-admin', by.where],
    resource: bucketPolicy,
    session: ['platform', 'the session policy of our leases'],
    scp: ['organization', 'Resource Management console > Resource Directory > Control Policies'],
  }
  const [who, where] = place[denial.layer ?? ''] ?? bucketPolicy
  return {
    who,
    where,
    summary: `A Deny statement there covers ${denial.action ?? request.actions[0] ?? 'the request'}: except ${by.holder} from it, or remove it if nobody needs it. An Allow elsewhere cannot outweigh it.`,
    risk: 'The exception lets us past the rule the statement enforces; ask its author why it is there.',
    undo: by.noHistory,
    verify: by.verify,
  }
}

function unexplained(by: Holder, request: RefusedRequest): Remedy {
  const { bucket } = request.location
  return {
    who: 'data-owner',
    where: `OSS console > ${bucket} > Permission Control`,
    summary:
      `OSS gave no reason. If the bucket belongs to another account than ${by.holder}, its bucket policy must allow ${request.actions.join(', ')}: RAM policies of ours count nothing there. ` +
      'A hotlink protection that refuses an empty Referer, a restriction to certain addresses, and Pay-by-requester without the connection’s setting for it look the same.',
    snippet: JSON.stringify(
      {
        Version: '1',
        Statement: [{ Effect: 'Allow', Principal: [by.principal], Action: request.actions, Resource: [resourceOf(request)] }],
      },
      null,
      2,
    ),
    risk: 'The statement lets this one principal in, and nobody else.',
    undo: 'Remove the statement again.',
    verify: by.verify,
  }
}

/** OSS passes on nothing of what KMS said but that it refused: the permission, our lease and the state of the key look the same. */
function encryption(by: Holder, request: RefusedRequest, denial: Denial | undefined): Remedy {
  const actions = [...new Set([...request.actions, ...(denial?.action?.startsWith('kms:') === true ? [denial.action] : [])])]
  return {
    who: 'cloud-admin',
    where: by.where,
    summary:
      `Allow ${actions.join(' and ')} on the key that encrypts the objects to ${by.holder}, and name that key in the settings of the connection, for our leases reach only keys that are named there. ` +
      'If both are so, look in the KMS console whether the key is enabled.',
    snippet: JSON.stringify({ Effect: 'Allow', Action: actions, Resource: 'acs:kms:REGION:ACCOUNT:key/ID' }, null, 2),
    command: `sluice connection update ${by.name} --kms-read-key acs:kms:REGION:ACCOUNT:key/ID`,
    risk: 'The role or user can then use the key for everything the statement allows, not only through OSS: RAM cannot tell the two apart.',
    undo: 'Remove the statement again.',
    verify: by.verify,
  }
}

function ours(request: RefusedRequest | undefined, verify: string): Remedy {
  const what = request === undefined ? '' : ` It does not allow ${request.actions.join(', ')}.`
  return {
    who: 'platform',
    where: 'the session policy that Sluice puts on its leases',
    summary: `This is ours to repair, not the customer’s: report it with the request id.${what}`,
    verify,
  }
}
