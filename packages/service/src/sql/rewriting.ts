import type { Span } from './position.ts'

/** Puts `text` in the place of a stretch of the source; an insertion has `start === end` and says what it belongs to. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
  /** What the user wrote that this text stands for: where an error within it points. */
  readonly anchor: Span
}

/** A rewritten stretch of source, and the way back. */
export interface Rewriting {
  readonly sql: string
  /** Where in the source an offset of `sql` comes from: itself where the text was copied, what it stands for where it was replaced. */
  readonly toSource: (offset: number) => Span
}

interface Piece {
  /** Offset in the rewritten text. */
  readonly at: number
  readonly text: string
  readonly origin: { readonly copiedFrom: number } | { readonly anchor: Span }
}

/** Applies edits, which must not overlap, to `source` from `start` to `end`. Edits at the same offset keep their order. */
export function rewrite(source: string, start: number, end: number, edits: readonly Edit[]): Rewriting {
  const pieces: Piece[] = []
  let at = 0
  let from = start
  const add = (text: string, origin: Piece['origin']) => {
    if (text === '') return
    pieces.push({ at, text, origin })
    at += text.length
  }
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    add(source.slice(from, edit.start), { copiedFrom: from })
    add(edit.text, { anchor: edit.anchor })
    from = edit.end
  }
  add(source.slice(from, end), { copiedFrom: from })
  return {
    sql: pieces.map((piece) => piece.text).join(''),
    toSource(offset) {
      const piece = pieces.findLast((candidate) => candidate.at <= offset)
      if (!piece || offset >= piece.at + piece.text.length) return { start: end, end }
      if ('anchor' in piece.origin) return piece.origin.anchor
      const position = piece.origin.copiedFrom + offset - piece.at
      return { start: position, end: position + 1 }
    },
  }
}
