import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { accessError, type Random } from '@sluice/core'

const LENGTH = 32

export interface MasterKeySource {
  /** The environment: `SLUICE_MASTER_KEY` holds 32 bytes as base64 or 64 hexadecimal digits. */
  readonly env: { readonly SLUICE_MASTER_KEY?: string | undefined }
  /** Where to keep a key made on first start. Absent (as with PostgreSQL): the environment must give it. */
  readonly path?: string
  readonly random: Random
}

/** The key that the secrets' keys are encrypted under: from the environment, else from a file made on first start and readable by its owner alone. */
export function loadMasterKey({ env, path, random }: MasterKeySource): Uint8Array {
  const given = env.SLUICE_MASTER_KEY?.trim()
  if (given) return parseKey(given, 'SLUICE_MASTER_KEY')
  if (path === undefined)
    throw accessError('store.master_key_required', { message: 'SLUICE_MASTER_KEY is not set, and this installation keeps no key file.' })
  try {
    if (!existsSync(path)) makeKeyFile(path, random)
    return readKeyFile(path)
  } catch (error) {
    if (!(error instanceof Error) || !('syscall' in error)) throw error
    throw accessError('store.bad_master_key', { message: `The master key file ${path} cannot be used: ${error.message}`, cause: error })
  }
}

function parseKey(text: string, source: string): Uint8Array {
  const bytes = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64')
  // Buffer skips what is not base64; a key with a typing error must not become another key.
  const isWhole = bytes.toString('hex') === text.toLowerCase() || bytes.toString('base64').replace(/=+$/, '') === text.replace(/=+$/, '')
  if (bytes.length !== LENGTH || !isWhole)
    throw accessError('store.bad_master_key', { message: `${source} does not hold 32 bytes as base64 or hexadecimal.` })
  return new Uint8Array(bytes)
}

// Written aside and linked into place: a crash leaves no half key, and of two first starts one wins and both read its key.
function makeKeyFile(path: string, random: Random): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const aside = `${path}.${Buffer.from(random.bytes(8)).toString('hex')}`
  const file = openSync(aside, 'wx', 0o600)
  try {
    writeFileSync(file, `${Buffer.from(random.bytes(LENGTH)).toString('base64')}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  try {
    linkSync(aside, path)
  } catch (error) {
    if (!existsSync(path)) throw error
  } finally {
    unlinkSync(aside)
  }
  syncDirectory(dirname(path))
}

// A key whose directory entry a power cut took would leave secrets that nobody can open. Windows cannot open a directory.
function syncDirectory(path: string): void {
  if (process.platform === 'win32') return
  const directory = openSync(path, 'r')
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}

function readKeyFile(path: string): Uint8Array {
  const file = openSync(path, 'r')
  try {
    if (process.platform !== 'win32' && (fstatSync(file).mode & 0o077) !== 0)
      throw accessError('store.bad_master_key', {
        message: `The master key file ${path} can be read by other users.`,
        remedy: `Run chmod 600 ${path}; if others may have read it, replace the key and every secret it protected.`,
      })
    return parseKey(readFileSync(file, 'utf8').trim(), path)
  } finally {
    closeSync(file)
  }
}
