import { said } from '../../said.ts'

export const where = said(
  'S3 console > Buckets > {bucket} > Permissions > Bucket policy',
  'S3 控制台 > 存储桶 > {bucket} > 权限 > 存储桶策略',
)
export const undo = said(
  'Put the former bucket policy back; S3 keeps no history, so copy it first.',
  '恢复原来的存储桶策略;S3 不保留历史,请先备份。',
)
export const verify = said(
  'Repeat the request; where several policies deny, the text names the next one.',
  '重试该请求;若有多个策略拒绝,信息会指出下一个。',
)
export const settle = {
  read: 's3:GetBucketPolicy',
  by: 'data-owner',
  command: 'aws s3api get-bucket-policy --bucket BUCKET --query Policy --output text',
} as const
export const PAGE = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html'
