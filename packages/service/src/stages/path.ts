import { accessError, type AccessError } from '@sluice/core'

/**
 * Refuses a path within a stage that leaves it or could not be a key that a person meant: `.` and `..` between slashes, a slash at its
 * start, a control character.
 */
export function checkPath(path: string): void {
  if (path.startsWith('/')) throw badPath('The path starts with a slash; it is relative to the stage.')
  if (path.split('/').some((segment) => segment === '..' || segment === '.')) throw badPath("The path has '.' or '..' between its slashes.")
  if (hasControlCharacter(path)) throw badPath('The path has a control character.')
  if (Buffer.byteLength(path) > 1024) throw badPath('The path is longer than the key of an object can be.')
}

function hasControlCharacter(path: string): boolean {
  for (let index = 0; index < path.length; index++) {
    const code = path.charCodeAt(index)
    if (code < 32 || code === 127) return true
  }
  return false
}

function badPath(message: string): AccessError {
  return accessError('stage.path', { message })
}
