import { readFile } from 'node:fs/promises'
import { embeddedPolicies, type Json, type JsonObject, type NamedPolicy } from '@sluice/core'
import { usage } from './invocation.ts'
import type { Terminal } from './terminal.ts'

/** More than any policy or template has. */
const LONGEST = 5_000_000

/** The text of a file, or of standard input for `-`. */
export async function readText(path: string, { stdin }: Terminal): Promise<string> {
  const text =
    path === '-'
      ? await stdin.read()
      : decoded(
          await readFile(path).catch((cause: unknown) => {
            const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
            throw usage(`The file ${JSON.stringify(path)} cannot be read (${why}).`)
          }),
        )
  if (text.length > LONGEST) throw usage(`${JSON.stringify(path)} is larger than any policy or template.`)
  return text
}

/** The text of bytes, also as PowerShell redirects it into a file. https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_character_encoding */
function decoded(bytes: Uint8Array): string {
  const [first, second] = bytes
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  return new TextDecoder(first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8').decode(bytes)
}

/** The one policy of a file, named by its path. */
export async function readPolicy(path: string, terminal: Terminal): Promise<NamedPolicy> {
  const text = await readText(path, terminal)
  const [policy, ...more] = embeddedPolicies(parse(text, path))
  if (!policy || !isObject(policy.document)) throw usage(`${JSON.stringify(path)} holds no policy document.`)
  if (more.length > 0) throw usage(`${JSON.stringify(path)} holds ${more.length + 1} policies: give each in a file of its own.`)
  return { name: path, document: policy.document }
}

function parse(text: string, path: string): Json {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    throw usage(`${JSON.stringify(path)} is not JSON.`, `sluice policy check ${path} says where it ends.`)
  }
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
