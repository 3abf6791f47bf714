import type { PolicyDocument } from '@sluice/core'

/** Changes a document where its text says something. Fails where it does not: a scenario must not break nothing. */
export function replacing(from: string | RegExp, to: string): (document: PolicyDocument) => PolicyDocument {
  return (document) => {
    const text = JSON.stringify(document)
    const after = text.replaceAll(typeof from === 'string' ? from : new RegExp(from, 'g'), () => to)
    if (after === text) throw new Error(`The document does not say ${String(from)}: ${text}`)
    return JSON.parse(after)
  }
}

/** Adds a statement at the end. */
export function adding(statement: PolicyDocument): (document: PolicyDocument) => PolicyDocument {
  return ({ Statement, ...rest }) => ({
    ...rest,
    Statement: [...(Array.isArray(Statement) ? Statement : [Statement ?? []]), statement].flat(),
  })
}

/** Takes every Deny out of a document. */
export function withoutDenies({ Statement, ...rest }: PolicyDocument): PolicyDocument {
  const all = [Statement ?? []].flat()
  return { ...rest, Statement: all.filter((one) => !JSON.stringify(one).includes('"Effect":"Deny"')) }
}
