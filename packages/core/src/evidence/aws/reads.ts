import { said } from '../../diagnosis/said.ts'
import { readTarget } from '../../diagnosis/aws/target.ts'
import { parseArn } from '../../policy/arn.ts'
import type { EvidencePlan } from '../cloud-evidence.ts'
import type { EvidenceRead, FurtherReads } from '../read.ts'
import type { EvidenceSubject } from '../subject.ts'

const JSON_OUTPUT = '--output=json'
const TEXT_OUTPUT = '--output=text'

/** A policy that stands by itself: which version of it is in force, and that version. */
function managedPolicy(id: 'boundary' | 'role-policy' | 'user-policy' | 'group-policy'): readonly EvidenceRead[] {
  const version: EvidenceRead = {
    id: `${id}-version`,
    command: [
      'aws',
      'iam',
      'get-policy-version',
      '--policy-arn={policy}',
      '--version-id={version}',
      '--query=PolicyVersion.Document',
      JSON_OUTPUT,
    ],
    tells: said('what that version of the policy says', '该版本策略的内容'),
    needs: 'iam:GetPolicyVersion',
  }
  return [
    {
      id,
      command: ['aws', 'iam', 'get-policy', '--policy-arn={policy}', '--query=Policy.{DefaultVersionId:DefaultVersionId}', JSON_OUTPUT],
      tells: said('which version of the policy is in force', '策略的哪个版本生效'),
      needs: 'iam:GetPolicy',
      next: [{ each: 'version', of: { kind: 'text', name: 'DefaultVersionId' }, reads: [version] }],
    },
  ]
}

/** The boundary of a role or user, in the answer that describes it. */
const BOUNDARY: FurtherReads = {
  each: 'policy',
  of: { kind: 'text', name: 'PermissionsBoundaryArn', startsWith: 'arn:' },
  reads: managedPolicy('boundary'),
}

/** The policies of a role, user or group: those of its own, and those attached to it. */
function policiesOf(kind: 'role' | 'user' | 'group', Kind: 'Role' | 'User' | 'Group'): readonly EvidenceRead[] {
  const name = `--${kind}-name={${kind}}`
  return [
    {
      id: `${kind}-inline-names`,
      command: ['aws', 'iam', `list-${kind}-policies`, name, JSON_OUTPUT],
      tells: said(`the names of the policies written into the ${kind} itself`, `直接写在 ${Kind} 中的策略名称`),
      needs: `iam:List${Kind}Policies`,
      next: [
        {
          each: 'inline',
          of: { kind: 'items', name: 'PolicyNames' },
          reads: [
            {
              id: `${kind}-inline`,
              command: ['aws', 'iam', `get-${kind}-policy`, name, '--policy-name={inline}', '--query=PolicyDocument', JSON_OUTPUT],
              tells: said('what that policy says', '该策略的内容'),
              needs: `iam:Get${Kind}Policy`,
            },
          ],
        },
      ],
    },
    {
      id: `${kind}-attached-names`,
      command: ['aws', 'iam', `list-attached-${kind}-policies`, name, JSON_OUTPUT],
      tells: said(`the names of the policies attached to the ${kind}`, `附加到 ${Kind} 的策略名称`),
      needs: `iam:ListAttached${Kind}Policies`,
      next: [
        {
          each: 'policy',
          of: { kind: 'text', name: 'PolicyArn', startsWith: 'arn:' },
          reads: managedPolicy(`${kind}-policy`),
        },
      ],
    },
  ]
}

const ROLE: readonly EvidenceRead[] = [
  {
    id: 'role',
    command: [
      'aws',
      'iam',
      'get-role',
      '--role-name={role}',
      '--query=Role.{Arn:Arn,PermissionsBoundary:PermissionsBoundary,AssumeRolePolicyDocument:AssumeRolePolicyDocument}',
      JSON_OUTPUT,
    ],
    tells: said('who may assume the role, and its permissions boundary', '谁可以担任该角色,以及其权限边界'),
    needs: 'iam:GetRole',
    next: [BOUNDARY],
  },
  ...policiesOf('role', 'Role'),
]

const USER: readonly EvidenceRead[] = [
  {
    id: 'user',
    command: [
      'aws',
      'iam',
      'get-user',
      '--user-name={user}',
      '--query=User.{Arn:Arn,PermissionsBoundary:PermissionsBoundary}',
      JSON_OUTPUT,
    ],
    tells: said('that the user is there, and its permissions boundary', '用户是否存在,以及其权限边界'),
    needs: 'iam:GetUser',
    next: [BOUNDARY],
  },
  ...policiesOf('user', 'User'),
  {
    id: 'user-groups',
    command: ['aws', 'iam', 'list-groups-for-user', '--user-name={user}', '--query={Groups:Groups[].{GroupName:GroupName}}', JSON_OUTPUT],
    tells: said('the groups of the user, whose policies count for it', '用户所属的组,其策略对用户生效'),
    needs: 'iam:ListGroupsForUser',
    next: [{ each: 'group', of: { kind: 'text', name: 'GroupName' }, reads: policiesOf('group', 'Group') }],
  },
]

/** Whose the keys are that somebody was given. */
const KEY_HOLDER: EvidenceRead = {
  id: 'key-holder',
  command: ['aws', 'iam', 'get-access-key-last-used', '--access-key-id={accessKeyId}', '--query={UserName:UserName}', JSON_OUTPUT],
  tells: said('which user the access key belongs to', '访问密钥属于哪个用户'),
  needs: 'iam:GetAccessKeyLastUsed',
  next: [{ each: 'user', of: { kind: 'text', name: 'UserName' }, reads: USER }],
}

/** What is known of a key; its ARN says where it is. */
const KEY: readonly EvidenceRead[] = [
  {
    id: 'key',
    command: [
      'aws',
      'kms',
      'describe-key',
      '--key-id={key}',
      '--region={key:4}',
      '--query=KeyMetadata.{Arn:Arn,KeyState:KeyState,KeyManager:KeyManager}',
      JSON_OUTPUT,
    ],
    tells: said('whether the key is enabled, and whether it is managed by AWS', '密钥是否启用,以及是否由 AWS 托管'),
    needs: 'kms:DescribeKey',
  },
  {
    id: 'key-policy',
    command: ['aws', 'kms', 'get-key-policy', '--key-id={key}', '--region={key:4}', '--policy-name=default', '--query=Policy', TEXT_OUTPUT],
    tells: said('whom the key itself lets use it', '密钥自身允许谁使用'),
    needs: 'kms:GetKeyPolicy',
  },
  {
    id: 'key-grants',
    command: [
      'aws',
      'kms',
      'list-grants',
      '--key-id={key}',
      '--region={key:4}',
      '--query={Grants:Grants[].{KeyId:KeyId,GranteePrincipal:GranteePrincipal,Operations:Operations}}',
      JSON_OUTPUT,
    ],
    tells: said('whom grants let use the key, which its policy does not show', '授权(grant)允许谁使用该密钥,密钥策略中看不到'),
    needs: 'kms:ListGrants',
  },
]

const BUCKET: readonly EvidenceRead[] = [
  {
    id: 'bucket-policy',
    command: ['aws', 's3api', 'get-bucket-policy', '--bucket={bucket}', '--query=Policy', TEXT_OUTPUT],
    tells: said('whom the bucket itself allows and denies', '存储桶自身允许与拒绝谁'),
    needs: 's3:GetBucketPolicy',
  },
  {
    id: 'bucket-ownership',
    command: ['aws', 's3api', 'get-bucket-ownership-controls', '--bucket={bucket}', JSON_OUTPUT],
    tells: said('whether objects can belong to another account', '对象是否可能属于其他账户'),
    needs: 's3:GetBucketOwnershipControls',
  },
  {
    id: 'bucket-encryption',
    command: ['aws', 's3api', 'get-bucket-encryption', '--bucket={bucket}', JSON_OUTPUT],
    tells: said('the key that new objects are encrypted with', '新对象使用的加密密钥'),
    needs: 's3:GetEncryptionConfiguration',
    next: [{ each: 'key', of: { kind: 'text', name: 'KMSMasterKeyID', startsWith: 'arn:' }, reads: KEY }],
  },
  {
    id: 'bucket-public-access',
    command: ['aws', 's3api', 'get-public-access-block', '--bucket={bucket}', JSON_OUTPUT],
    tells: said('whether Block Public Access is on for the bucket', '存储桶是否开启“阻止公开访问”'),
    needs: 's3:GetBucketPublicAccessBlock',
  },
  {
    id: 'bucket-payer',
    command: ['aws', 's3api', 'get-bucket-request-payment', '--bucket={bucket}', JSON_OUTPUT],
    tells: said('whether the requester pays', '是否由请求者付费'),
    needs: 's3:GetBucketRequestPayment',
  },
  {
    id: 'bucket-owner',
    command: ['aws', 's3api', 'get-bucket-acl', '--bucket={bucket}', '--query={Owner:{ID:Owner.ID}}', JSON_OUTPUT],
    tells: said('the owner of the bucket, to compare with the owners of its objects', '存储桶的所有者,用于与对象的所有者比较'),
    needs: 's3:GetBucketAcl',
  },
]

const OBJECT: EvidenceRead = {
  id: 'object-owner',
  command: ['aws', 's3api', 'get-object-acl', '--bucket={bucket}', '--key={object}', '--query={Owner:{ID:Owner.ID}}', JSON_OUTPUT],
  tells: said('the owner of the object', '对象的所有者'),
  needs: 's3:GetObjectAcl',
}

const ACCESS_POINT: EvidenceRead = {
  id: 'access-point-policy',
  command: [
    'aws',
    's3control',
    'get-access-point-policy',
    '--account-id={point:5}',
    '--name={pointName}',
    '--region={point:4}',
    '--query=Policy',
    TEXT_OUTPUT,
  ],
  tells: said('whom the access point lets through', '访问点允许谁通过'),
  needs: 's3:GetAccessPointPolicy',
}

/** Who reads: what is not found in another account proves nothing. With it the settings of the account as a whole. */
function caller(isForBucket: boolean): EvidenceRead {
  const block: EvidenceRead = {
    id: 'account-public-access',
    command: ['aws', 's3control', 'get-public-access-block', '--account-id={account}', '--region={home}', JSON_OUTPUT],
    tells: said('whether Block Public Access is on for the whole account', '整个账户是否开启“阻止公开访问”'),
    needs: 's3:GetAccountPublicAccessBlock',
  }
  return {
    id: 'caller',
    command: ['aws', 'sts', 'get-caller-identity', '--query={Account:Account,Arn:Arn}', JSON_OUTPUT],
    tells: said(
      'in whose name this reads: what is not found in another account proves nothing',
      '以谁的身份读取:在其他账户中找不到并不说明问题',
    ),
    needs: 'none',
    signsIn: true,
    next: isForBucket ? [{ each: 'account', of: { kind: 'text', name: 'Account' }, reads: [block] }] : [],
  }
}

/** Where each partition keeps what is of no region. */
const HOMES: { readonly [partition: string]: string } = { aws: 'us-east-1', 'aws-cn': 'cn-north-1', 'aws-us-gov': 'us-gov-west-1' }

/** What there is to read of a connection to S3. */
export function awsPlan({ roleArn, principal, accessKeyId, location, keys = [] }: EvidenceSubject): EvidencePlan {
  const role = parseArn(roleArn?.trim() ?? '')
  const user = role === undefined ? parseArn(principal?.trim() ?? '') : undefined
  const target = readTarget(location)
  const bucket = target?.bucket !== undefined && /^[\w.-]+$/.test(target.bucket) ? target.bucket : undefined
  const point = target?.accessPoint?.startsWith('arn:') === true ? target.accessPoint : undefined
  const key = target?.key ?? ''
  const isObject = key !== '' && !key.endsWith('/') && !/\p{Cc}/u.test(key)
  const partition = role?.partition ?? user?.partition ?? 'aws'
  const holder = user === undefined && accessKeyId !== undefined ? [KEY_HOLDER] : USER
  const known = keys.filter((one) => /^arn:[\w-]+:kms:[\w-]+:\d*:[\w/-]+$/.test(one))
  return {
    values: {
      home: HOMES[partition] ?? 'us-east-1',
      ...named('role', role?.resource, 'role/'),
      ...named('user', user?.resource, 'user/'),
      ...(bucket === undefined ? {} : { bucket }),
      ...(isObject ? { object: key } : {}),
      ...(point === undefined ? {} : { point, pointName: point.slice(point.lastIndexOf('/') + 1) }),
      ...(accessKeyId === undefined ? {} : { accessKeyId }),
      ...Object.fromEntries(known.map((one, index) => [`key${index}`, one])),
    },
    reads: [
      caller(bucket !== undefined),
      ...(role === undefined ? holder : ROLE),
      ...(bucket === undefined ? [] : BUCKET),
      ...(bucket !== undefined && isObject ? [OBJECT] : []),
      ...(point === undefined ? [] : [ACCESS_POINT]),
      ...known.flatMap((_, index) => KEY.map((read) => ofKey(read, `key${index}`))),
    ],
  }
}

/** The last part of a name with a path, which is what IAM's own commands take. */
function named(as: 'role' | 'user', resource: string | undefined, kind: string): { readonly [name: string]: string } {
  if (resource?.startsWith(kind) !== true) return {}
  return { [as]: resource.slice(resource.lastIndexOf('/') + 1) }
}

/** A read of a key that is known before anything is read. */
function ofKey(read: EvidenceRead, name: string): EvidenceRead {
  return { ...read, command: read.command.map((word) => word.replace('{key}', `{${name}}`).replace('{key:4}', `{${name}:4}`)) }
}
