/** Something that must be found nowhere. */
export interface Canary {
  readonly name: string
  readonly value: string
  /** Looked for as it is only: for values that come by the hundred. */
  readonly plain?: true
}

/** A place that was searched, and what it held. */
export interface Haystack {
  readonly place: string
  readonly content: string | Buffer
}

/** Which canaries are in which places, in any form that programs write text in; of several forms the first is named. */
export function findCanaries(canaries: readonly Canary[], haystacks: readonly Haystack[]): readonly string[] {
  return haystacks.flatMap(({ place, content }) => {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content
    return canaries.flatMap(({ name, value, plain }) => {
      const found = (plain ? [['as it is', Buffer.from(value)] as const] : forms(value)).find(([, needle]) => bytes.includes(needle))
      return found === undefined ? [] : [`${name} (${found[0]}) in ${place}`]
    })
  })
}

function forms(value: string): readonly (readonly [name: string, needle: Buffer])[] {
  const escaped = JSON.stringify(value).slice(1, -1)
  const texts: readonly (readonly [string, string])[] = [
    ['as it is', value],
    ['escaped for JSON', escaped],
    ['escaped twice', JSON.stringify(escaped).slice(1, -1)],
    ['encoded for a URL', encodeURIComponent(value)],
    ['escaped for XML', value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')],
    ['in hexadecimal', Buffer.from(value).toString('hex')],
    ...[0, 1, 2].map((shift) => [`in base64, shifted by ${shift}`, base64Within(value, shift)] as const),
    // A secret that was cut short is most of a secret.
    ['its first half', value.slice(0, Math.max(16, value.length / 2))],
    ['its second half', value.slice(-Math.max(16, value.length / 2))],
  ]
  const distinct = texts.filter(([, text], index) => texts.findIndex(([, other]) => other === text) === index)
  return distinct.map(([name, text]) => [name, Buffer.from(text)] as const)
}

/** What of a text's base64 form does not depend on the text around it. */
function base64Within(value: string, shift: number): string {
  const encoded = Buffer.concat([Buffer.alloc(shift), Buffer.from(value)])
    .toString('base64')
    .replaceAll('=', '')
  return encoded.slice(shift === 0 ? 0 : 4, encoded.length - 2)
}
