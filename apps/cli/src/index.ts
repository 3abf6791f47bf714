export { cliReference } from './reference.ts'
export { run } from './program.ts'
export type { Output, Terminal } from './terminal.ts'
