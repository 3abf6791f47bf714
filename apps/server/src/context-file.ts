import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { accessError } from '@sluice/core'
import { z } from 'zod'

const contextSchema = z.object({ server: z.url(), token: z.string().min(1) })

/** Where the server of this machine is, and a token for it. */
export type ServerContext = z.output<typeof contextSchema>

/** Reads the context file; undefined when there is none. */
export function readContextFile(path: string): ServerContext | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
    throw accessError('config.context_file', { message: `The context file ${path} cannot be read.`, cause })
  }
  try {
    return contextSchema.parse(JSON.parse(text))
  } catch {
    // The cause would quote the file, and with it the token.
    throw accessError('config.context_file', { message: `The context file ${path} is not well formed.` })
  }
}

/** Writes the context file for its owner only, whole or not at all. */
export function writeContextFile(path: string, context: ServerContext): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const aside = `${path}.${process.pid}`
  // Made anew: a file that is there, or a link, would keep its own permissions and its own place.
  rmSync(aside, { force: true })
  writeFileSync(aside, `${JSON.stringify(context, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' })
  renameSync(aside, path)
}
