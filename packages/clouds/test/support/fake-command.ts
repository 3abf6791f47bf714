import { chmodSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'

/** How a command ends: what it says goes to standard output, of one that fails to standard error. */
export interface Outcome {
  readonly status: number
  readonly text: string
}

/** Puts a command into `folder` whose words are answered in this process. */
export async function fakeCommand(
  folder: string,
  name: string,
  run: (words: readonly string[]) => Promise<Outcome>,
): Promise<{ close(): Promise<void> }> {
  const server = createServer((socket) => {
    let received = ''
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      received += chunk
      const [count = '', ...words] = received.split('\0')
      if (words.length <= Number(count)) return
      void run(words.slice(0, Number(count))).then(({ status, text }) => socket.end(`${status}\n${text}`))
    })
    socket.on('error', () => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const command = join(folder, name)
  writeFileSync(command, CLIENT.replace('PORT', String(address.port)))
  chmodSync(command, 0o755)
  return { close: () => new Promise<void>((resolve) => server.close(() => resolve())) }
}

const CLIENT = `#!/usr/bin/env bash
exec 3<>/dev/tcp/127.0.0.1/PORT
{ printf '%d\\0' "$#"; printf '%s\\0' "$@"; } >&3
IFS= read -r status <&3
if [ "$status" = 0 ]; then cat <&3; else cat <&3 >&2; fi
exit "$status"
`
