/** One word of a POSIX shell, whatever it holds. */
export function shellWord(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`
}

/** A value as one line of a shell comment. */
export function shellComment(value: string): string {
  // oxlint-disable-next-line no-control-regex -- a line break would end the comment
  return value.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
}

/** Writes a file from a quoted here-document, in which the shell expands nothing. */
export function shellFile(path: string, content: string): string {
  const lines = content.replace(/\n$/, '').split('\n')
  const end = ['JSON', ...lines.map((_, index) => `JSON_${index}`)].find((word) => !lines.includes(word)) ?? 'JSON'
  return [`cat > ${path} <<'${end}'`, ...lines, end].join('\n')
}
