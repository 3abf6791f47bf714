import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where test/tools/install-external.sh puts Azurite: outside the checkout, which it is larger than. */
export function azuriteProgram(environment: NodeJS.ProcessEnv = process.env): string {
  const caches = environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')
  return join(caches, 'sluice/azurite/node_modules/azurite/dist/src/blob/main.js')
}
