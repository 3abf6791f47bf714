import type { Cause, Said } from '../../cause.ts'
import { named } from '../../evidence.ts'
import { servedLater } from '../../later-success.ts'
import { said } from '../../said.ts'
import { isStorageDenial } from '../denial.ts'
import { permissionGap, valuesOf } from '../permission.ts'

const ROLES = 'https://cloud.google.com/storage/docs/access-control/iam-roles'
const PERMISSIONS = 'https://cloud.google.com/storage/docs/access-control/iam-json'

export const bucketPermissions = said(
  'Google Cloud console > Cloud Storage > Buckets > {bucket} > Permissions > Grant access',
  'Google Cloud 控制台 > Cloud Storage > 存储桶 > {bucket} > 权限 > 授予访问权限',
)
const risk = said(
  'None for others: a binding only adds what it names. Bindings with a condition need uniform bucket-level access.',
  '对其他人没有影响:绑定只增加其写明的权限。带条件的绑定要求启用统一存储桶级访问权限。',
)
const undo = said(
  'Remove the binding again: gcloud storage buckets remove-iam-policy-binding with the same member, role and condition.',
  '移除该绑定:用相同的成员、角色和条件执行 gcloud storage buckets remove-iam-policy-binding。',
)
const verify = said(
  'Repeat the request; IAM takes up to two minutes, and sometimes seven.',
  '重试该请求;IAM 生效通常不超过两分钟,有时需七分钟。',
)
const settle = {
  read: 'storage.buckets.getIamPolicy shows the bindings of the bucket',
  by: 'cloud-admin',
  command: 'gcloud storage buckets get-iam-policy gs://BUCKET --format=json',
} as const

function grant(summary: Said): Cause['remedy'] {
  return { who: 'cloud-admin', where: bucketPermissions, summary, risk, undo, verify }
}

/** What the bindings of bucket and project leave out. */
export const PERMISSION_CAUSES: readonly Cause[] = [
  {
    code: 'gcs.perm.list',
    cloud: 'gcp',
    layer: 'policy',
    title: said('The caller may not list the bucket', '调用方无权列出存储桶'),
    meaning: said(
      '{principal} lacks storage.objects.list. An object that does not exist then answers 403 instead of 404.',
      '{principal} 缺少 storage.objects.list。此时不存在的对象返回 403 而不是 404。',
    ),
    symptom: said(
      'Listing answers 403 that names storage.objects.list; so does reading an object that is not there.',
      '列出返回 403 并提到 storage.objects.list;读取不存在的对象也是如此。',
    ),
    remedy: grant(
      said(
        'Grant a role that lists, Storage Object Viewer at least, on the bucket; where nothing shall be read, under the condition that resource.type is the bucket. A prefix cannot be told apart here.',
        '在存储桶上授予可列出对象的角色(至少 Storage Object Viewer);若不应读取对象,则以 resource.type 为存储桶作为条件。此处无法按前缀区分。',
      ),
    ),
    settle,
    links: [ROLES],
    explain: permissionGap('gcs.perm.list'),
  },
  {
    code: 'gcs.perm.buckets_get',
    cloud: 'gcp',
    layer: 'policy',
    title: said('The caller may not see the bucket’s own settings', '调用方无权查看存储桶的元数据'),
    meaning: said(
      'Storage Object Viewer and its like hold nothing of the bucket itself: storage.buckets.get is in other roles.',
      'Storage Object Viewer 等角色不包含存储桶本身的权限:storage.buckets.get 在其他角色中。',
    ),
    symptom: said('Objects can be listed and read; storage.buckets.get answers 403.', '可以列出并读取对象;storage.buckets.get 返回 403。'),
    remedy: grant(
      said(
        'Grant Storage Bucket Viewer (or Storage Legacy Bucket Reader) on the bucket; or have the program stop asking for the bucket.',
        '在存储桶上授予 Storage Bucket Viewer(或 Storage Legacy Bucket Reader);或让程序不再读取存储桶元数据。',
      ),
    ),
    settle,
    links: [ROLES],
    explain: permissionGap('gcs.perm.buckets_get'),
  },
  {
    code: 'gcs.perm.overwrite_delete',
    cloud: 'gcp',
    layer: 'policy',
    title: said('The caller may create objects and not replace them', '调用方可以创建对象但不能覆盖'),
    meaning: said(
      'To replace an object is to delete the old one: that takes storage.objects.delete, which Storage Object Creator does not hold.',
      '覆盖对象等于删除旧对象:需要 storage.objects.delete,而 Storage Object Creator 不包含它。',
    ),
    symptom: said(
      'The first write of a name works, the second answers 403 that names storage.objects.delete.',
      '同名对象第一次写入成功,第二次返回 403 并提到 storage.objects.delete。',
    ),
    remedy: grant(
      said(
        'Grant Storage Object User in place of Storage Object Creator, or a custom role with storage.objects.delete; or write under new names only.',
        '用 Storage Object User 替换 Storage Object Creator,或使用包含 storage.objects.delete 的自定义角色;或只写入新的对象名。',
      ),
    ),
    settle,
    links: ['https://cloud.google.com/storage/docs/troubleshooting#access-permission', PERMISSIONS],
    explain: permissionGap('gcs.perm.overwrite_delete'),
  },
  {
    code: 'gcs.perm.missing',
    cloud: 'gcp',
    layer: 'policy',
    title: said('The caller lacks {permission}', '调用方缺少 {permission}'),
    meaning: said(
      'No role that {principal} has on the bucket or above it holds {permission}.',
      '{principal} 在存储桶或其上级拥有的角色都不包含 {permission}。',
    ),
    symptom: said('403 that names the permission; others on the same bucket work.', '403 并提到该权限;同一存储桶上的其他操作正常。'),
    remedy: grant(
      said(
        'Grant {principal} a role with {permission} on gs://{bucket}, kept to the folder by a condition.',
        '在 gs://{bucket} 上授予 {principal} 包含 {permission} 的角色,并用条件限定到该目录。',
      ),
    ),
    settle,
    links: [PERMISSIONS, ROLES],
    explain: permissionGap('gcs.perm.missing'),
  },
  {
    code: 'gcs.cond',
    cloud: 'gcp',
    layer: 'policy',
    title: said('A condition of the binding does not hold here', '绑定的条件在此不成立'),
    meaning: said(
      'The role is granted, and its IAM condition leaves this object, this bucket or this time out.',
      '角色已授予,但其 IAM 条件不包含该对象、该存储桶或当前时间。',
    ),
    symptom: said('One prefix works and another answers 403 for the same permission.', '同一权限下,一个前缀正常,另一个返回 403。'),
    remedy: grant(
      said(
        'Grant the role for this folder too, by a binding of its own: resource.name.startsWith("projects/_/buckets/{bucket}/objects/{prefix}").',
        '用单独的绑定为该目录授权:resource.name.startsWith("projects/_/buckets/{bucket}/objects/{prefix}")。',
      ),
    ),
    settle,
    links: ['https://cloud.google.com/storage/docs/access-control/iam#conditions'],
    explain: permissionGap('gcs.cond'),
  },
  {
    code: 'gcs.propagation',
    cloud: 'gcp',
    layer: 'policy',
    title: said('The change had not arrived everywhere yet', '更改当时尚未在各处生效'),
    meaning: said(
      'IAM takes up to two minutes, and sometimes seven, until a change counts everywhere.',
      'IAM 更改通常在两分钟内生效,有时需七分钟。',
    ),
    symptom: said('It fails at first, and works a few minutes later.', '起初失败,几分钟后恢复正常。'),
    remedy: {
      who: 'platform',
      where: said('the program that tries', '发出请求的程序'),
      summary: said('Try again with pauses for 7 minutes before giving a verdict.', '在下结论之前,间隔重试 7 分钟。'),
      risk: said('None.', '没有影响。'),
      undo: said('Nothing to undo.', '无需撤销。'),
      verify: said('The request goes on succeeding.', '请求持续成功。'),
    },
    links: ['https://cloud.google.com/iam/docs/access-change-propagation'],
    explain: (failure, facts) =>
      isStorageDenial(failure) && servedLater(failure, facts)
        ? named(said('The same request succeeded later.', '同一请求稍后成功。'), { values: valuesOf(failure, facts) })
        : permissionGap('gcs.propagation')(failure, facts),
  },
]
