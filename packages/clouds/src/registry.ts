import type { Cloud } from '@sluice/core'
import { createAwsCloud } from './aws/index.ts'
import type { CloudDeps } from './deps.ts'

/** Every cloud this build knows: one line each. */
export function createClouds(deps: CloudDeps): readonly Cloud[] {
  return [createAwsCloud(deps)]
}
