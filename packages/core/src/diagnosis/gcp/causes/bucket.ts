import { isCutOff } from '../../cut-off.ts'
import type { Cause } from '../../cause.ts'
import { named, possible } from '../../evidence.ts'
import type { Facts } from '../../facts.ts'
import { said } from '../../said.ts'
import { speechOf } from '../../speech.ts'
import { ownBindings } from '../bindings.ts'
import { WORDS } from '../denial.ts'
import { locationOf } from '../place.ts'
import { valuesOf } from '../permission.ts'
import { bucketPermissions } from './permission.ts'
import { silent } from './organization.ts'

const none = said('None.', '没有影响。')
const nothingToUndo = said('Nothing to undo.', '无需撤销。')
const again = said('Repeat the request.', '重试该请求。')

/** What the bucket itself, its key and its objects ask for. */
export const BUCKET_CAUSES: readonly Cause[] = [
  {
    code: 'gcs.bucket_missing',
    cloud: 'gcp',
    layer: 'place',
    title: said('There is no such bucket', '该存储桶不存在'),
    meaning: said('No bucket of the name {bucket} exists.', '不存在名为 {bucket} 的存储桶。'),
    symptom: said('404 “The specified bucket does not exist”.', '404 “The specified bucket does not exist”。'),
    remedy: {
      who: 'data-owner',
      where: said('Google Cloud console > Cloud Storage > Buckets', 'Google Cloud 控制台 > Cloud Storage > 存储桶'),
      summary: said('Correct the name in the connection’s location, or create the bucket.', '更正连接位置中的名称,或创建该存储桶。'),
      risk: none,
      undo: said('Set the former location again.', '恢复原来的位置。'),
      verify: again,
    },
    links: ['https://cloud.google.com/storage/docs/troubleshooting'],
    explain: (failure, facts) =>
      /bucket does(n't| not) exist|NoSuchBucket|BucketNotFound/i.test(speechOf(failure))
        ? named(said('The answer says that there is no such bucket.', '响应表示没有该存储桶。'), { values: valuesOf(failure, facts) })
        : undefined,
  },
  {
    code: 'gcs.ipfilter',
    cloud: 'gcp',
    layer: 'network',
    title: said('The bucket’s IP filter keeps us out', '存储桶的 IP 过滤拒绝了我们'),
    meaning: said(
      'Only listed addresses and networks reach the bucket, and ours is none of them.',
      '只有列出的地址和网络可以访问存储桶,而我们的不在其中。',
    ),
    symptom: said(
      '403 that speaks of IP filtering; the same request works from an allowed network.',
      '403 并提到 IP 过滤;同一请求在允许的网络中成功。',
    ),
    remedy: {
      who: 'data-owner',
      where: said(
        'Google Cloud console > Cloud Storage > Buckets > {bucket} > Configuration > IP filtering',
        'Google Cloud 控制台 > Cloud Storage > 存储桶 > {bucket} > 配置 > IP 过滤',
      ),
      summary: said('Add the addresses that our requests come from to the public internet ranges.', '将我们的出口地址加入公共互联网范围。'),
      risk: said(
        'Whoever comes from those addresses and has the permissions reaches the bucket.',
        '来自这些地址且拥有权限者都可以访问存储桶。',
      ),
      undo: said('Remove the ranges again.', '移除这些范围。'),
      verify: again,
    },
    settle: {
      read: 'storage.buckets.get shows the filter',
      by: 'data-owner',
      command: 'gcloud storage buckets describe gs://BUCKET --format="json(ip_filter)"',
    },
    links: ['https://cloud.google.com/storage/docs/ip-filtering-overview'],
    explain: (failure, facts) =>
      WORDS.ipFilter.test(speechOf(failure))
        ? named(said('The answer speaks of IP filtering.', '响应提到 IP 过滤。'), { values: valuesOf(failure, facts) })
        : silent(failure, facts),
  },
  {
    code: 'gcs.requester_pays',
    cloud: 'gcp',
    layer: 'settings',
    title: said('The bucket bills whoever asks', '存储桶由请求方付费'),
    meaning: said('Requester Pays is on, and the request named no project to bill.', '已启用请求者付费,而请求没有指定要计费的项目。'),
    symptom: said(
      '400 “Bucket is a requester pays bucket but no user project provided”.',
      '400 “Bucket is a requester pays bucket but no user project provided”。',
    ),
    remedy: {
      who: 'platform',
      where: said('the settings of the connection', '连接的设置'),
      summary: said('Turn requesterPays on for the connection, and name the project to bill.', '为连接开启 requesterPays,并指定计费项目。'),
      risk: said('That project pays for requests and traffic.', '该项目将承担请求和流量费用。'),
      undo: said('Turn it off again.', '重新关闭。'),
      verify: again,
    },
    links: ['https://cloud.google.com/storage/docs/requester-pays'],
    explain: (failure, facts) =>
      WORDS.requesterPays.test(speechOf(failure))
        ? named(said('The answer asks for a project to bill.', '响应要求指定计费项目。'), { values: valuesOf(failure, facts) })
        : undefined,
  },
  {
    code: 'gcs.user_project',
    cloud: 'gcp',
    layer: 'settings',
    title: said('The project to bill does not let us', '计费项目不允许我们使用'),
    meaning: said(
      'It does not exist, or we lack serviceusage.services.use on it.',
      '该项目不存在,或我们在其上缺少 serviceusage.services.use。',
    ),
    symptom: said(
      '403 that names serviceusage.services.use, or an invalid user project.',
      '403 并提到 serviceusage.services.use,或无效的 user project。',
    ),
    remedy: {
      who: 'cloud-admin',
      where: said(
        'Google Cloud console > IAM & Admin > IAM > Grant access, in the project to bill',
        'Google Cloud 控制台 > IAM 和管理 > IAM > 授予访问权限(在计费项目中)',
      ),
      summary: said(
        'Grant our principal roles/serviceusage.serviceUsageConsumer on that project, or name another.',
        '在该项目上授予我们的主账号 roles/serviceusage.serviceUsageConsumer,或指定其他项目。',
      ),
      risk: said('That project pays for what we ask.', '该项目将承担我们的请求费用。'),
      undo: said('Remove the binding again.', '移除该绑定。'),
      verify: again,
    },
    links: ['https://cloud.google.com/storage/docs/using-requester-pays'],
    explain: (failure, facts) =>
      // That nobody pays is told by the same code, whether a project to bill was named or not.
      WORDS.userProject.test(speechOf(failure)) && ![WORDS.requesterPays, WORDS.billing].some((words) => words.test(speechOf(failure)))
        ? (isCutOff(failure.observation) ? possible : named)(said('The answer is about the project to bill.', '响应涉及计费项目。'), {
            values: valuesOf(failure, facts),
          })
        : undefined,
  },
  {
    code: 'gcs.cmek',
    cloud: 'gcp',
    layer: 'key',
    title: said('Cloud Storage may not use the encryption key', 'Cloud Storage 无法使用加密密钥'),
    meaning: said(
      'The key is used by the storage service agent of the bucket’s project, not by us: the agent lacks the role on the key, or the key is disabled or destroyed.',
      '使用密钥的是存储桶项目的 Cloud Storage 服务代理而不是我们:该代理在密钥上缺少角色,或密钥已停用或销毁。',
    ),
    symptom: said(
      '403 “Permission denied on Cloud KMS key”; or 400 that says that the key is not enabled.',
      '403 “Permission denied on Cloud KMS key”;或 400 表示密钥未启用。',
    ),
    remedy: {
      who: 'cloud-admin',
      where: said(
        'Google Cloud console > Security > Key Management > the key > Permissions',
        'Google Cloud 控制台 > 安全性 > 密钥管理 > 该密钥 > 权限',
      ),
      summary: said(
        'gcloud storage service-agent --project=PROJECT --authorize-cmek=KEY; see that the key version is enabled.',
        'gcloud storage service-agent --project=PROJECT --authorize-cmek=KEY;并确认密钥版本已启用。',
      ),
      risk: said(
        'Everybody who may read objects of buckets with that key can then do so.',
        '此后所有有权读取使用该密钥的存储桶对象者都可以读取。',
      ),
      undo: said(
        'Remove the binding of the service agent on the key; objects under it become unreadable.',
        '移除服务代理在密钥上的绑定;使用该密钥的对象将无法读取。',
      ),
      verify: again,
    },
    settle: {
      read: 'cloudkms.cryptoKeys.getIamPolicy and the state of the key',
      by: 'cloud-admin',
      command: 'gcloud kms keys describe KEY && gcloud kms keys get-iam-policy KEY --format=json',
    },
    links: ['https://cloud.google.com/storage/docs/encryption/using-customer-managed-keys'],
    explain: (failure, facts) =>
      WORDS.key.test(speechOf(failure))
        ? named(said('The answer speaks of the Cloud KMS key.', '响应提到 Cloud KMS 密钥。'), { values: valuesOf(failure, facts) })
        : undefined,
  },
  {
    code: 'gcs.ubla_acl',
    cloud: 'gcp',
    layer: 'ownership',
    title: said('The bucket takes no ACLs', '存储桶不接受 ACL'),
    meaning: said('Uniform bucket-level access is on, and the request sets an ACL.', '已启用统一存储桶级访问权限,而请求设置了 ACL。'),
    symptom: said(
      '400 that speaks of a legacy ACL and uniform bucket-level access; the same request without it works.',
      '400 并提到旧版 ACL 与统一存储桶级访问权限;去掉 ACL 后请求成功。',
    ),
    remedy: {
      who: 'platform',
      where: said('the program that writes', '执行写入的程序'),
      summary: said('Send no predefinedAcl and no x-goog-acl.', '不要发送 predefinedAcl 和 x-goog-acl。'),
      risk: said('Objects are then readable to whom IAM lets, and nobody else.', '对象将只对 IAM 授权者可读。'),
      undo: nothingToUndo,
      verify: again,
    },
    links: ['https://cloud.google.com/storage/docs/uniform-bucket-level-access'],
    explain: (failure, facts) =>
      /uniform bucket[- ]level access|legacy ACL|bucket policy only|Cannot (insert|use|get|update) .{0,20}ACL/i.test(speechOf(failure))
        ? named(said('The answer speaks of ACLs and uniform access.', '响应提到 ACL 与统一访问。'), { values: valuesOf(failure, facts) })
        : undefined,
  },
  {
    code: 'gcs.retention',
    cloud: 'gcp',
    layer: 'object',
    title: said('The object is kept by a hold or retention policy', '对象受保留政策或保全限制'),
    meaning: said(
      'It can be neither deleted nor replaced until the hold is released or the time is over.',
      '在解除保全或到期之前,对象不能被删除或覆盖。',
    ),
    symptom: said(
      '403 that speaks of a hold or of the retention policy, on delete or overwrite only.',
      '仅在删除或覆盖时返回提及保全或保留政策的 403。',
    ),
    remedy: {
      who: 'data-owner',
      where: said(
        'Google Cloud console > Cloud Storage > Buckets > {bucket} > Protection',
        'Google Cloud 控制台 > Cloud Storage > 存储桶 > {bucket} > 保护',
      ),
      summary: said(
        'Write under a new name; or release the hold, or wait until the retention is over.',
        '写入新的对象名;或解除保全,或等待保留期结束。',
      ),
      risk: said('What was kept can then be deleted.', '此后被保留的对象可以被删除。'),
      undo: said('Set the hold again.', '重新设置保全。'),
      verify: again,
    },
    links: ['https://cloud.google.com/storage/docs/bucket-lock', 'https://cloud.google.com/storage/docs/object-holds'],
    explain: (failure, facts) =>
      WORDS.hold.test(speechOf(failure)) && !WORDS.organization.test(speechOf(failure))
        ? named(said('The answer speaks of a hold or retention.', '响应提到保全或保留。'), { values: valuesOf(failure, facts) })
        : undefined,
  },
  {
    code: 'gcs.public',
    cloud: 'gcp',
    layer: 'settings',
    title: said('The bucket is open to everybody', '存储桶对所有人开放'),
    meaning: said(
      'A binding gives {role} to allUsers or allAuthenticatedUsers.',
      '有绑定将 {role} 授予 allUsers 或 allAuthenticatedUsers。',
    ),
    symptom: said('Nothing fails: requests without a credential succeed too.', '没有失败:不带凭据的请求也会成功。'),
    remedy: {
      who: 'data-owner',
      where: bucketPermissions,
      summary: said('Remove the binding, and enforce public access prevention.', '移除该绑定,并强制执行禁止公开访问。'),
      risk: said('Whoever reads the bucket without a credential no longer can.', '不带凭据读取该存储桶者将无法再读取。'),
      undo: said('Grant the binding again.', '重新授予该绑定。'),
      verify: said('A request without a credential answers 401.', '不带凭据的请求返回 401。'),
    },
    links: ['https://cloud.google.com/storage/docs/public-access-prevention'],
    explain: () => undefined,
    notice: (facts) => {
      const found = ownBindings(facts.documents).find(({ binding }) =>
        binding.members.some((member) => /^all(Authenticated)?Users$/.test(member)),
      )
      return found === undefined
        ? undefined
        : {
            fits: 'proved',
            for: [`${found.document}, ${found.path}: ${found.binding.role}.`],
            values: { role: found.binding.role, ...bucketOf(facts) },
          }
    },
  },
]

function bucketOf(facts: Facts): { readonly [name: string]: string } {
  const location = locationOf(facts)
  return location === undefined ? {} : { bucket: location.bucket }
}
