/** A text as one word of a POSIX shell: as it is where nothing in it means anything to a shell, in quotes otherwise. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}
