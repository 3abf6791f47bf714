import { readFile } from 'node:fs/promises'
import type { CloudDeps } from '@sluice/clouds'
import type { Clock, Random, Transport } from '@sluice/core'
import type { Config } from '../config/config.ts'
import { createAliyunCredentials } from './aliyun-credentials.ts'
import { createAwsCredentials } from './aws-credentials.ts'
import { createAzureCredentials } from './azure-credentials.ts'
import { createGcpCredentials } from './gcp-credentials.ts'

/** Our own credentials in each cloud in which the configuration names an identity of ours. */
export function platformCredentials(
  { platform, awsIdentity, gcpIdentity, azureIdentity, aliyunIdentity }: Config,
  deps: {
    /** Reaches the credential services of the machine. */
    readonly machine: Transport
    /** Reaches the clouds. */
    readonly transport: Transport
    readonly clock: Clock
    readonly random: Random
  },
): CloudDeps['platformCredentials'] {
  const { machine, clock } = deps
  const readText = (file: string, signal: AbortSignal) => readFile(file, { encoding: 'utf8', signal })
  return {
    ...(platform.aws === undefined
      ? {}
      : { aws: createAwsCredentials({ identity: awsIdentity, transport: machine, clock, readFile: readText }) }),
    ...(platform.gcp === undefined ? {} : { gcp: createGcpCredentials({ ...deps, identity: gcpIdentity, readFile: readText }) }),
    ...(platform.azure === undefined
      ? {}
      : { azure: createAzureCredentials({ ...deps, platform: platform.azure, identity: azureIdentity, readFile: readText }) }),
    ...(platform.aliyun === undefined
      ? {}
      : { aliyun: createAliyunCredentials({ ...deps, identity: aliyunIdentity, readFile: readText }) }),
  }
}
