/**
 * Whether a path means in a policy of RAM what it says. RAM has no escape for its wildcards; what a `${` comes to is documented
 * nowhere. https://help.aliyun.com/en/ram/policy-elements
 */
export function isLiteral(path: string): boolean {
  return !/[*?]|\$\{/.test(path)
}
