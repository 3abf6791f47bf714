/** A text as one word of a POSIX shell: as it is where nothing in it means anything to a shell, in quotes otherwise. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : plainWord(text)
}

/** A text as one word of a shell in quotes, in which nothing is expanded. */
export function plainWord(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
