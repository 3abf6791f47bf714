import { locationOf } from '../../diagnosis/aliyun/subject.ts'
import { said } from '../../diagnosis/said.ts'
import type { EvidencePlan } from '../cloud-evidence.ts'
import type { EvidenceRead, FurtherReads } from '../read.ts'
import type { EvidenceSubject } from '../subject.ts'

const CALLER: EvidenceRead = {
  id: 'caller',
  command: ['aliyun', 'sts', 'GetCallerIdentity'],
  tells: said(
    'in whose name this reads: what is not found in another account proves nothing',
    '以谁的身份读取:在其他账户中找不到并不说明问题',
  ),
  needs: 'none',
  signsIn: true,
}

/** Each policy of a list: the version of it that is in force. */
const POLICY: FurtherReads = {
  each: 'policy',
  of: { kind: 'pair', names: ['PolicyType', 'PolicyName'] },
  reads: [
    {
      id: 'policy',
      command: ['aliyun', 'ram', 'GetPolicy', '--PolicyType', '{policy:1}', '--PolicyName', '{policy:2}'],
      tells: said('what that policy says', '该策略的内容'),
      needs: 'ram:GetPolicy',
    },
  ],
}

const ROLE: readonly EvidenceRead[] = [
  {
    id: 'role',
    command: ['aliyun', 'ram', 'GetRole', '--RoleName', '{role}'],
    tells: said('who may assume the role', '谁可以扮演该角色'),
    needs: 'ram:GetRole',
  },
  {
    id: 'role-policies',
    command: ['aliyun', 'ram', 'ListPoliciesForRole', '--RoleName', '{role}'],
    tells: said('the names of the policies of the role', '该角色的策略名称'),
    needs: 'ram:ListPoliciesForRole',
    next: [POLICY],
  },
]

const USER: readonly EvidenceRead[] = [
  {
    id: 'user-policies',
    command: ['aliyun', 'ram', 'ListPoliciesForUser', '--UserName', '{user}'],
    tells: said('the names of the policies of the user', '该用户的策略名称'),
    needs: 'ram:ListPoliciesForUser',
    next: [POLICY],
  },
  {
    id: 'user-groups',
    command: ['aliyun', 'ram', 'ListGroupsForUser', '--UserName', '{user}'],
    tells: said('the groups of the user, whose policies count for it', '用户所属的组,其策略对用户生效'),
    needs: 'ram:ListGroupsForUser',
    next: [
      {
        each: 'group',
        of: { kind: 'text', name: 'GroupName' },
        reads: [
          {
            id: 'group-policies',
            command: ['aliyun', 'ram', 'ListPoliciesForGroup', '--GroupName', '{group}'],
            tells: said('the names of the policies of the group', '该组的策略名称'),
            needs: 'ram:ListPoliciesForGroup',
            next: [POLICY],
          },
        ],
      },
    ],
  },
]

function bucket(endpoint: readonly string[]): readonly EvidenceRead[] {
  return [
    {
      id: 'bucket-policy',
      command: ['aliyun', 'oss', 'bucket-policy', '--method', 'get', 'oss://{bucket}', ...endpoint],
      tells: said('whom the bucket itself allows and denies', '存储桶自身允许与拒绝谁'),
      needs: 'oss:GetBucketPolicy',
    },
    {
      id: 'bucket',
      command: ['aliyun', 'oss', 'stat', 'oss://{bucket}', ...endpoint],
      tells: said('the owner of the bucket', '存储桶的所有者'),
      needs: 'oss:GetBucketInfo',
    },
  ]
}

/** What there is to read of a connection to OSS. */
export function aliyunPlan({ roleArn, principal, location, region }: EvidenceSubject): EvidencePlan {
  const role = /^acs:ram::\d+:role\/(.+)$/i.exec(roleArn?.trim() ?? '')?.[1]
  const user = role === undefined ? /^acs:ram::\d+:user\/(.+)$/i.exec(principal?.trim() ?? '')?.[1] : undefined
  const name = locationOf({ connection: location === undefined ? {} : { location } })?.bucket
  const place = region?.replace(/^oss-/, '')
  const isRegion = place !== undefined && /^[a-z]{2}-[a-z0-9-]+$/.test(place)
  return {
    values: {
      ...(role === undefined ? {} : { role }),
      ...(user === undefined ? {} : { user }),
      ...(name === undefined ? {} : { bucket: name }),
    },
    reads: [
      CALLER,
      ...(role === undefined ? (user === undefined ? [] : USER) : ROLE),
      ...(name === undefined ? [] : bucket(isRegion ? ['--endpoint', `oss-${place}.aliyuncs.com`] : [])),
    ],
  }
}
