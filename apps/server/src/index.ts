/**
 * The server's front door. Nothing heavy is loaded before it is used: the command line comes through here for the context file alone.
 */
import type { Lab, LabOptions } from '@sluice/lab'
import type { Config, Environment } from './config/config.ts'
import type { DemoWorld } from './demo/index.ts'
import type { DoctorFinding } from './doctor.ts'
import type { RunningServer } from './start.ts'
import type { Walkthrough } from './walkthrough-seed.ts'

export { readConfig, type Config, type Environment } from './config/config.ts'
export { configReference } from './config/reference.ts'
export { readContextFile, type ServerContext } from './context-file.ts'
export { readLabSeed } from './lab-seed.ts'
export type { DemoWorld, DoctorFinding, RunningServer, Walkthrough }

/** Starts a server; see start.ts. */
export async function startServer(config: Config): Promise<RunningServer> {
  return (await import('./start.ts')).startServer(config)
}

/** Looks at what a server needs; see doctor.ts. */
export async function examine(environment: Environment): Promise<readonly DoctorFinding[]> {
  return (await import('./doctor.ts')).examine(environment)
}

/** Starts the lab; see @sluice/lab. Without a seed it has the accounts of the walk-through, which come with it. */
export async function startLab(options: LabOptions): Promise<{ readonly lab: Lab; readonly walkthrough?: Walkthrough }> {
  const { startLab: start } = await import('@sluice/lab')
  if (options.seed !== undefined) return { lab: await start(options) }
  const { WALKTHROUGH, walkthroughSeed } = await import('./walkthrough-seed.ts')
  return { lab: await start({ ...options, seed: walkthroughSeed() }), walkthrough: WALKTHROUGH }
}

/** Starts the lab and a server for the demo; see demo/index.ts. */
export async function startDemoWorld(): Promise<DemoWorld> {
  return (await import('./demo/index.ts')).startDemoWorld()
}
