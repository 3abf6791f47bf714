import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const script = fileURLToPath(new URL('../../../../test/tools/rgw.sh', import.meta.url))

/** Ceph's RADOS gateway: an S3 and STS server that others wrote. */
export interface Rgw {
  readonly url: string
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
  stop(): Promise<void>
}

export async function startRgw(): Promise<Rgw> {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-rgw-'))
  const [port, monitorPort] = [await freePort(), await freePort()]
  const stop = async (): Promise<void> => {
    await run('bash', [script, 'stop', directory])
    await rm(directory, { recursive: true, force: true })
  }
  try {
    await run('bash', [script, 'start', directory, String(port), String(monitorPort)])
  } catch (error) {
    await stop()
    throw error
  }
  return { url: `http://127.0.0.1:${port}`, credentials: { accessKeyId: 'ADMINKEY', secretAccessKey: 'adminsecret' }, stop }
}

/** A port that was free a moment ago: the gateway cannot be told to choose one itself. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  // A listening TCP server has an address of this shape.
  const { port } = server.address() as AddressInfo
  await new Promise<void>((resolve) => void server.close(() => resolve()))
  return port
}
