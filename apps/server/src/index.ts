/**
 * The server's front door. Nothing heavy is loaded before it is used: the command line comes through here for the context file alone.
 */
export { readConfig, type Config, type Environment } from './config/config.ts'
export { configReference } from './config/reference.ts'
export { readContextFile, type ServerContext } from './context-file.ts'
export type { DoctorFinding } from './doctor.ts'
export type { RunningServer } from './start.ts'

/** Starts a server; see start.ts. */
export async function startServer(config: import('./config/config.ts').Config): Promise<import('./start.ts').RunningServer> {
  return (await import('./start.ts')).startServer(config)
}

/** Looks at what a server needs; see doctor.ts. */
export async function examine(
  environment: import('./config/config.ts').Environment,
): Promise<readonly import('./doctor.ts').DoctorFinding[]> {
  return (await import('./doctor.ts')).examine(environment)
}

/** Starts the lab; see @sluice/lab. */
export async function startLab(options: import('@sluice/lab').LabOptions): Promise<import('@sluice/lab').Lab> {
  return (await import('@sluice/lab')).startLab(options)
}

/** Reads a lab's seed; see lab-seed.ts. */
export { readLabSeed } from './lab-seed.ts'

/** Starts the lab and a server for the demo; see demo/index.ts. */
export async function startDemoWorld(): Promise<import('./demo/index.ts').DemoWorld> {
  return (await import('./demo/index.ts')).startDemoWorld()
}
