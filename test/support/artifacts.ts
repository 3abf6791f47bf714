/** The text of an artifact of a setup. */
export function artifactText(
  { artifacts }: { readonly artifacts: readonly { readonly id: string; readonly text: string }[] },
  id: string,
): string {
  const text = artifacts.find((artifact) => artifact.id === id)?.text
  if (text === undefined) throw new Error(`The setup has no ${id}.`)
  return text
}
