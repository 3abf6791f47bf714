import type { Connection, Location, Remedy, Setup } from '@sluice/core'
import type { DataRemedies, RefusedRequest } from '../../validation/context.ts'
import type { Denial } from '../../validation/denial.ts'

/** The remedies of the data checks on AWS: who changes which document where, in AWS's own words. */
export function awsDataRemedies(connection: Connection, setup: Setup | undefined, partition: string): DataRemedies {
  const verify = `sluice connection validate ${connection.name}`
  const { roleArn } = connection.auth.fields
  const isOpen = connection.auth.method === 'none'
  const holder = isOpen ? 'everybody' : roleArn === undefined ? 'the user of the access key' : `the role ${roleArn}`
  const policy = setup?.artifacts.find((artifact) => artifact.id === 'permission-policy')?.text
  const arn = (location: Location): string => `arn:${partition}:s3:::${location.bucket}`
  const objects = (location: Location): string => `${arn(location)}/${location.prefix}${location.extent === 'object' ? '' : '*'}`
  const where = isOpen
    ? 'S3 console > the bucket > Permissions > Bucket policy'
    : roleArn === undefined
      ? 'IAM console > Users > Permissions'
      : `IAM console > Roles > ${lastPart(roleArn)} > Permissions`
  const noHistory = 'Put the former document back; copy it before the change.'

  const granted = (request: RefusedRequest): Remedy => {
    const onBucket = request.actions.every((action) => action === 's3:ListBucket')
    const resource = onBucket ? arn(request.location) : objects(request.location)
    return {
      who: 'cloud-admin',
      where,
      summary: onBucket
        ? `Allow s3:ListBucket on ${resource} (the bucket’s own ARN, without /*) to ${holder}, with s3:prefix conditions, if any, that cover ${request.location.prefix || 'the whole bucket'}.`
        : `Allow ${request.actions.join(', ')} on ${resource} to ${holder}. Object ARNs end in /*: a statement on the bucket or folder alone covers no object.`,
      snippet: policy ?? JSON.stringify({ Effect: 'Allow', Action: request.actions, Resource: resource }, null, 2),
      risk: 'None for others: the statement only adds what the connection asked for.',
      undo: 'Remove the statement again.',
      verify,
    }
  }

  const explicit = (request: RefusedRequest, denial: Denial): Remedy => {
    const place: { readonly [layer: string]: readonly [Remedy['who'], string] } = {
      identity: ['cloud-admin', where],
      resource: ['data-owner', `S3 console > ${request.location.bucket} > Permissions > Bucket policy`],
      session: ['platform', 'the session policy of our leases'],
      boundary: ['cloud-admin', `${where} > Permissions boundary`],
      scp: ['organization', 'AWS Organizations > Policies > Service control policies'],
      rcp: ['organization', 'AWS Organizations > Policies > Resource control policies'],
      'vpc-endpoint': ['platform', 'VPC console > Endpoints > Policy'],
    }
    const [who, at] = place[denial.layer ?? ''] ?? ['data-owner', `S3 console > ${request.location.bucket} > Permissions > Bucket policy`]
    return {
      who,
      where: at,
      summary: `A Deny statement there covers ${denial.action ?? request.actions[0] ?? 'the request'}: except ${holder} from it (a condition ArnNotEquals aws:PrincipalArn), or remove it if nobody needs it. An Allow elsewhere cannot outweigh it.`,
      risk: 'The exception lets this one role past the rule the statement enforces; ask its author why it is there.',
      undo: noHistory,
      verify,
    }
  }

  const unexplained = (request: RefusedRequest): Remedy => ({
    who: 'data-owner',
    where: `S3 console > ${request.location.bucket} > Permissions`,
    summary:
      `S3 gave no reason, as it does when bucket and role are of different accounts. Then both must allow ${request.actions.join(', ')}: the bucket policy must name ${holder}, ` +
      'and its own policy must allow the same. Requester Pays without the connection’s setting for it looks the same.',
    snippet: JSON.stringify(
      {
        Effect: 'Allow',
        Principal: { AWS: roleArn ?? 'ARN of the user' },
        Action: request.actions,
        Resource: request.actions.includes('s3:ListBucket') ? arn(request.location) : objects(request.location),
      },
      null,
      2,
    ),
    risk: 'The statement lets this one principal of another account in, and nobody else.',
    undo: 'Remove the statement again.',
    verify,
  })

  return {
    bucketMissing: (location) => ({
      who: 'data-owner',
      where: 'the connection’s location, or the S3 console',
      summary: `Correct the bucket name in the connection’s location, or create the bucket ${location.bucket}.`,
      command: `aws s3api head-bucket --bucket ${location.bucket}`,
      verify,
    }),
    bucketOwner: (location, expected) => ({
      who: 'data-owner',
      where: 'S3 console > Buckets, signed in to the account that should own it',
      summary:
        `Find out who owns ${location.bucket}. If another account than ${expected} is meant to, say so: sluice connection update ${connection.name} --expected-bucket-owner ACCOUNT, ` +
        'and allow the role in that bucket’s policy. If not, somebody else registered the name: use a bucket of your own.',
      command: `aws s3api list-buckets --query "Buckets[?Name=='${location.bucket}']"`,
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
      if (denial.effect === 'explicit') return explicit(request, denial)
      if (denial.bare) return unexplained(request)
      if (denial.layer === 'boundary' || denial.layer === 'scp' || denial.layer === 'rcp' || denial.layer === 'vpc-endpoint')
        return explicitlyNotAllowed(explicit(request, denial), request, denial)
      if (denial.layer === 'session') return ours(request, verify)
      return granted(request)
    },
    foreignObject: (request) => ({
      who: 'data-owner',
      where: `S3 console > ${request.location.bucket} > Permissions > Object Ownership`,
      summary: 'Set Object Ownership to “Bucket owner enforced”: the bucket’s account then owns every object, also those already there.',
      command: `aws s3api put-bucket-ownership-controls --bucket ${request.location.bucket} --ownership-controls 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]'`,
      risk: 'ACLs stop working: copy what they grant into the bucket policy first. Uploads that send an ACL fail from then on.',
      undo: `aws s3api put-bucket-ownership-controls --bucket ${request.location.bucket} --ownership-controls 'Rules=[{ObjectOwnership=ObjectWriter}]'`,
      verify,
    }),
    encryption: (request, denial) => encryption(request, denial, { holder, roleArn, where, verify, noHistory }),
    keyState: () => ({
      who: 'cloud-admin',
      where: 'KMS console > Customer managed keys > the key that the message names > Key actions',
      summary:
        'Enable the key, or cancel its deletion. If it is gone for good, what it encrypted cannot be read again: copy new objects under another key.',
      command: 'aws kms enable-key --key-id KEY   # or: aws kms cancel-key-deletion --key-id KEY',
      risk: 'Everything else that this key encrypts becomes readable again to whoever its policy allows.',
      undo: 'aws kms disable-key --key-id KEY',
      verify,
    }),
    leaseTooWide: () => ours(undefined, verify),
    broader: (location, findings) => ({
      who: 'cloud-admin',
      where,
      summary: `Replace the policy of ${holder} by the one below, which covers ${location.bucket}/${location.prefix} alone. Our leases never use the rest (${findings.join('; ')}), but the role could.`,
      ...(policy === undefined ? {} : { snippet: policy }),
      risk: 'Whatever else relies on the wider grant of this role stops working.',
      undo: noHistory,
      verify,
    }),
    leftover: (keys) => ({
      who: 'data-owner',
      where: 'the bucket',
      summary: `Delete ${keys.join(', ')}. Object Lock or a missing s3:DeleteObject keeps us from doing it.`,
      verify,
    }),
  }
}

function explicitlyNotAllowed(remedy: Remedy, request: RefusedRequest, denial: Denial): Remedy {
  return { ...remedy, summary: `Allow ${denial.action ?? request.actions.join(', ')} there: what it does not allow, no other policy can.` }
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

interface Holder {
  readonly holder: string
  readonly roleArn: string | undefined
  readonly where: string
  readonly verify: string
  readonly noHistory: string
}

/** KMS asks twice: the caller's own policy, and the key's. Its text says which of them was silent. */
function encryption(request: RefusedRequest, denial: Denial, by: Holder): Remedy {
  const key = denial.resource ?? 'the key’s ARN'
  const actions = [...new Set([...request.actions, ...(denial.action === undefined ? [] : [denial.action])])]
  if (denial.layer === 'session') return ours({ ...request, actions }, by.verify)
  if (denial.layer === 'identity' && denial.effect !== 'explicit')
    return {
      who: 'cloud-admin',
      where: by.where,
      summary: `Allow ${actions.join(' and ')} on ${key} to ${by.holder}. Objects copied from another encrypted bucket may need that bucket’s key as well.`,
      snippet: JSON.stringify({ Effect: 'Allow', Action: actions, Resource: key }, null, 2),
      risk: 'None for others.',
      undo: 'Remove the statement again.',
      verify: by.verify,
    }
  return {
    who: 'cloud-admin',
    where: `KMS console > Customer managed keys > ${key} > Key policy`,
    summary: `Add ${by.holder} to the key’s users, or to the Allow statement for ${actions.join(' and ')}; remove it from any Deny. The role’s own policy must allow the same unless the key policy names the role.`,
    snippet: JSON.stringify(
      { Effect: 'Allow', Principal: { AWS: by.roleArn ?? 'ARN of the user' }, Action: actions, Resource: '*' },
      null,
      2,
    ),
    risk: 'The role can then use the key for everything the statement allows, not only through S3; add a kms:ViaService condition to limit that.',
    undo: by.noHistory,
    verify: by.verify,
  }
}

function lastPart(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1)
}
