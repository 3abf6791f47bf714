import type { ReadStream, WriteStream } from 'node:tty'
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { readEnvironment } from './config.ts'
import type { Output, Terminal } from './terminal.ts'

interface ProcessTerminal {
  readonly terminal: Terminal
  /** Sets the exit code; what is still to be written is written first. */
  readonly finish: (exitCode: number) => void
}

/** The real terminal of a process: its streams, its environment, and Ctrl+C, a closed window and the request to end, which are one to a command. */
export function createTerminal(process: NodeJS.Process): ProcessTerminal {
  const interrupt = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => interrupt.abort())
  // `sluice … | head` ends the reader early, and a closed window takes the terminal away: no errors of ours, but nobody is there any more,
  // so the command ends as if interrupted, with what it has to put away.
  let isAlone = false
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error
      isAlone = true
      interrupt.abort()
    })
  return {
    terminal: {
      stdout: output(process.stdout),
      stderr: output(process.stderr),
      stdin: {
        isTty: process.stdin.isTTY,
        read: () => readAll(process.stdin, interrupt.signal),
        readLine: (prompt) => readLine(prompt, process.stdin, process.stderr, interrupt),
        readSecret: (prompt, isWhole = () => true) => readSecret(prompt, process.stdin, process.stderr, interrupt, isWhole),
      },
      environment: readEnvironment(),
      signal: interrupt.signal,
    },
    finish: (endedWith) => {
      const exitCode = isAlone ? 0 : endedWith
      process.exitCode = exitCode
      // A pooled connection or a terminal in raw mode must not keep a finished command alive; written text is flushed first.
      process.stdout.write('', () => process.stderr.write('', () => process.exit(exitCode)))
    },
  }
}

function output(stream: WriteStream): Output {
  return {
    write: (text) => void stream.write(text),
    isTty: stream.isTTY,
    get columns() {
      return stream.isTTY ? stream.columns : undefined
    },
    get rows() {
      return stream.isTTY ? stream.rows : undefined
    },
  }
}

async function readAll(stdin: ReadStream, signal: AbortSignal): Promise<string> {
  const pieces: Buffer[] = []
  const stop = () => stdin.destroy(new DOMException('The command was interrupted.', 'AbortError'))
  signal.addEventListener('abort', stop, { once: true })
  for await (const piece of stdin) pieces.push(Buffer.from(piece))
  return Buffer.concat(pieces).toString('utf8')
}

async function readLine(prompt: string, stdin: ReadStream, stderr: WriteStream, interrupt: AbortController): Promise<string> {
  const lines = linesOf(stdin, stderr, interrupt)
  try {
    return await lines.question(`${prompt}: `, { signal: interrupt.signal })
  } finally {
    lines.close()
    if (interrupt.signal.aborted) stderr.write('\n')
  }
}

async function readSecret(
  prompt: string,
  stdin: ReadStream,
  stderr: WriteStream,
  interrupt: AbortController,
  isWhole: (text: string) => boolean,
): Promise<string> {
  // What readline shows it also draws anew, prompt and all; a secret's prompt it never sees.
  stderr.write(`${prompt}: `)
  const lines = linesOf(stdin, new Writable({ write: (_piece, _encoding, done) => done() }), interrupt)
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const stop = () => reject(interrupt.signal.reason)
  interrupt.signal.addEventListener('abort', stop, { once: true })
  let text = ''
  // Lines pasted together come at once: a question for each would miss all but the first, and the shell would be left with the rest.
  lines.on('line', (line) => {
    text = text === '' ? line : `${text}\n${line}`
    if (isWhole(text)) resolve(text)
  })
  lines.once('close', () => resolve(text))
  try {
    return await promise
  } finally {
    interrupt.signal.removeEventListener('abort', stop)
    lines.close()
    stderr.write('\n')
  }
}

function linesOf(stdin: ReadStream, output: Writable, interrupt: AbortController) {
  const lines = createInterface({ input: stdin, output, terminal: true })
  // While a line is typed the terminal sends Ctrl+C as a character, not as a signal.
  lines.once('SIGINT', () => interrupt.abort())
  return lines
}
