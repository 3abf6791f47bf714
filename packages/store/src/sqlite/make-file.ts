import { closeSync, existsSync, openSync } from 'node:fs'

/** Makes an empty file that its owner alone may read, where there is none. */
export function makeFile(path: string): void {
  // A file that is there is not touched: closing any handle on it would end every lock this process holds on it (POSIX).
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600))
}
