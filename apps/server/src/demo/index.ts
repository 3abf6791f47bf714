import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Setup } from '@sluice/core'
import { type Lab, startLab } from '@sluice/lab'
import { readConfig } from '../config/config.ts'
import { type RunningServer, startServer } from '../start.ts'
import { BUCKET, CUSTOMER_ACCOUNT, PLATFORM_ACCOUNT, PLATFORM_PRINCIPAL, PLATFORM_USER, REGION, demoSeed } from './seed.ts'

/** A lab and a server on free ports of loopback, with state in a temporary folder, and what the customer's admin does in the story. */
export interface DemoWorld {
  readonly lab: Lab
  readonly server: RunningServer
  /** The server's data folder, for the command line to find it by. */
  readonly dataDir: string
  readonly bucket: string
  readonly account: string
  /** The admin applies the CloudFormation template of the setup. Gives the role's ARN. */
  applySetup(setup: Setup): string
  /** The admin changes the role's trust policy so that it expects another external id. */
  breakTrust(roleArn: string): void
  repairTrust(roleArn: string, setup: Setup): void
  /** Ends both and removes the folder. */
  close(): Promise<void>
}

export async function startDemoWorld(): Promise<DemoWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-demo-'))
  const lab = await startLab({ seed: demoSeed() })
  const key = lab.aws.createAccessKey(PLATFORM_ACCOUNT, PLATFORM_USER)
  const config = readConfig({
    SLUICE_DATA_DIR: folder,
    SLUICE_PORT: '0',
    SLUICE_LOG_LEVEL: 'silent',
    SLUICE_REGIONS: REGION,
    SLUICE_AWS_PRINCIPAL_ARN: PLATFORM_PRINCIPAL,
    SLUICE_AWS_STS_REGION: REGION,
    SLUICE_ROUTES: lab.routes.map((route) => `${route.host}=${route.to}`).join(','),
    AWS_ACCESS_KEY_ID: key.accessKeyId,
    AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
  })
  const server = await startServer(config)
  return {
    lab,
    server,
    dataDir: folder,
    bucket: BUCKET,
    account: CUSTOMER_ACCOUNT,
    applySetup: (setup) => {
      const outputs = lab.aws.applyTemplate(CUSTOMER_ACCOUNT, textOf(setup, 'cloudformation'), {})
      const arn = outputs['RoleArn']
      if (arn === undefined) throw new Error('the template has no output RoleArn')
      return arn
    },
    breakTrust: (roleArn) => {
      const trust = JSON.stringify(lab.aws.getRole(roleArn)?.trust ?? {})
      lab.aws.setTrust(roleArn, JSON.parse(trust.replaceAll(/sluice-[0-9a-f]{32}/g, 'an-id-of-somebody-else')))
    },
    repairTrust: (roleArn, setup) => lab.aws.setTrust(roleArn, JSON.parse(textOf(setup, 'trust-policy'))),
    close: async () => {
      await server.close()
      await lab.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function textOf(setup: Setup, id: string): string {
  const artifact = setup.artifacts.find((candidate) => candidate.id === id)
  if (artifact === undefined) throw new Error(`the setup has no artifact ${id}`)
  return artifact.text
}
