import { type Cloud, type Platform, type Setup, type ValidationSubject, isAccessError } from '@sluice/core'

/** The setup, for the documents that remedies quote; none where it cannot be written yet. */
export function setupFor({ connection, locations }: ValidationSubject, platform: Platform, write: Cloud['setup']): Setup | undefined {
  try {
    return write({ ...connection, locations }, platform, {})
  } catch (error) {
    if (isAccessError(error)) return undefined
    throw error
  }
}
