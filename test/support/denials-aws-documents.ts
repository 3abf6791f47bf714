import type { Json, JsonObject, PolicyDocument } from '@sluice/core'
import type { LabAws } from '@sluice/lab'
import { isEmpty, placeOf } from './case-places.ts'
import { HOLDER, ROLE_ARN, STRANGER_ACCOUNT, USER_ARN } from './denials-aws-names.ts'
import { BUCKET, CUSTOMER_ACCOUNT } from './installation.ts'

const NO_POLICY: PolicyDocument = { Version: '2012-10-17', Statement: [] }

/** What the connection asks as: the role it assumes, or the user whose key it has. */
export type Holder = 'role' | 'user'

function viewOf(aws: LabAws, kind: Holder) {
  return kind === 'user' ? aws.getUser(USER_ARN) : aws.getRole(ROLE_ARN)
}

/** The policies of the role or user, by where they are kept: inline ones by name, managed ones by ARN. */
function holderPolicies(aws: LabAws, kind: Holder): readonly (readonly [kept: string, document: PolicyDocument])[] {
  const holder = viewOf(aws, kind)
  const attached = (holder?.attached ?? []).map((arn) => [arn, aws.getPolicy(arn)] as const)
  return [...Object.entries(holder?.policies ?? {}), ...attached.flatMap(([arn, one]) => (one === undefined ? [] : [[arn, one] as const]))]
}

/** The `documents` of a case, as the customer would read them at this moment. */
export function documentsOf(aws: LabAws, kind: Holder): JsonObject {
  const role = kind === 'role' ? aws.getRole(ROLE_ARN) : undefined
  const holder = viewOf(aws, kind)
  const boundary = holder?.boundary === undefined ? undefined : aws.getPolicy(holder.boundary)
  const bucket = aws.getBucket(BUCKET)
  const keys = ownKeyPolicies(aws, bucket?.accountId)
  return {
    ...(role === undefined ? {} : { trustPolicy: role.trust }),
    ...(holder === undefined ? {} : { rolePolicies: holderPolicies(aws, kind).map(([, document]) => document) }),
    ...(boundary === undefined ? {} : { boundary }),
    ...(Object.keys(keys).length === 0 ? {} : { keyPolicies: keys }),
    scps: guardRails(aws, 'SERVICE_CONTROL_POLICY').map(({ document }) => document),
    rcps: guardRails(aws, 'RESOURCE_CONTROL_POLICY').map(({ document }) => document),
    // A stranger shows nothing of what is his.
    ...(bucket === undefined || bucket.accountId === STRANGER_ACCOUNT ? {} : bucketDocuments(bucket)),
  }
}

/** Of the keys of whoever else has written there nobody can show the policies. */
function ownKeyPolicies(aws: LabAws, bucketAccount: string | undefined): { readonly [arn: string]: PolicyDocument } {
  const own = (arn: string): boolean => [CUSTOMER_ACCOUNT, bucketAccount].includes(arn.split(':')[4])
  return Object.fromEntries(Object.entries(aws.keyPolicies()).filter(([arn]) => own(arn)))
}

function bucketDocuments({ policy, ownership, encryption, publicAccessBlock }: NonNullable<ReturnType<LabAws['getBucket']>>): JsonObject {
  const { algorithm, kmsKeyArn, bucketKey } = encryption
  return {
    bucketPolicy: policy ?? NO_POLICY,
    ownership,
    encryption: {
      ServerSideEncryptionConfiguration: {
        Rules: [
          {
            ApplyServerSideEncryptionByDefault: {
              SSEAlgorithm: algorithm,
              ...(kmsKeyArn === undefined ? {} : { KMSMasterKeyID: kmsKeyArn }),
            },
            BucketKeyEnabled: bucketKey === true,
          },
        ],
      },
    },
    publicAccessBlock: {
      BlockPublicAcls: publicAccessBlock.blockPublicAcls,
      IgnorePublicAcls: publicAccessBlock.ignorePublicAcls,
      BlockPublicPolicy: publicAccessBlock.blockPublicPolicy,
      RestrictPublicBuckets: publicAccessBlock.restrictPublicBuckets,
    },
  }
}

/** Puts a document back where it is kept. */
export function putDocument(aws: LabAws, kind: Holder, place: string, document: Json): void {
  const { name, member } = placeOf(place)
  const policy = document as PolicyDocument // all that is put back is a policy
  switch (name) {
    case 'trustPolicy':
      return aws.setTrust(ROLE_ARN, policy)
    case 'bucketPolicy':
      return aws.putBucketPolicy(BUCKET, isEmpty(policy) ? undefined : policy)
    case 'keyPolicies':
      return aws.setKeyPolicy(String(member), policy)
    case 'boundary':
      return putManaged(aws, viewOf(aws, kind)?.boundary ?? '', policy)
    case 'rolePolicies': {
      const kept = holderPolicies(aws, kind)[Number(member)]?.[0] ?? HOLDER
      if (kept.startsWith('arn:')) return putManaged(aws, kept, policy)
      return kind === 'user' ? aws.putUserPolicy(USER_ARN, kept, policy) : aws.putRolePolicy(ROLE_ARN, kept, policy)
    }
    case 'scps':
      return putGuardRail(aws, 'SERVICE_CONTROL_POLICY', Number(member), policy)
    case 'rcps':
      return putGuardRail(aws, 'RESOURCE_CONTROL_POLICY', Number(member), policy)
    default:
      throw new Error(`The lab keeps no ${place}.`)
  }
}

function putManaged(aws: LabAws, arn: string, document: PolicyDocument): void {
  const [, account = '', path = '/', name = ''] = /^arn:aws:iam::(\d+):policy(\/(?:.*\/)?)([^/]+)$/.exec(arn) ?? []
  aws.putPolicy(account, { name, path, document })
}

type GuardRail = ReturnType<LabAws['organizationPolicies']>[number]

function guardRails(aws: LabAws, type: GuardRail['type']): readonly GuardRail[] {
  return aws.organizationPolicies(CUSTOMER_ACCOUNT).filter((policy) => policy.type === type)
}

function putGuardRail(aws: LabAws, type: GuardRail['type'], index: number, document: PolicyDocument): void {
  const { name } = guardRails(aws, type)[index] ?? {}
  if (name === undefined) throw new Error(`The account has no policy ${index} of this type.`)
  aws.putOrganizationPolicy(CUSTOMER_ACCOUNT, { name, type, document })
}
