import type { Cause } from '../../cause.ts'
import { said } from '../../said.ts'
import { hasCode, named } from '../../evidence.ts'
import { operationName } from '../operations.ts'
import { codeSays, isForData, isUntold, mannerOf, valuesOfFailure } from '../refusal.ts'
import { suspected } from '../silence.ts'
import { sameTarget } from '../subject.ts'

const verify = said('Repeat the request.', '重试该请求。')

const ARCHIVE = ['GLACIER', 'DEEP_ARCHIVE']

type Headers = { readonly [name: string]: string }

function isArchived(headers: Headers): boolean {
  return ARCHIVE.includes(headers['x-amz-storage-class'] ?? '') || headers['x-amz-archive-status'] !== undefined
}

function isLocked(headers: Headers): boolean {
  return headers['x-amz-object-lock-mode'] !== undefined || headers['x-amz-object-lock-legal-hold']?.toUpperCase() === 'ON'
}

/** The state an object is in, or what its bucket wants to be sent: no permission would help. */
export const OBJECT_CAUSES: readonly Cause[] = [
  {
    code: 'aws.archived',
    cloud: 'aws',
    layer: 'object',
    title: said('The object is archived', '对象已归档'),
    meaning: said(
      'The object lies in an archive storage class and has to be restored before it can be read.',
      '对象位于归档存储类别,需先恢复才能读取。',
    ),
    symptom: said(
      '403 InvalidObjectState; HeadObject works and shows the storage class.',
      '403 InvalidObjectState;HeadObject 正常并显示存储类别。',
    ),
    remedy: {
      who: 'data-owner',
      where: said('S3 console > Buckets > {bucket} > the object > Initiate restore', 'S3 控制台 > 存储桶 > {bucket} > 该对象 > 启动恢复'),
      summary: said('Restore the object, or copy it to another storage class.', '恢复该对象,或将其复制到其他存储类别。'),
      risk: said('Restoring takes hours and costs money.', '恢复需要数小时并产生费用。'),
      undo: said('A restored copy goes by itself after the days asked for.', '恢复的副本会在指定天数后自动消失。'),
      verify,
    },
    links: ['https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects.html'],
    explain: (failure, facts) => {
      const values = { values: valuesOfFailure(failure, facts) }
      if (hasCode(failure.clue, 'InvalidObjectState')) return named(codeSays(failure.clue), values)
      // HEAD works on archived objects and shows the class; a tool may have kept the code of GET to itself.
      const archived = facts.successes.some((one) => sameTarget(one, failure.observation) && isArchived(one.headers))
      return failure.capability === 'read' && mannerOf(failure) === 'silent' && archived
        ? named(said('HeadObject shows an archive storage class.', 'HeadObject 显示归档存储类别。'), values)
        : undefined
    },
  },
  {
    code: 'aws.ssec',
    cloud: 'aws',
    layer: 'object',
    title: said('The object is encrypted with a key that its writer keeps (SSE-C)', '对象使用写入者自持的密钥加密(SSE-C)'),
    meaning: said(
      'S3 has no such key: whoever reads the object has to send it, and Sluice does not keep one.',
      'S3 没有该密钥:读取者必须发送密钥,而 Sluice 不保存它。',
    ),
    symptom: said(
      '400 on HeadObject and GetObject: the object was stored using a form of server-side encryption.',
      'HeadObject 与 GetObject 返回 400:对象以某种服务器端加密方式存储。',
    ),
    remedy: {
      who: 'data-owner',
      where: said('the program that writes the objects', '写入对象的程序'),
      summary: said(
        'Write them with SSE-S3 or SSE-KMS; copy those that are there with the key.',
        '改用 SSE-S3 或 SSE-KMS 写入;用该密钥复制现有对象。',
      ),
      risk: said('Copying makes new versions.', '复制会产生新版本。'),
      undo: said('Write with the customer’s key again.', '恢复使用客户密钥写入。'),
      verify,
    },
    links: ['https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html'],
    explain: (failure, facts) => {
      const { clue, observation } = failure
      const told =
        /stored using a form of Server Side Encryption|encryption parameters are not applicable|customer.{0,20}(?:encryption|provided) key/i.test(
          clue.text ?? '',
        )
      const header = observation.headers['x-amz-server-side-encryption-customer-algorithm'] !== undefined
      return told || header
        ? named(said('The answer speaks of a customer’s own key.', '响应提到客户自持的密钥。'), { values: valuesOfFailure(failure, facts) })
        : undefined
    },
  },
  {
    code: 'aws.object_lock',
    cloud: 'aws',
    layer: 'object',
    title: said('The object is locked', '对象被锁定'),
    meaning: said(
      'Object Lock keeps the version until its retention ends: it can be neither deleted nor overwritten.',
      '对象锁定在保留期结束前保留该版本:既不能删除也不能覆盖。',
    ),
    symptom: said('Deleting a version answers 403 and names Object Lock, or WORM.', '删除某版本返回 403 并提到 Object Lock 或 WORM。'),
    remedy: {
      who: 'data-owner',
      where: said('S3 console > Buckets > {bucket} > the object > Object Lock', 'S3 控制台 > 存储桶 > {bucket} > 该对象 > 对象锁定'),
      summary: said(
        'Wait for the retention to end, or use a bucket without Object Lock for what is to be removed again.',
        '等待保留期结束,或对需要删除的内容使用未启用对象锁定的存储桶。',
      ),
      risk: said(
        'Lifting a retention in governance mode may break a legal duty to keep the data.',
        '在治理模式下解除保留可能违反数据保留义务。',
      ),
      undo: said('Set the retention again.', '重新设置保留期。'),
      verify,
    },
    links: ['https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html'],
    explain: (failure, facts) => {
      const { clue, observation } = failure
      const told = /object lock|WORM protected|protected by object lock/i.test(clue.text ?? '') || hasCode(clue, 'ObjectLocked')
      const locked = [...facts.successes, observation].some((one) => sameTarget(one, observation) && isLocked(one.headers))
      const removes = operationName(observation, clue).startsWith('delete')
      if (!told && !(locked && removes && isUntold(failure))) return undefined
      return named(
        told
          ? said('The answer names Object Lock.', '响应提到对象锁定。')
          : said('HeadObject shows that the object is locked.', 'HeadObject 显示对象已锁定。'),
        {
          values: valuesOfFailure(failure, facts),
        },
      )
    },
  },
  {
    code: 'aws.requester_pays',
    cloud: 'aws',
    layer: 'settings',
    title: said('The bucket is Requester Pays, and the request did not agree to pay', '存储桶为请求者付费,而请求没有同意付费'),
    meaning: said(
      'Such a bucket serves others only when they send x-amz-request-payer.',
      '此类存储桶仅在对方发送 x-amz-request-payer 时提供服务。',
    ),
    symptom: said('Refused without a reason; with x-amz-request-payer it works.', '被拒绝且没有原因;带上 x-amz-request-payer 则正常。'),
    remedy: {
      who: 'platform',
      where: said('the settings of the connection', '连接的设置'),
      summary: said(
        'Turn requester pays on: sluice connection update NAME --requester-pays. We then pay for requests and traffic.',
        '开启请求者付费:sluice connection update NAME --requester-pays。此后由我们支付请求与流量费用。',
      ),
      risk: said('Requests and traffic are billed to the account of the role.', '请求与流量费用计入角色所在账户。'),
      undo: said('Turn it off again.', '重新关闭。'),
      verify,
    },
    settle: { read: 's3:GetBucketRequestPayment', by: 'data-owner', command: 'aws s3api get-bucket-request-payment --bucket BUCKET' },
    links: ['https://docs.aws.amazon.com/AmazonS3/latest/userguide/RequesterPaysBuckets.html'],
    explain: (failure, facts) => {
      if (!isForData(failure) || !isUntold(failure) || failure.observation.headers['x-amz-request-payer'] !== undefined) return undefined
      const own = operationName(failure.observation, failure.clue)
      const paid = facts.successes.some((one) => one.headers['x-amz-request-payer'] !== undefined && operationName(one) === own)
      const payer = facts.successes.find(({ operation }) => /requestpayment/i.test(operation ?? ''))?.message ?? ''
      const told = /\bRequester\b/.test(payer)
      const values = { values: valuesOfFailure(failure, facts) }
      if (paid)
        return named(said('The same request with x-amz-request-payer was served.', '带上 x-amz-request-payer 的同一请求成功。'), values)
      if (told) return named(said('The bucket’s configuration says that the requester pays.', '存储桶的配置为请求者付费。'), values)
      return /\bBucketOwner\b/.test(payer) ? undefined : suspected('aws.requester_pays', failure, facts)
    },
  },
]
