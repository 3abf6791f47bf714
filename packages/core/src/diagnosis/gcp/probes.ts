import { ACCESSES } from '../../access.ts'
import type { JsonObject } from '../../json.ts'
import type { ProbePlan } from '../probe-plan.ts'
import { said } from '../said.ts'

/** What refuses every request to the bucket alike, whatever its bindings are. */
const BEFORE_IAM = ['gcs.vpcsc', 'gcs.ipfilter']
const MISSING = ['gcs.perm.list', 'gcs.perm.missing', 'gcs.perm.overwrite_delete', 'gcs.perm.buckets_get']
const ABOVE = ['gcs.deny_policy', 'gcs.pab']

const OBJECTS = ['storage.objects.get', 'storage.objects.create', 'storage.objects.delete']

function granted(permissions: readonly string[]): JsonObject {
  return {
    operation: 'storage.buckets.testIamPermissions',
    target: 'gs://{bucket}',
    status: 200,
    message: JSON.stringify({ kind: 'storage#testIamPermissionsResponse', permissions }),
  }
}

function bindings(list: readonly JsonObject[]): JsonObject {
  return { operation: 'storage.buckets.getIamPolicy', target: 'gs://{bucket}', status: 200, message: JSON.stringify({ bindings: list }) }
}

/** By which requests to Cloud Storage causes are told apart, beside what every diagnosis asks first. */
export const GCP_PROBES: readonly ProbePlan[] = [
  {
    name: 'another-object',
    asks: said('a byte of another object under the same folder', '同一目录下另一对象的一个字节'),
    cost: 1,
    about: ['read'],
    needs: ['list'],
    outcomes: [
      {
        shows: said('It is served: only a condition tells one name from another.', '请求成功:只有条件会区分对象名。'),
        tells: { leaves: ['gcs.cond', 'gcs.perm.missing'] },
        answers: [{ operation: 'storage.objects.get', target: 'gs://{bucket}/{prefix}sluice-another-object', status: 200 }],
      },
    ],
  },
  {
    name: 'test-permissions',
    asks: said(
      'which permissions we have on the bucket (testIamPermissions, which takes none itself)',
      '我们在存储桶上拥有哪些权限(testIamPermissions,本身无需权限)',
    ),
    cost: 2,
    about: ACCESSES,
    outcomes: [
      {
        shows: said('The permission on objects is among them: it is not granted for these names.', '其中有该对象权限:但不针对这些名称。'),
        tells: { excludes: ['gcs.perm.missing', 'gcs.perm.overwrite_delete', ...BEFORE_IAM] },
        answers: [granted(OBJECTS)],
      },
      {
        shows: said(
          'It answers without the permission: neither the network nor a perimeter is at fault.',
          '响应中没有该权限:与网络或服务边界无关。',
        ),
        tells: { excludes: BEFORE_IAM },
        answers: [granted([])],
      },
    ],
  },
  {
    name: 'bucket-bindings',
    asks: said('the bindings of the bucket (getIamPolicy)', '存储桶的绑定(getIamPolicy)'),
    cost: 2,
    about: ACCESSES,
    reads: 'bindings',
    outcomes: [
      {
        shows: said('None of them is ours.', '没有任何一条属于我们。'),
        tells: { leaves: MISSING },
        answers: [bindings([])],
      },
      {
        shows: said('One of them grants it: a policy above the bucket stands in the way.', '其中一条已授权:阻碍来自存储桶上层的政策。'),
        tells: { leaves: [...ABOVE, ...BEFORE_IAM, 'gcs.propagation'] },
        answers: [bindings([{ role: 'roles/storage.admin', members: ['{member}'] }])],
      },
      {
        shows: said('One of them grants it under a condition that leaves this out.', '其中一条在条件下授权,而该条件不包含此请求。'),
        tells: { leaves: ['gcs.cond'] },
        answers: [
          bindings([
            {
              role: 'roles/storage.admin',
              members: ['{member}'],
              condition: {
                title: 'elsewhere',
                expression: 'resource.name.startsWith("projects/_/buckets/{bucket}/objects/sluice-elsewhere/")',
              },
            },
          ]),
        ],
      },
    ],
  },
]
