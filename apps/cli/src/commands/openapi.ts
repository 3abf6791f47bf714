import { openApiDocument } from '@sluice/api'
import type { Command } from '../invocation.ts'

/** `sluice openapi print` */
export const printOpenApi: Command = async (invocation) => {
  invocation.terminal.stdout.write(`${JSON.stringify(openApiDocument(), undefined, invocation.json ? 0 : 2)}\n`)
  return 0
}
