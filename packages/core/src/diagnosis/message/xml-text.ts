const ENTITIES: { readonly [name: string]: string } = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
/** No character has a number above it. */
const LAST_CODE_POINT = 0x10_ff_ff

/** The text of an element with its entities resolved; what is none stays as it is. */
export function unescaped(text: string): string {
  return text.replaceAll(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal?: string, hexadecimal?: string, name?: string) => {
    const number = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal)
    if (number <= LAST_CODE_POINT) return String.fromCodePoint(number)
    return ENTITIES[name ?? ''] ?? whole
  })
}
