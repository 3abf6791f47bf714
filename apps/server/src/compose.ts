import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createClouds, createTransport, recordingTransport, type AwsCredentials, type CloudDeps } from '@sluice/clouds'
import { accessError, type Clock, type Cloud, type MetadataStore, type Random } from '@sluice/core'
import { createEngines } from '@sluice/engines'
import {
  createAudit,
  createDiagnoses,
  createConnections,
  createExpiryWatch,
  createIssuer,
  createLeases,
  createRotations,
  createSetups,
  createSql,
  createStages,
  createValidations,
  type ServiceDeps,
  type Services,
} from '@sluice/service'
import type { Config } from './config/config.ts'
import type { Parts } from './http/deps.ts'
import type { Log } from './log.ts'
import { createAliyunCredentials } from './platform/aliyun-credentials.ts'
import { createAwsCredentials } from './platform/aws-credentials.ts'
import { CREDENTIAL_SERVICES } from './platform/credential-service.ts'
import { createTemplatePublisher } from './platform/templates.ts'

interface ComposeDeps {
  readonly store: MetadataStore
  readonly clock: Clock
  readonly random: Random
  readonly version: string
  readonly log: Pick<Log, 'defect'>
}

/** Wires clouds, engine and use cases over the metadata: the one place that knows them all. */
export function compose(config: Config, deps: ComposeDeps): Parts & { close(): Promise<void> } {
  const { store, clock, random, version, log } = deps
  const transport = createTransport({ routes: config.routes, egress: config.egress, version })
  const machine = createTransport({ egress: { allowAddresses: CREDENTIAL_SERVICES }, version, responseTimeoutMs: 5_000 })
  const readText = (file: string, signal: AbortSignal) => readFile(file, { encoding: 'utf8', signal })
  const aws = createAwsCredentials({ identity: config.awsIdentity, transport: machine, clock, readFile: readText })
  const { aliyun } = config.platform
  const platform = () => config.platform
  const mode = { multiOrganization: config.multiOrganization }
  const issuer = createIssuer({ store, clock, random, platform, mode })
  const cloudDeps: CloudDeps = {
    transport,
    clock,
    random,
    platform,
    platformCredentials: {
      ...(config.platform.aws === undefined ? {} : { aws }),
      ...(aliyun === undefined
        ? {}
        : {
            aliyun: createAliyunCredentials({
              identity: config.aliyunIdentity,
              machine,
              transport,
              region: aliyun.stsRegion,
              clock,
              random,
              readFile: readText,
            }),
          }),
    },
    ...(config.platform.issuer === undefined ? {} : { issuer: issuer.issue }),
  }
  const clouds = createClouds(cloudDeps)
  const [engine] = createEngines({ cacheDirectory: join(config.dataDir, 'cache'), clock, random, workers: config.limits.queryWorkers })

  const shared: ServiceDeps = {
    store,
    clouds,
    clock,
    random,
    platform,
    mode,
    ...templatesOf(config, clouds, aws),
  }
  const leases = createLeases(shared)
  const connections = createConnections(shared, leases)
  const stages = createStages({ ...shared, leases })
  const services: Services = {
    connections,
    leases,
    stages,
    setups: createSetups(shared),
    validations: createValidations(shared),
    diagnoses: createDiagnoses(
      { ...shared, observedClouds: (tell) => createClouds({ ...cloudDeps, transport: recordingTransport(transport, tell) }) },
      leases,
    ),
    rotations: createRotations(shared, leases),
    sql: createSql({ ...shared, connections, stages, leases, engine, limits: config.limits.query }),
    issuer,
    platform,
    audit: createAudit(shared),
  }
  const stopping = new AbortController()
  const watching = createExpiryWatch(shared).run(stopping.signal, (cause) =>
    log.defect({}, 'The ends of secrets could not be looked at', cause),
  )
  return {
    services,
    locationUrl(location) {
      const cloud = clouds.find((one) => one.id === location.cloud)
      if (cloud === undefined) throw accessError('internal.defect', { message: `There is no cloud ${location.cloud}.` })
      return cloud.format(location)
    },
    connectionName: async (id) => (await store.connections.getById(id))?.name,
    async close() {
      stopping.abort()
      await watching
      await engine.close()
      transport.close()
      machine.close()
    },
  }
}

/** Where templates are published, when the operator named a bucket and we have an identity to write to it with. */
function templatesOf(
  { platform: { aws } }: Config,
  clouds: readonly Cloud[],
  credentials: (signal: AbortSignal) => Promise<AwsCredentials>,
): Pick<ServiceDeps, 'templates'> {
  const cloud = clouds.find((one) => one.id === 'aws')
  if (aws?.templateBucket === undefined || cloud === undefined) return {}
  return { templates: createTemplatePublisher({ cloud, bucket: aws.templateBucket, partition: aws.partition, credentials }) }
}
