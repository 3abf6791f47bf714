import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Random } from '@sluice/core'

/** The folders of one engine: one for it, and in it one for each query. */
export interface Cache {
  /** Makes an empty folder for a query. */
  folder(): Promise<string>
  /** Removes a query's folder and everything in it. */
  remove(folder: string): Promise<void>
  /** Removes the engine's own folder. */
  close(): Promise<void>
}

/** Who made a folder: enough to tell whether that process still lives. */
interface Owner {
  readonly host: string
  readonly pid: number
  /** When the process started, in the kernel's own units; absent where the system does not say. A process id alone is given out again. */
  readonly started: string | undefined
}

const PREFIX = 'engine-'
const OWNER = 'owner.json'

/** Opens the cache below `directory` and removes what engines that are dead have left there. The directory belongs to one machine. */
export async function openCache(directory: string, random: Random): Promise<Cache> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  await sweep(directory)
  const name = () => Buffer.from(random.bytes(8)).toString('hex')
  const own = join(directory, `${PREFIX}${process.pid}-${name()}`)
  await mkdir(own, { mode: 0o700 })
  const owner: Owner = { host: hostname(), pid: process.pid, started: await startOf(process.pid) }
  await writeFile(join(own, OWNER), JSON.stringify(owner), { mode: 0o600 })
  return {
    async folder() {
      const folder = join(own, `query-${name()}`)
      await mkdir(folder, { mode: 0o700 })
      return folder
    },
    remove: (folder) => rm(folder, { recursive: true, force: true, maxRetries: 3 }),
    close: () => rm(own, { recursive: true, force: true, maxRetries: 3 }),
  }
}

async function sweep(directory: string): Promise<void> {
  for (const entry of await readdir(directory))
    if (entry.startsWith(PREFIX) && !(await isOwned(join(directory, entry))))
      await rm(join(directory, entry), { recursive: true, force: true })
}

async function isOwned(folder: string): Promise<boolean> {
  const owner = await readOwner(folder)
  // A folder is made before its owner file is: one without belongs to the process of its name, if that lives.
  const pid = owner?.pid ?? Number(/-(\d+)-/.exec(folder.slice(folder.lastIndexOf(PREFIX)))?.[1])
  if (owner && owner.host !== hostname()) return false
  return isAlive(pid) && (owner?.started === undefined || owner.started === (await startOf(pid)))
}

async function readOwner(folder: string): Promise<Owner | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(join(folder, OWNER), 'utf8'))
    return isOwner(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isOwner(value: unknown): value is Owner {
  if (typeof value !== 'object' || value === null || !('host' in value) || !('pid' in value)) return false
  return typeof value.host === 'string' && typeof value.pid === 'number'
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** The 22nd field of /proc/PID/stat, counted after the name, which may hold anything. */
async function startOf(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}
