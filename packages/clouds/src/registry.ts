import type { Cloud, SeenRequest } from '@sluice/core'
import { createAliyunCloud } from './aliyun/index.ts'
import { createAwsCloud } from './aws/index.ts'
import { createAzureCloud } from './azure/index.ts'
import type { CloudDeps } from './deps.ts'
import { createGcpCloud } from './gcp/index.ts'
import { recordingTransport } from './http/recording-transport.ts'
import { createS3Cloud } from './s3/index.ts'
import { createWebdavCloud } from './webdav/index.ts'

/** Every cloud this build knows: one line each. */
export function createClouds(deps: CloudDeps): readonly Cloud[] {
  return [
    createAwsCloud(deps),
    createGcpCloud(deps),
    createAzureCloud(deps),
    createAliyunCloud(deps),
    createS3Cloud(deps),
    createWebdavCloud(deps),
  ]
}

/** The same clouds, telling of each request they make, without these secrets. */
export function createObservedClouds(deps: CloudDeps): (tell: (seen: SeenRequest) => void, secrets: readonly string[]) => readonly Cloud[] {
  return (tell, secrets) => createClouds({ ...deps, transport: recordingTransport(deps.transport, tell, secrets) })
}
