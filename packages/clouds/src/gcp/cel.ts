/** A string literal of the Common Expression Language. https://github.com/google/cel-spec/blob/master/doc/langdef.md#string-and-bytes-values */
export function celText(value: string): string {
  const escaped = value
    .replaceAll(/[\\']/g, (character) => `\\${character}`)
    // oxlint-disable-next-line no-control-regex -- the range is the point
    .replaceAll(/[\u0000-\u001f\u007f]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return `'${escaped}'`
}
