import { caseOfFile, isEvidenceFile, type EvidenceSubject, type Json, type Language } from '@sluice/core'
import { usage } from '../invocation.ts'

/** A case document in JSON, or what the script of `sluice diagnose script` wrote as one. Of a subject that is known, only what is about that is taken. */
export async function readCaseText(
  text: string,
  path: string,
  language: Language | undefined,
  subject: () => Promise<EvidenceSubject | undefined>,
): Promise<Json> {
  if (isEvidenceFile(text)) return caseOfFile(text, await subject(), language, Date.now())
  try {
    // JSON.parse gives JSON.
    const value: Json = JSON.parse(text.replace(/^\uFEFF/, ''))
    return value
  } catch {
    throw usage(
      `${JSON.stringify(path)} is neither JSON nor what the script of sluice diagnose script wrote.`,
      'For an error message alone: sluice diagnose --text.',
    )
  }
}
