/**
 * The server's front door. Nothing heavy is loaded before it is used: the command line comes through here for the context file alone.
 */
import type { Lab, LabOptions } from '@sluice/lab'
import type { Config, Environment } from './config/config.ts'
import type { DemoWorld } from './demo/index.ts'
import type { DoctorFinding } from './doctor.ts'
import type { RunningServer } from './start.ts'

export { readConfig, type Config, type Environment } from './config/config.ts'
export { configReference } from './config/reference.ts'
export { readContextFile, type ServerContext } from './context-file.ts'
export { readLabSeed } from './lab-seed.ts'
export type { DoctorFinding, RunningServer }

/** Starts a server; see start.ts. */
export async function startServer(config: Config): Promise<RunningServer> {
  return (await import('./start.ts')).startServer(config)
}

/** Looks at what a server needs; see doctor.ts. */
export async function examine(environment: Environment): Promise<readonly DoctorFinding[]> {
  return (await import('./doctor.ts')).examine(environment)
}

/** Starts the lab; see @sluice/lab. */
export async function startLab(options: LabOptions): Promise<Lab> {
  return (await import('@sluice/lab')).startLab(options)
}

/** Starts the lab and a server for the demo; see demo/index.ts. */
export async function startDemoWorld(): Promise<DemoWorld> {
  return (await import('./demo/index.ts')).startDemoWorld()
}
