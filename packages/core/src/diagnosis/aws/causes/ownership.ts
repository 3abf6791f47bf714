import type { Cause } from '../../cause.ts'
import { said } from '../../said.ts'
import { hasCode, named } from '../../evidence.ts'
import { identityGap } from '../identity-gap.ts'
import { foreignOwner } from '../object-owner.ts'
import { operationName } from '../operations.ts'
import { codeSays, isForData, isUntold, mannerOf, valuesOfFailure } from '../refusal.ts'
import { suspected } from '../silence.ts'

const where = said('S3 console > Buckets > {bucket} > Permissions > Object Ownership', 'S3 控制台 > 存储桶 > {bucket} > 权限 > 对象所有权')
const verify = said('Repeat the request.', '重试该请求。')
const PAGE = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html'

/** Who owns the objects. */
export const OWNERSHIP_CAUSES: readonly Cause[] = [
  {
    code: 'aws.own.foreign_object',
    cloud: 'aws',
    layer: 'ownership',
    title: said('Another account wrote the object and owns it', '该对象由其他账户写入并拥有'),
    meaning: said(
      'While ACLs are enabled an object belongs to who wrote it: policies of the bucket’s account do not reach it.',
      '启用 ACL 时,对象属于写入者:存储桶所属账户的策略对其无效。',
    ),
    symptom: said(
      'Some objects are refused without a reason, listing works, and their Owner.ID differs.',
      '部分对象被拒绝且没有原因,列出正常,其 Owner.ID 不同。',
    ),
    remedy: {
      who: 'data-owner',
      where,
      summary: said(
        'Set Object Ownership to “Bucket owner enforced”; first write the grants that ACLs give today into the bucket policy.',
        '将对象所有权设为“存储桶拥有者强制”;请先把 ACL 目前的授权写入存储桶策略。',
      ),
      risk: said(
        'ACLs stop counting: whoever got access by one loses it, and uploads that send an ACL fail.',
        'ACL 不再生效:通过 ACL 获得访问的人会失去权限,发送 ACL 的上传会失败。',
      ),
      undo: said('Set Object Ownership back to its former value: the ACLs count again.', '恢复原来的对象所有权设置:ACL 再次生效。'),
      verify,
    },
    settle: {
      read: 's3:GetBucketOwnershipControls, and ListObjectsV2 with fetch-owner',
      by: 'data-owner',
      command: 'aws s3api get-bucket-ownership-controls --bucket BUCKET',
    },
    links: [PAGE],
    explain: (failure, facts) => {
      const untold = isUntold(failure) && mannerOf(failure) !== 'cut'
      if (!isForData(failure) || failure.capability !== 'read' || !untold || facts.documents.ownership === 'BucketOwnerEnforced')
        return undefined
      return foreignOwner(failure, facts) === 'foreign'
        ? named(said('The object has another owner than its bucket.', '对象的所有者与存储桶的所有者不同。'), {
            values: valuesOfFailure(failure, facts),
          })
        : suspected('aws.own.foreign_object', failure, facts)
    },
  },
  {
    code: 'aws.own.acl_disabled',
    cloud: 'aws',
    layer: 'ownership',
    title: said('The bucket takes no ACLs, and we sent one', '存储桶不接受 ACL,而我们发送了'),
    meaning: said(
      'Under “Bucket owner enforced” a write with an ACL other than bucket-owner-full-control is refused.',
      '在“存储桶拥有者强制”下,带有 bucket-owner-full-control 以外 ACL 的写入会被拒绝。',
    ),
    symptom: said(
      'AccessControlListNotSupported on a write that sends x-amz-acl; without it the write works.',
      '发送 x-amz-acl 的写入返回 AccessControlListNotSupported;不带则正常。',
    ),
    remedy: {
      who: 'platform',
      where: said('the settings of the connection', '连接的设置'),
      summary: said('Send no ACL: take the setting acl off the connection.', '不发送 ACL:移除连接的 acl 设置。'),
      risk: said('None: the bucket’s owner owns what is written.', '没有影响:写入的对象归存储桶所有者所有。'),
      undo: said('Set the ACL again.', '恢复 ACL 设置。'),
      verify,
    },
    links: [PAGE],
    explain: (failure, facts) => {
      const values = { values: valuesOfFailure(failure, facts) }
      if (hasCode(failure.clue, 'AccessControlListNotSupported')) return named(codeSays(failure.clue), values)
      const acl = failure.observation.headers['x-amz-acl']
      const off = facts.documents.ownership === 'BucketOwnerEnforced' && acl !== undefined && acl !== 'bucket-owner-full-control'
      return off && failure.capability === 'write' && failure.clue.layer === undefined
        ? named(said(`The bucket takes no ACLs, and the write sent ${acl}.`, `存储桶不接受 ACL,而写入发送了 ${acl}。`), values)
        : undefined
    },
  },
  {
    code: 'aws.own.put_acl',
    cloud: 'aws',
    layer: 'policy',
    title: said('The write sends an ACL, which takes a permission of its own', '写入发送了 ACL,需要额外权限'),
    meaning: said(
      'A PutObject with x-amz-acl needs s3:PutObjectAcl beside s3:PutObject.',
      '带 x-amz-acl 的 PutObject 除 s3:PutObject 外还需要 s3:PutObjectAcl。',
    ),
    symptom: said('The refusal of a PutObject names s3:PutObjectAcl.', 'PutObject 的拒绝信息提到 s3:PutObjectAcl。'),
    remedy: {
      who: 'platform',
      where: said('the settings of the connection', '连接的设置'),
      summary: said(
        'Send no ACL; or let the cloud admin allow s3:PutObjectAcl on {resources}.',
        '不发送 ACL;或由云管理员允许对 {resources} 执行 s3:PutObjectAcl。',
      ),
      risk: said('With the permission the role can make objects readable by others.', '获得该权限后,角色可以让他人读取对象。'),
      undo: said('Remove the permission again.', '移除该权限。'),
      verify,
    },
    links: [PAGE],
    explain: (failure, facts) => {
      if (!isForData(failure) || operationName(failure.observation, failure.clue) === 'putobjectacl') return undefined
      const gap = identityGap(failure, facts)
      if (gap !== undefined) return gap.gap === 'aws.own.put_acl' ? gap.explanation : undefined
      const values = { values: valuesOfFailure(failure, facts) }
      if (failure.clue.action === 's3:PutObjectAcl' && failure.clue.layer !== 'resource')
        return named(
          said('The answer names s3:PutObjectAcl, which only the ACL asks for.', '响应提到 s3:PutObjectAcl,只有 ACL 才需要它。'),
          values,
        )
      // The same write without an ACL works: what it asks for beside the object is refused.
      const own = operationName(failure.observation, failure.clue)
      const without = facts.successes.some((one) => operationName(one) === own && one.headers['x-amz-acl'] === undefined)
      return failure.observation.headers['x-amz-acl'] !== undefined && without && isUntold(failure)
        ? named(said('The same write without the ACL works.', '不带 ACL 的同一写入成功。'), values)
        : suspected('aws.own.put_acl', failure, facts)
    },
  },
]
