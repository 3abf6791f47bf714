import type { Output, Terminal } from '../terminal.ts'

const SILENCE_MS = 1_000

/**
 * A terminal that says so while a command works in silence for more than a second: on a terminal only, and gone before anything else is
 * written or asked. `end` takes it away.
 */
export function patient(terminal: Terminal): { readonly terminal: Terminal; end(): void } {
  const { stderr, stdin } = terminal
  if (!stderr.isTty) return { terminal, end: () => undefined }
  let seconds = 0
  const timer = setInterval(() => {
    seconds += 1
    stderr.write(`\r\u001b[Kworking, ${seconds} s`)
  }, SILENCE_MS)
  timer.unref()
  const end = () => {
    clearInterval(timer)
    if (seconds > 0) stderr.write('\r\u001b[K')
    seconds = 0
  }
  const breaking = (output: Output): Output => ({
    write: (text) => {
      end()
      output.write(text)
    },
    isTty: output.isTty,
    get columns() {
      return output.columns
    },
    get rows() {
      return output.rows
    },
  })
  const first = <Arguments extends readonly unknown[], Result>(ask: (...words: Arguments) => Result) => {
    return (...words: Arguments) => {
      end()
      return ask(...words)
    }
  }
  return {
    terminal: {
      ...terminal,
      stdout: breaking(terminal.stdout),
      stderr: breaking(stderr),
      stdin: { isTty: stdin.isTty, read: first(stdin.read), readLine: first(stdin.readLine), readSecret: first(stdin.readSecret) },
    },
    end,
  }
}
