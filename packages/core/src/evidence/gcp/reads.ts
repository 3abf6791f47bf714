import { locationOf } from '../../diagnosis/gcp/place.ts'
import { said } from '../../diagnosis/said.ts'
import type { EvidencePlan } from '../cloud-evidence.ts'
import type { EvidenceRead } from '../read.ts'
import type { EvidenceSubject } from '../subject.ts'

const CALLER: EvidenceRead = {
  id: 'caller',
  command: ['gcloud', 'auth', 'list', '--filter=status:ACTIVE', '--format=value(account)'],
  tells: said('in whose name this reads', '以谁的身份读取'),
  needs: 'none',
}

const ROLE_FIELDS = '--format=json(name,includedPermissions,deleted)'

function customRole(of: 'project' | 'organization'): EvidenceRead {
  return {
    id: 'custom-role',
    command: ['gcloud', 'iam', 'roles', 'describe', '{role/4}', `--${of}={role/2}`, ROLE_FIELDS],
    tells: said('what that role of your own lets do', '该自定义角色包含的权限'),
    needs: 'iam.roles.get',
  }
}

const BUCKET: readonly EvidenceRead[] = [
  {
    id: 'bucket-policy',
    command: ['gcloud', 'storage', 'buckets', 'get-iam-policy', 'gs://{bucket}', '--format=json'],
    tells: said('whom the bucket lets do what', '存储桶允许谁做什么'),
    needs: 'storage.buckets.getIamPolicy',
    next: [
      { each: 'role', of: { kind: 'text', name: 'role', startsWith: 'projects/' }, reads: [customRole('project')] },
      { each: 'role', of: { kind: 'text', name: 'role', startsWith: 'organizations/' }, reads: [customRole('organization')] },
    ],
  },
  {
    id: 'bucket',
    command: [
      'gcloud',
      'storage',
      'buckets',
      'describe',
      'gs://{bucket}',
      '--raw',
      '--format=json(name,projectNumber,location,iamConfiguration,encryption,billing,ipFilter)',
    ],
    tells: said('the settings of the bucket: key, IP filter, who pays; and its project', '存储桶的设置:密钥、IP 过滤、付费方;以及所属项目'),
    needs: 'storage.buckets.get',
    next: [
      {
        each: 'number',
        of: { kind: 'text', name: 'projectNumber' },
        reads: [
          {
            id: 'project',
            command: ['gcloud', 'projects', 'describe', '{number}', '--format=json(projectId)'],
            tells: said('the id of that project', '该项目的 ID'),
            needs: 'resourcemanager.projects.get',
            next: [
              {
                each: 'project',
                of: { kind: 'text', name: 'projectId' },
                reads: [
                  {
                    id: 'project-policy',
                    command: ['gcloud', 'projects', 'get-iam-policy', '{project}', '--format=json'],
                    tells: said('whom the project lets do what: that counts for its buckets too', '项目允许谁做什么:对其存储桶同样有效'),
                    needs: 'resourcemanager.projects.getIamPolicy',
                  },
                  {
                    id: 'deny-policies',
                    command: ['gcloud', 'beta', 'projects', 'get-ancestors-iam-policy', '{project}', '--include-deny', '--format=json'],
                    tells: said(
                      'what deny policies of the project and of all above it take away',
                      '项目及其所有上级的拒绝政策收回了哪些权限',
                    ),
                    needs: 'iam.denypolicies.list',
                  },
                ],
              },
            ],
          },
        ],
      },
    ],
  },
]

const ACCOUNT: readonly EvidenceRead[] = [
  {
    id: 'account',
    command: ['gcloud', 'iam', 'service-accounts', 'describe', '{account}', '--format=json(email,disabled,uniqueId)'],
    tells: said('whether the service account is there and enabled', '服务账号是否存在且已启用'),
    needs: 'iam.serviceAccounts.get',
  },
  {
    id: 'account-keys',
    command: [
      'gcloud',
      'iam',
      'service-accounts',
      'keys',
      'list',
      '--iam-account={account}',
      '--managed-by=user',
      '--format=json(name,disabled,validBeforeTime,keyType)',
    ],
    tells: said(
      'which keys of the account exist, and when each ends; not the keys themselves',
      '该账号有哪些密钥及其到期时间(不含密钥本身)',
    ),
    needs: 'iam.serviceAccountKeys.list',
  },
]

/** What there is to read of a connection to Cloud Storage. */
export function gcpPlan({ principal, location, method }: EvidenceSubject): EvidencePlan {
  const named = locationOf({ connection: location === undefined ? {} : { location } })?.bucket
  // gcloud takes `*` and `[…]` for patterns of names.
  const bucket = named !== undefined && /^[\w.-]+$/.test(named) ? named : undefined
  const account = /^(?:serviceAccount:)?([\w.-]+@[\w.-]+\.gserviceaccount\.com)$/i.exec(principal?.trim() ?? '')?.[1]
  const [describe, keys] = ACCOUNT
  const ofAccount = [describe, method === undefined || method === 'service-account-key' ? keys : undefined]
  return {
    values: { ...(bucket === undefined ? {} : { bucket }), ...(account === undefined ? {} : { account }) },
    reads: [
      CALLER,
      ...(bucket === undefined ? [] : BUCKET),
      ...(account === undefined ? [] : ofAccount.filter((read) => read !== undefined)),
    ],
  }
}
