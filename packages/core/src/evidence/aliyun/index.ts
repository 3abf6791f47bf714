import type { CloudEvidence } from '../cloud-evidence.ts'
import { gatherAliyun } from './gather.ts'
import { aliyunPlan } from './reads.ts'

/** Reading with the Alibaba Cloud CLI: RAM and OSS. */
export const aliyunEvidence: CloudEvidence = {
  cloud: 'aliyun',
  client: 'aliyun',
  product: 'Alibaba Cloud CLI',
  environment: {},
  plan: aliyunPlan,
  gather: gatherAliyun,
}
